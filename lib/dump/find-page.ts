/**
 * Where in a compressed dump does a page begin? · findpageidinbz2xml
 *
 * Works on any bzip2 dump with rising page ids: one stream or many, any mix of levels, pages that go on for many blocks.
 */
import type { ByteSource } from "../streams/byte-source.ts";
import type { BlockPosition } from "./block-access.ts";
import { DumpTail } from "./dump-end.ts";
import { type PageProbe, PageSearch } from "./page-search.ts";

/** The place of a page. */
export interface PagePlace {
  readonly pageId: number;
  /** The block in which the page's start tag begins. */
  readonly position: BlockPosition;
}

/** Options of `findPage`. */
export interface FindPageOptions {
  /** Told of every block that is decoded. */
  readonly onProbe?: (probe: PageProbe) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the block in which a page begins; undefined if the dump has no page with this id.
 *
 * Decodes about twice as many blocks as the number of blocks has binary digits: some 20 to 30 in a dump of 10 GB. Only where the
 * page before the wanted one goes on for many blocks, and the wanted one does not exist, that page is read to its end.
 *
 * Throws Bzip2Error where damage or the end of a truncated file lies at the place where the page should be, and NOT_BZIP2;
 * DumpFormatError TRUNCATED where the dump ends there without an end tag, ID_ORDER where ids are seen to fall.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, findPage } from "wikidump";
 *
 * const xml = "<mediawiki><page><title>A</title><id>7</id><revision><id>1</id></revision></page></mediawiki>";
 * const source = bytesSource(compress(new TextEncoder().encode(xml)));
 * assert.deepEqual(await findPage(source, 7), { pageId: 7, position: { bitOffset: 32, level: 9 } });
 * assert.equal(await findPage(source, 8), undefined);
 * ```
 */
export async function findPage(
  source: ByteSource,
  pageId: number,
  options: FindPageOptions = {},
): Promise<PagePlace | undefined> {
  const search = new PageSearch(source, options);
  const { access } = search.blocks;
  const first = await access.first();
  if (first === undefined) return undefined;
  const { at, below } = await search.bounds(pageId);
  if (at !== undefined) return at.pageIds.includes(pageId) ? { pageId, position: at.position } : undefined;
  // Not seen: only reading on from the last smaller id tells whether it is not there or could not be read.
  const tail = new DumpTail();
  for await (const block of access.blocksFrom(below?.position ?? first)) {
    tail.push(block.bytes);
    const ids = await search.pageIds(block);
    options.onProbe?.({ position: { bitOffset: block.bitOffset, level: block.level }, pageIds: ids });
    if (ids.includes(pageId)) return { pageId, position: { bitOffset: block.bitOffset, level: block.level } };
    if (ids.some((id) => id > pageId)) return undefined;
  }
  tail.requireEnd(below?.pageIds.at(-1));
  return undefined;
}
