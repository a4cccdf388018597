/**
 * Pages of a multistream dump, read with its index: only the streams that hold them are decoded.
 *
 * The index is checked on the way: a stream must begin where it says and hold as many pages as it says, from the lowest to the
 * highest id that it names. Where wanted ids may lie between two streams of the index, the second must begin where the first
 * ends; after the last one no pages may follow. So an index of another dump, or a part of one, never leads to missing pages.
 */
import { Bzip2Error, DumpFormatError } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";
import { findPageId } from "../../xml/page-id.ts";
import type { BlockAccess, BlockPosition, LocatedBlock } from "../blocks/block-access.ts";
import { BlockSearch } from "../blocks/block-search.ts";
import { refuseLostStream } from "../blocks/lost-stream.ts";
import { DumpTail } from "../reading/dump-end.ts";
import type { IndexedStream, MultistreamIndex } from "./multistream-index.ts";
import type { PageFilter } from "../pages/page-filter.ts";
import type { PageRange } from "../pages/page-range.ts";

/** How to read. */
export interface IndexedPagesOptions {
  /** "borrowed": nothing of a batch is kept when the next one is asked for, and its memory may be used again. Default "own". */
  readonly chunks?: "own" | "borrowed" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads a multistream dump with its index. */
export class IndexedPages {
  readonly #search: BlockSearch;
  readonly #access: BlockAccess;
  readonly #index: MultistreamIndex;
  readonly #options: IndexedPagesOptions;

  constructor(source: ByteSource, index: MultistreamIndex, options: IndexedPagesOptions = {}) {
    this.#search = new BlockSearch(source, options.signal);
    this.#access = this.#search.access;
    this.#index = index;
    this.#options = options;
  }

  /**
   * The parts that a filter lets through, block by block; those of one block are read before the next is asked for. Throws
   * DumpFormatError BAD_INDEX, Bzip2Error, and what the XML is.
   */
  async *pages(filter: PageFilter): AsyncGenerator<Iterable<DumpPart>, void, undefined> {
    const { streams } = this.#index;
    const wanted = new Set(this.#index.streamsFor(filter.ranges));
    let isBorder = false;
    for (let at = streams[0]?.byteOffset === 0 ? 0 : -1; at < streams.length; at++) {
      const stream = streams[at] ?? HEADER;
      const next = streams[at + 1];
      // A line may be missing on either side of a border.
      const wasBorder = isBorder;
      isBorder = isWantedBetween(stream, next, filter.ranges);
      if (!wasBorder && !isBorder && !wanted.has(stream)) continue;
      this.#options.signal?.throwIfAborted();
      const last = yield* this.#read(stream, filter);
      if (!isBorder) continue;
      if (next === undefined) await this.#requireEnd(last, stream);
      else await this.#requireNext(last, stream, next);
    }
  }

  /** Reads one stream and compares it with what the index says of it; gives back its last block, whose bytes are valid until another is read. */
  async *#read(
    stream: IndexedStream,
    filter: PageFilter,
  ): AsyncGenerator<Iterable<DumpPart>, LocatedBlock, undefined> {
    const start = await this.#firstBlock(stream);
    const splitter = new DumpSplitter({ isFragment: true });
    const ids = new PageIds();
    let last: LocatedBlock | undefined;
    for await (const block of this.#access.blocksFrom(start, { isStreamOnly: true, chunks: this.#options.chunks })) {
      last = block;
      yield filter.take(ids.watch(named(splitter.push(block.bytes), stream)));
    }
    if (stream !== HEADER) yield filter.take(ids.watch(named(splitter.finish(), stream)));
    ids.compare(stream);
    return last!;
  }

  async #requireNext(last: LocatedBlock, stream: IndexedStream, next: IndexedStream): Promise<void> {
    const wanted = await this.#firstBlock(next);
    const found = await this.#access.next(last);
    if (found?.bitOffset === wanted.bitOffset) return;
    const between = `between bytes ${stream.byteOffset} and ${next.byteOffset}`;
    throw badIndex(`the dump has a stream ${between} that the index does not name`, next);
  }

