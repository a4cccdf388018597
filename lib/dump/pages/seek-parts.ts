/**
 * The parts of some pages of a compressed dump, reading only where they are.
 *
 * With the index of a multistream dump, the streams that hold the pages are decoded. Without one, the block in which the first
 * page begins is searched for (page-search.ts), and the dump is read on from there.
 *
 *     header   from the start of the dump, up to </siteinfo>
 *     pages    whole ones, as they stand in the dump
 *     footer   </mediawiki>
 */
import type { ByteSource } from "../../streams/byte-source.ts";
import type { DumpPart } from "../../xml/dump-splitter.ts";
import { BlockAccess, type BlockPosition } from "../blocks/block-access.ts";
import { DUMP_END, DumpTail } from "../reading/dump-end.ts";
import { readDumpHeader } from "../reading/dump-header.ts";
import { PageWindow } from "../reading/page-window.ts";
import { type LastBlock, refuseLostStream } from "../blocks/lost-stream.ts";
import { IndexedPages } from "../index/indexed-pages.ts";
import type { MultistreamIndex } from "../index/multistream-index.ts";
import type { PageFilter } from "./page-filter.ts";
import { PageSearch } from "./page-search.ts";

/** So many blocks are read on to the next range before it is searched for. */
const BLOCKS_BEFORE_SEARCH = 4;

/** How to get at the pages. */
export interface SeekOptions {
  /** The index of a multistream dump. */
  readonly index?: MultistreamIndex | undefined;
  /** "borrowed": nothing of a batch is kept when the next one is asked for, and its memory may be used again. Default "own". */
  readonly chunks?: "own" | "borrowed" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The header, the parts that the filter lets through, and a footer; block by block, each read before the next is asked for. */
export async function* seekParts(
  source: ByteSource,
  filter: PageFilter,
  options: SeekOptions,
): AsyncGenerator<Iterable<DumpPart>, void, undefined> {
  const { index, signal, chunks } = options;
  const { header, firstBlock } = await readDumpHeader(new BlockAccess(source, signal));
  yield filter.take([{ type: "header", bytes: header }]);
  if (index !== undefined) yield* new IndexedPages(source, index, { chunks, signal }).pages(filter);
  else if (!filter.isDone) yield* searchPages(source, firstBlock, filter, { chunks, signal });
  yield [{ type: "footer", bytes: DUMP_END }];
}

/** The wanted pages, by searching for the block of the first one; and again when the next range is far away. */
async function* searchPages(
  source: ByteSource,
  firstBlock: BlockPosition,
  filter: PageFilter,
  { chunks, signal }: Pick<SeekOptions, "chunks" | "signal">,
): AsyncGenerator<Iterable<DumpPart>, void, undefined> {
  const search = new PageSearch(source, { signal });
  let patience = BLOCKS_BEFORE_SEARCH;
  for (let from = firstBlock;;) {
    const bounds = await search.bounds(filter.waitingFor ?? 0, from.bitOffset);
    const start = bounds.at ?? bounds.below;
    const fragment = new PageWindow();
    const tail = new DumpTail();
    let idleBlocks = 0;
    let isAtEnd = true;
    let last: LastBlock | undefined;
    for await (const block of search.blocks.access.blocksFrom(start?.position ?? from, { chunks })) {
      signal?.throwIfAborted();
      last = block;
      yield filter.take(fragment.push(block.bytes));
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
    if (last !== undefined && !tail.hasEnd(filter.previousId)) await refuseLostStream(search.blocks, last);
    yield filter.take(fragment.finish());
    return tail.requireEnd(filter.previousId);
  }
}
