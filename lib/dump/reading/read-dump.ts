/**
 * Reads a dump from a stream, page by page: the first thing that most users of the library call.
 *
 * Nothing is read ahead of what the caller asks for, except to the end of the chunk at hand; revisions that are not asked for
 * are never put together. Sits on `DumpReader`.
 */
import { type DumpEvent, DumpReader } from "./dump-reader.ts";
import type { PageHead, Revision, SiteInfo } from "./model.ts";

/** A page of a dump. */
export interface Page extends PageHead {
  /**
   * The revisions in the order of the dump, each read when it is asked for; a page may hold half a million. Throws TypeError the
   * second time, and when the next page was asked for already.
   */
  revisions(): AsyncGenerator<Revision, void, undefined>;
}

/** Choices of `readDump`. */
export interface ReadDumpOptions {
  /** Only pages of these namespaces. Default: all. */
  readonly namespaces?: readonly number[];
  /** Longest revision that is put together in memory. Default 256 MiB. */
  readonly maxRevisionBytes?: number;
  /** Ends the reading with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What `readDump` gives. */
export interface ReadDumpResult {
  readonly siteInfo: SiteInfo;
  /** Leaving the loop early cancels the stream. */
  readonly pages: AsyncGenerator<Page, void, undefined>;
}

/**
 * Reads the XML of a dump, page by page. Resolves when the header was read.
 *
 * Rejects, and `pages` throws, with the DumpFormatError of `DumpReader`, or with whatever the stream fails with. Call
 * `pages.return()` if you do not loop over the pages, so that the stream is cancelled.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDump } from "wikidump";
 *
 * const xml = "<mediawiki><page><title>Pear</title><ns>0</ns><id>7</id></page></mediawiki>";
 * const { pages } = await readDump(new Blob([xml]).stream());
 * const titles: string[] = [];
 * for await (const page of pages) titles.push(page.title);
 * assert.deepEqual(titles, ["Pear"]);
 * ```
 */
export async function readDump(
  stream: ReadableStream<Uint8Array>,
  options: ReadDumpOptions = {},
): Promise<ReadDumpResult> {
  const events = new EventSource(stream, options);
  try {
    for (let event = await events.next(); event !== undefined; event = await events.next()) {
      if (event.type === "start") {
        return { siteInfo: event.siteInfo, pages: cancellable(readPages(events, options), events) };
      }
    }
  } catch (error) {
    await events.cancel(error);
    throw error;
  }
  throw new TypeError("A dump ended without a header and without an error");
}

/** A generator that was not started does not run its `finally` when it is left: this one cancels the stream even then. */
function cancellable(
  pages: AsyncGenerator<Page, void, undefined>,
  events: EventSource,
): AsyncGenerator<Page, void, undefined> {
  const leave = pages.return.bind(pages);
  const fail = pages.throw.bind(pages);
  pages.return = async () => {
    await events.cancel(undefined);
    return await leave();
  };
  pages.throw = async (error: unknown) => {
    await events.cancel(error);
    return await fail(error);
  };
  return pages;
}

/** How far the revisions of one page were read: the page loop leaves a page that is still "open" behind. */
interface Turn {
  state: "unread" | "open" | "read" | "left";
}

async function* readPages(events: EventSource, options: ReadDumpOptions): AsyncGenerator<Page, void, undefined> {
  let reason: unknown;
  try {
    for (let event = await events.next(); event !== undefined; event = await events.next()) {
      if (event.type !== "page") continue;
      const turn: Turn = { state: "unread" };
      if (options.namespaces === undefined || options.namespaces.includes(event.page.namespace)) {
        yield { ...event.page, revisions: () => readRevisions(events, turn) };
      }
      if (turn.state !== "read") events.skipPage();
      turn.state = "left";
    }
  } catch (error) {
    reason = error;
    throw error;
  } finally {
    await events.cancel(reason);
  }
}

async function* readRevisions(events: EventSource, turn: Turn): AsyncGenerator<Revision, void, undefined> {
  if (turn.state !== "unread") throw lateRevisions();
  turn.state = "open";
  for (;;) {
    const event = await events.next();
    if (event === undefined || event.type === "page-end") break;
    if (event.type !== "revision") continue;
    yield event.revision;
    if (turn.state !== "open") throw lateRevisions();
  }
  turn.state = "read";
}

function lateRevisions(): TypeError {
  return new TypeError("The revisions of a page can be read once, and before the next page is asked for");
}

/** Pulls events out of the stream, one reader at a time. */
class EventSource {
  readonly #stream: ReadableStreamDefaultReader<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  readonly #reader: DumpReader;
  readonly #stopOnAbort: () => void;
  #events: Generator<DumpEvent, void, undefined> | undefined;
  #isAtEnd = false;
  #isBusy = false;

  constructor(stream: ReadableStream<Uint8Array>, options: ReadDumpOptions) {
    const { maxRevisionBytes, signal } = options;
    this.#reader = new DumpReader(maxRevisionBytes === undefined ? {} : { maxRevisionBytes });
    this.#signal = signal;
    this.#stream = stream.getReader();
    // A read that waits for bytes is ended by cancelling the stream.
    this.#stopOnAbort = () => void this.#stream.cancel(signal?.reason).catch(() => {});
    signal?.addEventListener("abort", this.#stopOnAbort, { once: true });
  }

  async next(): Promise<DumpEvent | undefined> {
    if (this.#isBusy) throw new TypeError("Wait for one page or revision before you ask for the next");
    this.#isBusy = true;
    try {
      return await this.#next();
    } finally {
      this.#isBusy = false;
    }
  }

  async #next(): Promise<DumpEvent | undefined> {
    for (;;) {
      this.#signal?.throwIfAborted();
      const step = this.#events?.next();
      if (step !== undefined && !step.done) return step.value;
      if (this.#isAtEnd) return undefined;
      const { done, value } = await this.#stream.read();
      this.#signal?.throwIfAborted();
      this.#isAtEnd = done;
      this.#events = done ? this.#reader.finish() : this.#reader.push(value);
    }
  }

  skipPage(): void {
    this.#reader.skipPage();
  }

  async cancel(reason: unknown): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#stopOnAbort);
    await this.#stream.cancel(reason).catch(() => {});
  }
}
