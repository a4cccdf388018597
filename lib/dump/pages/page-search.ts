/**
 * Narrows down in which block of a compressed dump a page begins, by decoding a few blocks here and there. No index is needed,
 * but page ids must rise through the dump, as they do in those of MediaWiki.
 *
 * Where to look next is decided in page-gaps.ts.
 */
import { concatBytes } from "../../bits/bytes.ts";
import { Bzip2Error } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import type { BlockPosition, LocatedBlock } from "../blocks/block-access.ts";
import { BlockSearch } from "../blocks/block-search.ts";
import { type NextLook, PageGaps } from "./page-gaps.ts";
import { findPageHeads } from "../reading/page-heads.ts";

/** A block that was decoded in a search. */
export interface PageProbe {
  readonly position: BlockPosition;
  /** Ids of the pages that begin in the block, in the order of the dump; a head that the end of the block cuts is left out. */
  readonly pageIds: readonly number[];
}

/** A block in which pages begin. */
export interface PageBlock extends PageProbe {
  readonly bitOffset: number;
  /** Bits from its magic to what follows it. */
  readonly bitLength: number;
  /** The end of its bytes, from the start of a head that goes on in the next block; empty if there is none. */
  readonly cutHead: Uint8Array;
  /** Its last bytes. */
  readonly tail: Uint8Array;
}

/** What the search found out. Each block is one in which a page begins. */
export interface PageBounds {
  /** The block in which the page begins, or in which it would: pages with smaller and bigger ids begin there. */
  readonly at: PageBlock | undefined;
  /** The last block that was seen to hold smaller ids only; the page may begin there all the same, if the block cuts its head. */
  readonly below: PageBlock | undefined;
  /** The first block that was seen to hold bigger ids only. */
  readonly above: PageBlock | undefined;
}

/** Options of `PageSearch`. */
export interface PageSearchOptions {
  /** Told of every block that is decoded. */
  readonly onProbe?: ((probe: PageProbe) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is kept of the blocks after a head that is cut. */
const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 64;

/** Searches one source for the places of pages. */
export class PageSearch {
  readonly blocks: BlockSearch;
  readonly #source: ByteSource;
  readonly #onProbe: ((probe: PageProbe) => void) | undefined;
  readonly #signal: AbortSignal | undefined;

  constructor(source: ByteSource, options: PageSearchOptions = {}) {
    this.#source = source;
    this.#onProbe = options.onProbe;
    this.#signal = options.signal;
    this.blocks = new BlockSearch(source, options.signal);
  }

  /**
   * Looks for the place of a page among the blocks that begin at or after a bit.
   *
   * Throws DumpFormatError ID_ORDER where ids are seen to fall. Blocks that are damaged are passed over, so "between below and
   * above" is no proof: read on from `below` to know.
   */
  async bounds(pageId: number, fromBit = 0): Promise<PageBounds> {
    const gaps = new PageGaps<PageBlock>(pageId, { startBit: fromBit, endBit: this.#source.size * 8 });
    for (let look = gaps.next(); look !== undefined; look = gaps.next()) {
      this.#signal?.throwIfAborted();
      const block = await this.#look(look);
      gaps.close(look, block);
      if (block === undefined) continue;
      const known = await this.pagesOf(block);
      this.blocks.access.recycle(block);
      if (known !== undefined && gaps.learn(known)) break;
    }
    return gaps;
  }

  async #look({ gap, fromBit, isBackward }: NextLook): Promise<LocatedBlock | undefined> {
    if (!isBackward) return await this.blocks.nextBlock(fromBit, gap.endBit);
    for await (const block of this.blocks.blocksBackward(gap.startBit, gap.endBit)) return block;
    return undefined;
  }

  /** The pages that begin in a block; undefined if there are none. */
  async pagesOf(block: LocatedBlock): Promise<PageBlock | undefined> {
    const { bitOffset, bitLength, level, bytes } = block;
    const position = { bitOffset, level };
    const { heads, openOffset } = findPageHeads(bytes);
    const pageIds = heads.map((head) => head.pageId);
    const found = {
      position,
      pageIds,
      bitOffset,
      bitLength,
      cutHead: bytes.slice(openOffset),
      tail: bytes.slice(-TAIL_BYTES),
    };
    this.#onProbe?.(found);
    if (pageIds.length > 0 || found.cutHead.length === 0) return pageIds.length === 0 ? undefined : found;
    // The only head of the block is cut by its end: it alone can tell where the block belongs.
    const pageId = await this.cutPageId(found);
    return pageId === undefined ? undefined : { ...found, pageIds: [pageId], cutHead: new Uint8Array() };
  }

  /** The ids of the pages whose "<page>" begins in a block; for the last one the block after it may be needed. */
  async pageIds(block: LocatedBlock): Promise<number[]> {
    const known = await this.pagesOf(block);
    const cutPageId = known && await this.cutPageId(known);
    return [...known?.pageIds ?? [], ...cutPageId === undefined ? [] : [cutPageId]];
  }

  /** The id in the head that the end of a block cuts; undefined if none does, or it goes on in a block that is damaged. */
  async cutPageId(start: PageBlock): Promise<number | undefined> {
    let head = start.cutHead;
    if (head.length === 0) return undefined;
    try {
      let current: LocatedBlock = { ...start, ...start.position, crc: 0, bytes: new Uint8Array() };
      while (head.length < HEAD_BYTES) {
        const at = await this.blocks.access.next(current);
        if (at === undefined) return undefined;
        current = await this.blocks.access.read(at);
        this.#onProbe?.({ position: at, pageIds: [] });
        head = concatBytes([head, current.bytes.subarray(0, HEAD_BYTES)]);
        const { heads, openOffset } = findPageHeads(head);
        if (heads[0]?.byteOffset === 0) return heads[0].pageId;
        if (openOffset !== 0) return undefined;
      }
    } catch (error) {
      // A head that goes on in a damaged block, or behind the end of a truncated file, is not known.
      if (!(error instanceof Bzip2Error)) throw error;
    }
    return undefined;
  }
}
