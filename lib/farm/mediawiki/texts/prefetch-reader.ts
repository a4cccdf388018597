/**
 * Texts from an earlier run's dump, read forward in lockstep with the stubs of this run.
 *
 * A broken file is told of once, and gives no more texts; those after it do. Whoever takes a text must hold it against what
 * this run's stub states: revisions can be hidden, and dumps can be wrong.
 */
import type { DumpEvent } from "../../../dump/reading/dump-reader.ts";
import type { PageRange } from "../../../dump/pages/page-range.ts";
import { isWikidumpError } from "../../../errors.ts";
import type { Command } from "../../process/command.ts";
import { DumpEvents } from "./dump-events.ts";

export interface PrefetchReaderOptions {
  /** Files of one run, in the order of their pages. */
  readonly files: readonly string[];
  readonly signal: AbortSignal;
  /** The command that writes the content of a 7z file to its stdout. */
  readonly sevenZip?: (path: string) => Command;
  /** Pages that will be asked for. */
  readonly pages?: PageRange;
  /** Told of a file that is broken. */
  readonly onNotice?: (notice: string) => void;
}

type RevisionEvent = DumpEvent & { type: "revision" };

export class PrefetchReader {
  readonly #options: PrefetchReaderOptions;
  readonly #files: string[];
  #events: AsyncGenerator<DumpEvent, void, undefined> | undefined;
  #file: DumpEvents | undefined;
  /** The page at hand; 0 before the first, Infinity after the last. */
  #pageId = 0;
  /** The revision at hand, which nobody has asked for yet. */
  #revision: RevisionEvent | undefined;
  #isPageOver = true;

  constructor(options: PrefetchReaderOptions) {
    this.#options = options;
    this.#files = [...options.files];
  }

  /**
   * The text of a revision's main slot, entities decoded; undefined if it is not there. Ids must rise: by page, then by revision.
   */
  async textOf(pageId: number, revisionId: number): Promise<Uint8Array | undefined> {
    while (this.#pageId < pageId) await this.#nextPage();
    if (this.#pageId > pageId) return undefined;
    while (!this.#isPageOver && (this.#revision === undefined || this.#revision.revision.id < revisionId)) {
      this.#revision = undefined;
      this.#note(await this.#nextEvent());
    }
    if (this.#revision?.revision.id !== revisionId) return undefined;
    const { revision } = this.#revision;
    this.#revision = undefined;
    try {
      return revision.hasText ? revision.textBytes() : undefined;
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (!isWikidumpError(error)) throw error;
      return undefined;
    }
  }

  /** Ends the reading. */
  async close(): Promise<void> {
    this.#files.length = 0;
    await this.#closeFile();
    this.#pageId = Infinity;
  }

  async #nextPage(): Promise<void> {
    this.#revision = undefined;
    if (!this.#isPageOver) this.#file?.skipPage();
    const event = await this.#nextEvent();
    if (event === undefined) this.#pageId = Infinity;
    this.#note(event);
  }

  #note(event: DumpEvent | undefined): void {
    if (event === undefined || event.type === "page-end") this.#isPageOver = true;
    else if (event.type === "revision") this.#revision = event;
    else if (event.type === "page") {
      this.#pageId = event.page.id;
      this.#isPageOver = false;
    }
  }

  /** The next event of any file; undefined after the last one, and once where a file breaks within a page. */
  async #nextEvent(): Promise<DumpEvent | undefined> {
    while (this.#events !== undefined || this.#openNext()) {
      try {
        const next = await this.#events!.next();
        if (next.done !== true) return next.value;
        await this.#closeFile();
      } catch (error) {
        await this.#leaveBroken(error);
      }
      // A file that ends within a page must not leave the page open.
      this.#isPageOver = true;
    }
    return undefined;
  }

  #openNext(): boolean {
    const path = this.#files[0];
    if (path === undefined) return false;
    const { signal, sevenZip, pages } = this.#options;
    this.#file = new DumpEvents(path, { signal, sevenZip, pages, chunks: "borrowed" });
    this.#events = this.#file.read();
    return true;
  }

  async #leaveBroken(error: unknown): Promise<void> {
    const { signal, onNotice } = this.#options;
    signal.throwIfAborted();
    if (!isWikidumpError(error)) throw error;
    onNotice?.(`No more texts are taken from ${this.#files[0]}: ${error.message}`);
    await this.#closeFile();
  }

  async #closeFile(): Promise<void> {
    const events = this.#events;
    this.#events = undefined;
    this.#file = undefined;
    this.#files.shift();
    await events?.return().catch(() => undefined);
  }
}
