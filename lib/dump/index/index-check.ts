/**
 * Does an index fit its multistream dump? All of it, in one pass over both; or a sample of its streams, by random access.
 */
import { DumpFormatError, isWikidumpError } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { DumpSplitter } from "../../xml/dump-splitter.ts";
import { BlockAccess, type BlockPosition, type LocatedBlock } from "../blocks/block-access.ts";
import { buildIndex } from "./index-build.ts";
import { type CheckIndexOptions, compareEntries, type IndexFault } from "./index-compare.ts";
import { readIndexHead } from "./index-head.ts";
import type { IndexEntry } from "./multistream-index.ts";

export type { CheckIndexOptions, IndexFault } from "./index-compare.ts";

/** Options of `checkIndexSample`. */
export interface CheckIndexSampleOptions extends CheckIndexOptions {
  /**
   * Streams that are looked at: the first, the last, and others evenly between.
   *
   * @default {50}
   */
  readonly sampleCount?: number | undefined;
}

/**
 * Compares the lines of an index with all of the dump: offsets, ids, titles, and that none is missing or too many.
 *
 * Gives one fault after the other; end the loop when there are too many. Throws what is wrong with the dump (`buildIndex`) or
 * with the index (`readIndex`).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkIndex, compress, readIndex } from "wikidump";
 *
 * const parts = ["<mediawiki>\n", "<page><title>A</title><id>7</id></page>\n", "</mediawiki>\n"];
 * const dump = new Blob(parts.map((part) => compress(new TextEncoder().encode(part))));
 * const index = new Blob(["50:7:A\n"]);
 * const faults = [];
 * for await (const fault of checkIndex(dump.stream(), readIndex(index.stream()))) faults.push(fault.kind);
 * assert.deepEqual(faults, ["wrong-offset"]);
 * ```
 */
export async function* checkIndex(
  dump: ReadableStream<Uint8Array>,
  entries: AsyncIterable<IndexEntry>,
  options: CheckIndexOptions = {},
): AsyncGenerator<IndexFault, void, undefined> {
  yield* compareEntries(buildIndex(dump, options), entries, options);
}

/**
 * Compares some streams of an index with the dump: that they begin where it says and hold the pages that it lists, and that the
 * next stream is the one that it names next. `openEntries` gives the lines anew at each call; it is called twice.
 *
 * Faults and errors as those of `checkIndex`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, checkIndexSample, compress, readIndex } from "wikidump";
 *
 * const source = bytesSource(compress(new TextEncoder().encode("<mediawiki><page><id>7</id></page></mediawiki>\n")));
 * const entries = () => readIndex(new Blob(["0:8:A\n"]).stream());
 * const kinds = [];
 * for await (const { kind } of checkIndexSample(source, entries)) kinds.push(kind);
 * assert.deepEqual(kinds, ["missing-page", "extra-page"]);
 * ```
 */
export async function* checkIndexSample(
  source: ByteSource,
  openEntries: () => AsyncIterable<IndexEntry>,
  options: CheckIndexSampleOptions = {},
): AsyncGenerator<IndexFault, void, undefined> {
  const { sampleCount = 50, signal } = options;
  let streamCount = 0;
  let before = -1;
  for await (const { byteOffset, pageId } of openEntries()) {
    if (byteOffset === before) continue;
    if (byteOffset < before || byteOffset >= source.size) {
      yield offsetFault(byteOffset, pageId, { before, size: source.size });
    }
    before = byteOffset;
    streamCount++;
  }
  const sample = new Set<number>();
  for (let i = 0; i < sampleCount; i++) sample.add(Math.round((i * (streamCount - 1)) / Math.max(1, sampleCount - 1)));
  const streams = new StreamsOfIndex(openEntries());
  const dump = new StreamReader(source, signal);
  for (let number = 0; await streams.next(); number++) {
    signal?.throwIfAborted();
    if (!sample.has(number)) continue;
    const stated = streams.entries();
    try {
      yield* compareEntries(dump.entries(streams.byteOffset), stated, options);
      await streams.skip();
      yield* dump.compareNext(streams.byteOffset, streams.following);
    } catch (error) {
      if (!isWikidumpError(error) || (error.name !== "Bzip2Error" && error.name !== "DumpFormatError")) throw error;
      if (error instanceof DumpFormatError && error.code === "BAD_INDEX") throw error;
      await streams.skip();
      yield streamFault(streams.byteOffset, error.message);
    }
  }
}

