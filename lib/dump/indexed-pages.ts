/**
 * Pages of a multistream dump, read with its index: only the streams that hold them are decoded.
 *
 * The index is checked on the way: a stream must begin where it says and hold as many pages as it says, from the lowest to the
 * highest id that it names. An index that belongs to another dump is thereby found out, and never leads to missing pages.
 */
import type { Bytes } from "../bzip2/format.ts";
import { Bzip2Error, DumpFormatError } from "../errors.ts";
import type { ByteSource } from "../streams/byte-source.ts";
import { type DumpPart, DumpSplitter } from "../xml/dump-splitter.ts";
import { findPageId } from "../xml/page-id.ts";
import { BlockAccess, type BlockPosition } from "./block-access.ts";
import type { IndexedStream, MultistreamIndex } from "./multistream-index.ts";
import type { PageFilter } from "./page-filter.ts";

/** Reads a multistream dump with its index. */
export class IndexedPages {
  readonly #access: BlockAccess;
  readonly #index: MultistreamIndex;
  readonly #signal: AbortSignal | undefined;

  constructor(source: ByteSource, index: MultistreamIndex, signal?: AbortSignal) {
    this.#access = new BlockAccess(source, signal);
    this.#index = index;
    this.#signal = signal;
  }

  /** The bytes of the pages that a filter lets through. Throws DumpFormatError BAD_INDEX, Bzip2Error, and what the XML is. */
  async *pages(filter: PageFilter): AsyncGenerator<Bytes, void, undefined> {
    for (const stream of this.#index.streamsFor(filter.ranges)) {
      this.#signal?.throwIfAborted();
      const start = await this.#firstBlock(stream);
      const splitter = new DumpSplitter({ isFragment: true });
      const ids = new PageIds();
      for await (const block of this.#access.blocksFrom(start, { isStreamOnly: true })) {
        yield* filter.take(ids.watch(named(splitter.push(block.bytes), stream)));
      }
      yield* filter.take(ids.watch(named(splitter.finish(), stream)));
      ids.compare(stream);
    }
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
  const place = { byteOffset: stream.byteOffset, pageId: stream.lowestPageId };
  return new DumpFormatError("BAD_INDEX", `The multistream index does not fit the dump: ${what}`, place, {
    cause,
    remedy: "Give the index that was published with this dump, or none",
  });
}
