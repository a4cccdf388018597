/**
 * Where in a multistream dump do pages begin, judged by its index? · find-page.ts does without one
 *
 * What the index says is checked: the stream that it names is decoded. Where it has no line, the dump itself is searched. So an
 * index of another dump, or one that is cut, is found out.
 */
import { Bzip2Error, DumpFormatError } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { type FindPageOptions, findPageOrNeighbours, type PageNeighbours, type PagePlace } from "../pages/find-page.ts";
import { badIndexError } from "./index-error.ts";
import type { IndexEntry } from "./multistream-index.ts";
import { PageSearch } from "../pages/page-search.ts";

/**
 * Finds pages with the lines of an index, such as `readIndex` gives them; in one pass, which ends as soon as all are found.
 *
 * Yields the answers in the order of `pageIds`: a place, or the neighbours of a page that the dump does not have.
 *
 * Throws DumpFormatError BAD_INDEX where the index does not fit the dump; else as `findPage`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, findIndexedPages, readIndex } from "wikidump";
 *
 * const xml = "<mediawiki><page><title>A</title><id>7</id></page></mediawiki>";
 * const source = bytesSource(compress(new TextEncoder().encode(xml)));
 * for await (const place of findIndexedPages(source, readIndex(new Blob(["0:7:A\n"]).stream()), [7])) {
 *   assert.deepEqual(place, { pageId: 7, position: { bitOffset: 32, level: 9 }, firstPageId: 7 });
 * }
 * ```
 */
export async function* findIndexedPages(
  source: ByteSource,
  entries: AsyncIterable<IndexEntry>,
  pageIds: readonly number[],
  options: FindPageOptions = {},
): AsyncGenerator<PagePlace | PageNeighbours, void, undefined> {
  const offsets = await offsetsOf(entries, pageIds, options.signal);
  for (const pageId of pageIds) {
    const byteOffset = offsets.get(pageId);
    if (byteOffset === undefined) yield await findUnnamed(source, pageId, options);
    else yield await findInStream(source, pageId, byteOffset, options);
  }
}

async function offsetsOf(
  entries: AsyncIterable<IndexEntry>,
  pageIds: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Map<number, number>> {
  const wanted = new Set(pageIds);
  const offsets = new Map<number, number>();
  for await (const { pageId, byteOffset } of entries) {
    signal?.throwIfAborted();
    if (!wanted.delete(pageId)) continue;
    offsets.set(pageId, byteOffset);
    if (wanted.size === 0) break;
  }
  return offsets;
}

/** A page that the index names. */
async function findInStream(
  source: ByteSource,
  pageId: number,
  byteOffset: number,
  options: FindPageOptions,
): Promise<PagePlace> {
  const search = new PageSearch(source, options);
  const { access } = search.blocks;
  const place = { byteOffset, pageId };
  try {
    const start = await access.firstOfStream(byteOffset);
    if (start === undefined) throw badIndexError(`no bzip2 stream with pages begins at byte ${byteOffset}`, place);
    for await (const block of access.blocksFrom(start, { isStreamOnly: true })) {
      const pageIds = await search.pageIds(block);
      const { bitOffset, level } = block;
      if (pageIds.includes(pageId)) return { pageId, position: { bitOffset, level }, firstPageId: pageIds[0]! };
    }
  } catch (error) {
    // No stream at all: the index is to blame. Damage inside of one: the dump is.
    if (!(error instanceof Bzip2Error) || error.code !== "BAD_MAGIC" || error.bitOffset !== byteOffset * 8 + 32) {
      throw error;
    }
    throw badIndexError(`no bzip2 stream begins at byte ${byteOffset}`, place, error);
  }
  throw badIndexError(`page ${pageId} does not begin in the stream at byte ${byteOffset}`, place);
}

/** A page that the index does not name. */
async function findUnnamed(source: ByteSource, pageId: number, options: FindPageOptions): Promise<PageNeighbours> {
  let found: PagePlace | PageNeighbours;
  try {
    found = await findPageOrNeighbours(source, pageId, options);
  } catch (error) {
    // Only dumps with rising ids can be searched.
    if (!(error instanceof DumpFormatError) || error.code !== "ID_ORDER") throw error;
    return { below: undefined, above: undefined };
  }
  if (!("pageId" in found)) return found;
  const byteOffset = Math.floor(found.position.bitOffset / 8);
  throw badIndexError(`it does not name page ${pageId}, which begins in the block at byte ${byteOffset}`, {
    byteOffset,
    pageId,
  });
}
