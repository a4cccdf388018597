/**
 * Some pages of a compressed dump as a dump of their own, reading only where they are.
 *
 * With the index of a multistream dump, the streams that hold the pages are decoded. Without one, the block in which the first
 * page begins is searched for (page-search.ts), and the dump is read on from there.
 *
 *     header   from the start of the dump, up to </siteinfo>
 *     pages    whole ones, as they stand in the dump
 *     footer   </mediawiki>
 */
import type { Bytes } from "../bzip2/format.ts";
import { DumpFormatError } from "../errors.ts";
import type { ByteSource } from "../streams/byte-source.ts";
import { streamFrom } from "../streams/stream-from.ts";
import { DumpSplitter } from "../xml/dump-splitter.ts";
import { BlockAccess, type BlockPosition } from "./block-access.ts";
import type { MultistreamIndex } from "./multistream-index.ts";
import { DUMP_END, DumpTail } from "./dump-end.ts";
import { FragmentReader } from "./fragment-reader.ts";
import { IndexedPages } from "./indexed-pages.ts";
import { PageFilter } from "./page-filter.ts";
import type { PageRange } from "./page-range.ts";
import { PageSearch } from "./page-search.ts";

/** Options of `extractRange`. */
export interface ExtractRangeOptions {
  /** The index of a multistream dump. */
  readonly index?: MultistreamIndex | undefined;
  /** Told the id of every page that is taken. */
  readonly onPage?: ((pageId: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** So many blocks are read on to the next range before it is searched for. */
const BLOCKS_BEFORE_SEARCH = 4;

/**
 * The header, the pages whose ids are in `ranges`, and the footer of a bzip2 dump, as XML.
 *
 * Page ids must rise through the dump (those of MediaWiki do). Ranges without pages give a document without pages. All pages
 * before an error are whole; the document then has no footer, and may end inside the page at which the error is.
 *
 * Errors of the stream: Bzip2Error, DumpFormatError (NO_MEDIAWIKI, ID_ORDER, BAD_INDEX: the index is that of another dump, …)
 * and those of the source.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, extractRange } from "wikidump";
 *
 * const xml = "<mediawiki>\n<page><id>1</id></page>\n<page><id>2</id></page>\n<page><id>9</id></page>\n</mediawiki>\n";
 * const dump = bytesSource(compress(new TextEncoder().encode(xml)));
 * const taken = await new Response(extractRange(dump, { first: 2, last: 5 })).text();
 * assert.equal(taken, "<mediawiki>\n<page><id>2</id></page>\n</mediawiki>\n");
 * ```
 */
export function extractRange(
  source: ByteSource,
  ranges: PageRange | readonly PageRange[],
  options: ExtractRangeOptions = {},
): ReadableStream<Bytes> {
  return streamFrom(extract(source, "first" in ranges ? [ranges] : ranges, options));
}

async function* extract(
  source: ByteSource,
  ranges: readonly PageRange[],
  options: ExtractRangeOptions,
): AsyncGenerator<Bytes, void, undefined> {
  const { index, onPage, signal } = options;
  const filter = new PageFilter(ranges, { order: index === undefined ? "ascending" : "any", onPage });
  const { header, firstBlock } = await readHeader(source, signal);
  yield header;
  if (index !== undefined) yield* new IndexedPages(source, index, signal).pages(filter);
  else if (!filter.isDone) yield* seekPages(source, firstBlock, filter, signal);
  yield DUMP_END;
}

/** The header of a dump, and the first block. Throws DumpFormatError NO_MEDIAWIKI, among others. */
async function readHeader(
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<{ header: Bytes; firstBlock: BlockPosition }> {
  const access = new BlockAccess(source, signal);
  const firstBlock = await access.first();
  const splitter = new DumpSplitter();
  if (firstBlock !== undefined) {
    for await (const block of access.blocksFrom(firstBlock)) {
      for (const part of splitter.push(block.bytes)) {
        if (part.type === "header") return { header: part.bytes as Bytes, firstBlock };
      }
    }
  }
  for (const part of splitter.finish()) {
    if (part.type === "header" && firstBlock !== undefined) return { header: part.bytes as Bytes, firstBlock };
  }
  throw new DumpFormatError("NO_MEDIAWIKI", "The dump has no <mediawiki> element", { byteOffset: 0 });
}

/** The wanted pages, by searching for the block of the first one; and again when the next range is far away. */
async function* seekPages(
  source: ByteSource,
  firstBlock: BlockPosition,
  filter: PageFilter,
  signal: AbortSignal | undefined,
): AsyncGenerator<Bytes, void, undefined> {
  const search = new PageSearch(source, { signal });
  let patience = BLOCKS_BEFORE_SEARCH;
  for (let from = firstBlock;;) {
    const bounds = await search.bounds(filter.waitingFor ?? 0, from.bitOffset);
    const start = bounds.at ?? bounds.below;
    const fragment = new FragmentReader();
    const tail = new DumpTail();
    let idleBlocks = 0;
    let isAtEnd = true;
    for await (const block of search.blocks.access.blocksFrom(start?.position ?? from)) {
      signal?.throwIfAborted();
      yield* filter.take(fragment.push(block.bytes));
      if (filter.isDone) return;
      tail.push(block.bytes);
      idleBlocks = filter.waitingFor === undefined ? 0 : idleBlocks + 1;
      if (idleBlocks <= patience) continue;
      // Inside of a very long page a search finds nothing nearer, so searches become rarer.
      patience *= 2;
      // From this block, not the next: the start of a page may lie across the border.
      from = { bitOffset: block.bitOffset, level: block.level };
      filter.restart();
      isAtEnd = false;
      break;
    }
    if (!isAtEnd) continue;
    yield* filter.take(fragment.finish());
    return tail.requireEnd(filter.previousId);
  }
}
