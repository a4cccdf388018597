/**
 * Where in a compressed dump does a page begin? · findpageidinbz2xml
 *
 * Works on any bzip2 dump with rising page ids: one stream or many, any mix of levels, pages that go on for many blocks.
 */
import type { ByteSource } from "../../streams/byte-source.ts";
import type { BlockPosition } from "../blocks/block-access.ts";
import { DumpTail } from "../reading/dump-end.ts";
import { requireRising } from "../reading/id-order.ts";
import { type PageBlock, type PageProbe, PageSearch } from "./page-search.ts";

/** The place of a page. */
export interface PagePlace {
  readonly pageId: number;
  /** The block in which the page's start tag begins. */
  readonly position: BlockPosition;
  /** The first page that begins in that block: the one from which reading has to skip to get to the wanted one. */
  readonly firstPageId: number;
}

/** What stands around the place where a page is not. */
export interface PageNeighbours {
  /** The page with the next smaller id; undefined if the dump has none. */
  readonly below: PagePlace | undefined;
  /** The page with the next bigger id; undefined if the dump has none. */
  readonly above: PagePlace | undefined;
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
 * Decodes some 5 to 10 blocks in a dump of 1 GB whose pages are spread evenly, and never more than about twice as many as the
 * number of blocks has binary digits. Only where the page before the wanted one goes on for many blocks, and the wanted one does
 * not exist, that page is read to its end.
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
 * assert.deepEqual(await findPage(source, 7), { pageId: 7, position: { bitOffset: 32, level: 9 }, firstPageId: 7 });
 * assert.equal(await findPage(source, 8), undefined);
 * ```
 */
export async function findPage(
  source: ByteSource,
  pageId: number,
  options: FindPageOptions = {},
): Promise<PagePlace | undefined> {
  const found = await findPageOrNeighbours(source, pageId, options);
  return "pageId" in found ? found : undefined;
}

/**
 * Finds a page as `findPage` does; where there is none with this id, tells the pages before and after.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, findPageOrNeighbours } from "wikidump";
 *
 * const xml = "<mediawiki><page><title>A</title><id>7</id><revision><id>1</id></revision></page></mediawiki>";
 * const found = await findPageOrNeighbours(bytesSource(compress(new TextEncoder().encode(xml))), 9);
 * assert.ok("below" in found && found.below?.pageId === 7 && found.above === undefined);
 * ```
 */
export async function findPageOrNeighbours(
  source: ByteSource,
  pageId: number,
  options: FindPageOptions = {},
): Promise<PagePlace | PageNeighbours> {
  const search = new PageSearch(source, options);
  const { access } = search.blocks;
  const first = await access.first();
  if (first === undefined) new DumpTail().requireEnd();
  if (first === undefined) return { below: undefined, above: undefined };
  const { at, below, above } = await search.bounds(pageId);
  if (at !== undefined) return placeIn(at, pageId) ?? neighboursIn(at, pageId);
  const cutPageId = below && await search.cutPageId(below);
  const lower = below && cutPageId !== undefined ? { ...below, pageIds: [...below.pageIds, cutPageId] } : below;
  if (lower !== undefined && cutPageId !== undefined && cutPageId >= pageId) {
    return placeIn(lower, pageId) ?? neighboursIn(lower, pageId);
  }
  return await new GapReader(search, pageId, lower, above).read(first);
}

/** Reads what the search left out between two blocks: only that tells whether a page is not there or could not be read. */
class GapReader {
  readonly #search: PageSearch;
  readonly #pageId: number;
  readonly #above: PageBlock | undefined;
  #below: PageBlock | undefined;

  constructor(search: PageSearch, pageId: number, below: PageBlock | undefined, above: PageBlock | undefined) {
    this.#search = search;
    this.#pageId = pageId;
    this.#below = below;
    this.#above = above;
  }

  async read(first: BlockPosition): Promise<PagePlace | PageNeighbours> {
    const { access } = this.#search.blocks;
    const tail = new DumpTail();
    let start: BlockPosition | undefined = first;
    if (this.#below !== undefined) {
      const { position, bitLength } = this.#below;
      tail.push(this.#below.tail);
      start = await access.next({ ...position, bitLength, crc: 0, bytes: new Uint8Array() });
    }
    if (this.#above === undefined && this.#below !== undefined) await this.#requireSmallerStart(first, this.#below);
    const untilBit = this.#above?.position.bitOffset;
    if (start === undefined) return this.#atEnd(tail);
    for await (const block of access.blocksFrom(start, { untilBit })) {
      tail.push(block.bytes);
      const known = await this.#search.pagesOf(block);
      access.recycle(block);
      if (known === undefined) continue;
      const found = await this.#lookAt(known);
      if (found !== undefined) return found;
    }
    return this.#atEnd(tail);
  }

  /** A page that would come after the last one: only the first one tells whether ids rise at all. */
  async #requireSmallerStart(first: BlockPosition, last: PageBlock): Promise<void> {
    for await (const block of this.#search.blocks.access.blocksFrom(first, { untilBit: last.bitOffset })) {
      const known = await this.#search.pagesOf(block);
      if (known !== undefined) return requireRising([known.pageIds[0], last.pageIds.at(-1)]);
    }
  }

  /** The place, if the page begins in this block; the neighbours, if it would have to. */
  async #lookAt(block: PageBlock): Promise<PagePlace | PageNeighbours | undefined> {
    const cutPageId = await this.#search.cutPageId(block);
    const known = cutPageId === undefined ? block : { ...block, pageIds: [...block.pageIds, cutPageId] };
    const found = placeIn(known, this.#pageId);
    if (found !== undefined) return found;
    const { above, below } = neighboursIn(known, this.#pageId);
    if (above !== undefined) return { above, below: below ?? this.#lastBelow() };
    this.#below = known;
    return undefined;
  }

  #atEnd(tail: DumpTail): PageNeighbours {
    const above = this.#above && placeIn(this.#above, this.#above.pageIds[0]!);
    if (above === undefined) tail.requireEnd(this.#below?.pageIds.at(-1));
    return { below: this.#lastBelow(), above };
  }

  #lastBelow(): PagePlace | undefined {
    return this.#below && placeIn(this.#below, this.#below.pageIds.at(-1)!);
  }
}

function placeIn(block: PageBlock, pageId: number): PagePlace | undefined {
  if (!block.pageIds.includes(pageId)) return undefined;
  return { pageId, position: block.position, firstPageId: block.pageIds[0]! };
}

function neighboursIn(block: PageBlock, pageId: number): PageNeighbours {
  const below = block.pageIds.findLast((id) => id < pageId);
  const above = block.pageIds.find((id) => id > pageId);
  return {
    below: below === undefined ? undefined : placeIn(block, below),
    above: above === undefined ? undefined : placeIn(block, above),
  };
}