  /** Throws BAD_INDEX if pages follow the last stream of the index, TRUNCATED if the dump has no end. */
  async #requireEnd(last: LocatedBlock, stream: IndexedStream): Promise<void> {
    const tail = new DumpTail();
    tail.push(last.bytes);
    const following = await this.#access.next(last);
    if (following !== undefined) {
      const splitter = new DumpSplitter({ isFragment: true });
      for await (const block of this.#access.blocksFrom(following)) {
        last = block;
        tail.push(block.bytes);
        for (const { type } of splitter.push(block.bytes)) {
          if (type === "page") throw badIndex("the dump goes on with pages that the index does not name", stream);
        }
      }
    }
    const lastPageId = stream === HEADER ? undefined : stream.highestPageId;
    if (!tail.hasEnd(lastPageId)) await refuseLostStream(this.#search, last);
    tail.requireEnd(lastPageId);
  }

  async #firstBlock(stream: IndexedStream): Promise<BlockPosition> {
    let start: BlockPosition | undefined;
    try {
      start = await this.#access.firstOfStream(stream.byteOffset);
    } catch (error) {
      if (!(error instanceof Bzip2Error)) throw error;
    }
    if (start === undefined) throw badIndex(`no bzip2 stream with pages begins at byte ${stream.byteOffset}`, stream);
    return start;
  }
}

/** What comes before the streams that an index names: a stream without pages. */
const HEADER: IndexedStream = {
  byteOffset: 0,
  endByteOffset: undefined,
  pageCount: 0,
  lowestPageId: Infinity,
  highestPageId: -Infinity,
};

/** Whether ids are wanted that the index would have between one stream and the next, or after the last one. */
function isWantedBetween(
  stream: IndexedStream,
  next: IndexedStream | undefined,
  ranges: readonly PageRange[],
): boolean {
  const first = stream.highestPageId + 1;
  const last = (next?.lowestPageId ?? Infinity) - 1;
  return first <= last && ranges.some((range) => range.first <= last && first <= range.last);
}

/** Counts the pages of a stream. */
class PageIds {
  #count = 0;
  #lowest = Infinity;
  #highest = -Infinity;

  *watch(parts: Iterable<DumpPart>): Generator<DumpPart, void, undefined> {
    for (const part of parts) {
      if (part.type === "page") this.#add(findPageId(part.bytes));
      yield part;
    }
  }

  #add(pageId: number | undefined): void {
    if (pageId === undefined) return;
    this.#count++;
    this.#lowest = Math.min(this.#lowest, pageId);
    this.#highest = Math.max(this.#highest, pageId);
  }

  compare(stream: IndexedStream): void {
    if (
      this.#count === stream.pageCount && this.#lowest === stream.lowestPageId && this.#highest === stream.highestPageId
    ) return;
    const found = this.#count === 0 ? "none" : `${this.#count} pages from ${this.#lowest} to ${this.#highest}`;
    const stated = `${stream.pageCount} pages from ${stream.lowestPageId} to ${stream.highestPageId}`;
    throw badIndex(`expected ${stated} in the stream at byte ${stream.byteOffset}, found ${found}`, stream);
  }
}

/** The splitter's parts; where they make no pages at all, the index is the one to blame. */
function* named(parts: Iterable<DumpPart>, stream: IndexedStream): Generator<DumpPart, void, undefined> {
  try {
    yield* parts;
  } catch (error) {
    if (!(error instanceof DumpFormatError)) throw error;
    throw badIndex(
      `the stream at byte ${stream.byteOffset} does not hold whole pages: ${error.message}`,
      stream,
      error,
    );
  }
}

function badIndex(what: string, stream: IndexedStream, cause?: unknown): DumpFormatError {
  const pageId = stream === HEADER ? undefined : stream.lowestPageId;
  const place = { byteOffset: stream.byteOffset, pageId };
  return new DumpFormatError("BAD_INDEX", `The multistream index does not fit the dump: ${what}`, place, {
    cause,
    remedy: "Give the index that was published with this dump, or none",
  });
}
