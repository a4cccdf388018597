/**
 * Reads stubs, and begins the texts that they tell of: the first half of a text reading.
 */
import type { DumpEvent } from "../../../dump/reading/dump-reader.ts";
import type { PageRange } from "../../../dump/pages/page-range.ts";
import { isWikidumpError } from "../../../errors.ts";
import { PageChoice } from "../../source/page-choice.ts";
import type { CurrentRevisions } from "./current-revisions.ts";
import { DumpEvents } from "./dump-events.ts";
import { StubMarkup } from "./stub-markup.ts";
import type { SuppliedText, TextSupply } from "./text-supply.ts";

/** A file of stubs. */
export interface StubFile {
  readonly path: string;
  /** As it is stored; for progress. */
  readonly byteLength?: number;
}

/** An event of the stubs whose texts are on their way. */
export interface BegunEvent {
  readonly event: DumpEvent;
  readonly markup: StubMarkup;
  readonly texts: readonly Promise<SuppliedText>[];
  /** With a page: the id of its current revision. */
  readonly currentId: number | undefined;
  /** Bytes that it may hold. */
  readonly weight: number;
}

export interface TextBeginnerOptions {
  readonly stubs: readonly StubFile[];
  /** In the order of ids. */
  readonly pages: readonly PageRange[] | undefined;
  readonly current: CurrentRevisions | undefined;
  readonly supply: TextSupply;
  readonly signal: AbortSignal;
}

/** What an event may weigh beside its bytes. */
const EVENT_BYTES = 500;

export class TextBeginner {
  readonly #options: TextBeginnerOptions;
  readonly #choice: PageChoice;
  #hasStarted = false;
  #isOver = false;
  #isWanted = false;
  #pageId = 0;
  bytesRead = 0;

  constructor(options: TextBeginnerOptions) {
    this.#options = options;
    this.#choice = new PageChoice(options.pages ?? [{ first: 0, last: Infinity }]);
  }

  get bytesTotal(): number | undefined {
    const lengths = this.#options.stubs.map(({ byteLength }) => byteLength);
    return lengths.includes(undefined) ? undefined : lengths.reduce((sum: number, length) => sum + length!, 0);
  }

  /** All events of all files but the end: one start, then the pages that are wanted. */
  async *read(): AsyncGenerator<BegunEvent, void, undefined> {
    for (const { path } of this.#options.stubs) {
      if (this.#isOver) return;
      try {
        yield* this.#readFile(path);
      } catch (error) {
        if (isWikidumpError(error) && !error.message.includes(path)) error.message = `${path}: ${error.message}`;
        throw error;
      }
    }
  }

  async *#readFile(path: string): AsyncGenerator<BegunEvent, void, undefined> {
    const { signal } = this.#options;
    const file = new DumpEvents(path, { signal, onBytesRead: (byteLength) => this.bytesRead += byteLength });
    for await (const event of file.read()) {
      if (event.type === "page") this.#isWanted = this.#wants(event.page.id, file);
      if (this.#isOver) return;
      if (event.type === "start" ? !this.#hasStarted : this.#isWanted && event.type !== "end") {
        this.#hasStarted = true;
        yield await this.#begin(event);
      }
      if (event.type === "page-end") this.#isWanted = false;
    }
  }

  #wants(pageId: number, file: DumpEvents): boolean {
    this.#pageId = pageId;
    const choice = this.#choice.of(pageId);
    this.#isOver = choice === "over";
    if (choice === "other") file.skipPage();
    return choice === "wanted";
  }

  async #begin(event: DumpEvent): Promise<BegunEvent> {
    const markup = new StubMarkup(event.bytes);
    const currentId = event.type === "page" ? await this.#options.current?.of(event.page.id) : undefined;
    let weight = EVENT_BYTES + 2 * event.bytes.length;
    const texts: Promise<SuppliedText>[] = [];
    if (event.type === "revision") {
      for (const hole of markup.holes) {
        // Before schema 0.11, the revision has the SHA-1 of its only text.
        const sha1 = hole.sha1 ?? (markup.holes.length === 1 ? event.revision.sha1 : undefined);
        const begun = await this.#options.supply.begin(this.#pageId, event.revision.id, { ...hole, sha1 });
        texts.push(begun.text);
        weight += 2 * (hole.byteLength ?? 0);
      }
    }
    return { event, markup, texts, currentId, weight };
  }
}