function streamFault(byteOffset: number, why: string): IndexFault {
  const message = `No stream with whole pages is at byte ${byteOffset}, which the index names: ${why}`;
  return { kind: "no-stream", message, byteOffset, pageId: undefined };
}

function offsetFault(
  byteOffset: number,
  pageId: number,
  { before, size }: { before: number; size: number },
): IndexFault {
  const message = byteOffset < before
    ? `The index goes back from offset ${before} to ${byteOffset} at page ${pageId}`
    : `The index has page ${pageId} at byte ${byteOffset}, behind the end of the dump, which has ${size} bytes`;
  return { kind: "order", message, byteOffset, pageId };
}

/** The lines of an index, stream by stream; only one line ahead is held. */
class StreamsOfIndex {
  readonly #lines: AsyncIterator<IndexEntry>;
  #ahead: IndexEntry | undefined;
  #isStarted = false;
  byteOffset = 0;

  constructor(entries: AsyncIterable<IndexEntry>) {
    this.#lines = entries[Symbol.asyncIterator]();
  }

  /** Goes to the next stream. False: there is none. */
  async next(): Promise<boolean> {
    if (this.#isStarted) await this.skip();
    else await this.#step();
    this.#isStarted = true;
    if (this.#ahead === undefined) return false;
    this.byteOffset = this.#ahead.byteOffset;
    return true;
  }

  /** The lines of this stream that were not given yet. */
  async *entries(): AsyncGenerator<IndexEntry, void, undefined> {
    while (this.#ahead?.byteOffset === this.byteOffset) {
      const entry = this.#ahead;
      await this.#step();
      yield entry;
    }
  }

  async skip(): Promise<void> {
    while (this.#ahead?.byteOffset === this.byteOffset) await this.#step();
  }

  /** Where the next stream begins, after `skip`; undefined: there is none. */
  get following(): number | undefined {
    return this.#ahead?.byteOffset;
  }

  async #step(): Promise<void> {
    const line = await this.#lines.next();
    this.#ahead = line.done === true ? undefined : line.value;
  }
}

/** Reads single streams of a dump. */
class StreamReader {
  readonly #access: BlockAccess;
  #last: LocatedBlock | undefined;

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#access = new BlockAccess(source, signal);
  }

  /** What an index should say of the stream at a byte. */
  async *entries(byteOffset: number): AsyncGenerator<IndexEntry, void, undefined> {
    const start = await this.#access.firstOfStream(byteOffset);
    this.#last = undefined;
    if (start === undefined) throw new DumpFormatError("BAD_TAG", "no bzip2 stream begins there", { byteOffset });
    const splitter = new DumpSplitter({ isFragment: byteOffset > 0 });
    for await (const block of this.#access.blocksFrom(start, { isStreamOnly: true })) {
      this.#last = block;
      for (const part of splitter.push(block.bytes)) {
        if (part.type === "page") yield { byteOffset, ...readIndexHead(part.bytes, 0) };
      }
    }
    for (const part of splitter.finish()) {
      if (part.type === "page") yield { byteOffset, ...readIndexHead(part.bytes, 0) };
    }
  }

  /** Whether the stream with pages that follows the one read last is the one that the index names. */
  async *compareNext(byteOffset: number, stated: number | undefined): AsyncGenerator<IndexFault, void, undefined> {
    if (this.#last === undefined) return;
    const next = await this.#access.next(this.#last);
    const nextByte = next && next.bitOffset / 8 - 4;
    if (nextByte === stated) return;
    if (stated === undefined && !await this.#hasPages(next)) return;
    const found = nextByte === undefined ? "the dump ends" : `a stream begins at byte ${nextByte}`;
    const wanted = stated === undefined ? "names none" : `names byte ${stated}`;
    const message = `After the stream at byte ${byteOffset} ${found}, the index ${wanted}`;
    yield { kind: "missing-stream", message, byteOffset, pageId: undefined };
  }

  /** Whether pages begin in what follows the last stream of the index. */
  async #hasPages(start: BlockPosition | undefined): Promise<boolean> {
    if (start === undefined) return false;
    const splitter = new DumpSplitter({ isFragment: true });
    for await (const block of this.#access.blocksFrom(start)) {
      for (const { type } of splitter.push(block.bytes)) if (type === "page") return true;
    }
    return false;
  }
}
