/**
 * Narrows down in which block of a compressed dump a page begins, by decoding a few blocks here and there. No index is needed,
 * but page ids must rise through the dump, as they do in those of MediaWiki.
 *
 * The search keeps what it knows as gaps: stretches of the file where blocks may begin that nobody has looked at.
 *
 *     |..........| B |.....| e |.................| e |.....| A |..........|
 *                  below      \___ no page begins here       above
 *
 * A page may be so long that hundreds of blocks hold no start of a page (`e`). They tell nothing about the order, so the search
 * goes on in the gaps at both ends, which are halved at every step; the gaps between two such blocks come last, and only a few
 * probes are spent on them: most probably they lie inside of the same page.
 */
import { concatBytes } from "../bits/bytes.ts";
import { Bzip2Error } from "../errors.ts";
import type { ByteSource } from "../streams/byte-source.ts";
import type { BlockPosition, LocatedBlock } from "./block-access.ts";
import { BlockSearch } from "./block-search.ts";
import { requireRising } from "./id-order.ts";
import { findPageHeads } from "./page-heads.ts";

/** A block that was looked at. */
export interface PageProbe {
  readonly position: BlockPosition;
  /** Ids of the pages that begin in the block, in the order of the dump. */
  readonly pageIds: readonly number[];
}

/** What the search found out. Each block is one in which a page begins. */
export interface PageBounds {
  /** The block in which the page begins, or in which it would: pages with smaller and bigger ids begin there. */
  readonly at: PageProbe | undefined;
  /** The last block that was seen to hold smaller ids only. */
  readonly below: PageProbe | undefined;
  /** The first block that was seen to hold bigger ids only. */
  readonly above: PageProbe | undefined;
}

/** Options of `PageSearch`. */
export interface PageSearchOptions {
  /** Told of every block that is decoded. */
  readonly onProbe?: ((probe: PageProbe) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bits at which blocks may begin that were not looked for yet. */
interface Gap {
  readonly startBit: number;
  readonly endBit: number;
}

/** Probes between two blocks without a page start: see the head of this file. */
const MAX_INNER_PROBES = 32;
/** A gap of fewer blocks than this is looked through from its start. */
const FEW_BLOCKS = 3;
/** What is kept of the blocks after a head that is cut. */
const HEAD_BYTES = 64 * 1024;

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
   * Throws DumpFormatError ID_ORDER where ids are seen to fall. Blocks that are damaged are passed over, so "between below and above" is no proof: read on from `below` to know.
   */
  async bounds(pageId: number, fromBit = 0): Promise<PageBounds> {
    const state = new SearchState(pageId, { startBit: fromBit, endBit: this.#source.size * 8 });
    for (let gap = state.nextGap(); gap !== undefined; gap = state.nextGap()) {
      this.#signal?.throwIfAborted();
      const probeBit = state.probeBit(gap);
      const block = await this.blocks.nextBlock(probeBit, gap.endBit);
      state.close(gap, probeBit, block);
      if (block === undefined) continue;
      const probe = { position: positionOf(block), pageIds: await this.pageIds(block) };
      this.#onProbe?.(probe);
      if (probe.pageIds.length > 0 && state.learn(probe)) break;
    }
    return state;
  }

  /** The ids of the pages whose "<page>" begins in a block; for the last one the block after it may be needed. */
  async pageIds(block: LocatedBlock): Promise<number[]> {
    const { heads, openOffset } = findPageHeads(block.bytes);
    const ids = heads.map((head) => head.pageId);
    if (openOffset === block.bytes.length) return ids;
    const last = await this.#cutHead(block, block.bytes.subarray(openOffset));
    if (last !== undefined) ids.push(last);
    return ids;
  }

  /** The id in a head that begins with `start` at the end of a block and goes on in the next ones. */
  async #cutHead(block: LocatedBlock, start: Uint8Array): Promise<number | undefined> {
    try {
      let head = start;
      for (let current = block; head.length < HEAD_BYTES;) {
        const at = await this.blocks.access.next(current);
        if (at === undefined) return undefined;
        current = await this.blocks.access.read(at);
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

function positionOf(block: LocatedBlock): BlockPosition {
  return { bitOffset: block.bitOffset, level: block.level };
}

/** What is known at a point of the search. */
class SearchState implements PageBounds {
  at: PageProbe | undefined;
  below: PageProbe | undefined;
  above: PageProbe | undefined;
  readonly #pageId: number;
  /** In the order of the file. */
  #gaps: Gap[];
  /** The bit after `below`, or the one from which the search began. */
  #outerStart: number;
  #innerProbes = 0;
  #longestBlockBits = 0;
  #lastEndBit = 0;
  #isInterpolating = false;

  constructor(pageId: number, gap: Gap) {
    this.#pageId = pageId;
    this.#gaps = [gap];
    this.#outerStart = gap.startBit;
  }

  /** Where to look next: the bigger one of the two outer gaps, then some of the inner ones. */
  nextGap(): Gap | undefined {
    const gaps = this.#gaps;
    const first = gaps[0];
    const last = gaps.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const isFirstOuter = first.startBit <= this.#outerStart;
    const isLastOuter = this.above === undefined || last.endBit >= this.above.position.bitOffset;
    if (isFirstOuter && isLastOuter) return lengthOf(first) > lengthOf(last) ? first : last;
    if (isFirstOuter) return first;
    if (isLastOuter) return last;
    if (this.#innerProbes++ >= MAX_INNER_PROBES) return undefined;
    return gaps.reduce((longest, gap) => lengthOf(gap) > lengthOf(longest) ? gap : longest);
  }

  /** From where in a gap to look for a block. */
  probeBit(gap: Gap): number {
    const length = lengthOf(gap);
    if (length < FEW_BLOCKS * this.#longestBlockBits || length < 1024) return gap.startBit;
    this.#isInterpolating = !this.#isInterpolating;
    const share = this.#isInterpolating && this.#gaps.length === 1 ? this.#expectedShare() : 0.5;
    return gap.startBit + Math.floor(length * share);
  }

  /** How far between the two bounds the page is likely to be, judged by the ids. */
  #expectedShare(): number {
    const low = this.below?.pageIds.at(-1);
    const high = this.above?.pageIds[0];
    if (low === undefined || high === undefined) return 0.5;
    return Math.min(0.95, Math.max(0.05, (this.#pageId - low) / (high - low)));
  }

  /** A search from `probeBit` to the end of the gap found a block, or none. */
  close(gap: Gap, probeBit: number, block: LocatedBlock | undefined): void {
    const left = { startBit: gap.startBit, endBit: probeBit };
    const endBit = block === undefined ? gap.endBit : block.bitOffset + block.bitLength;
    const right = { startBit: endBit, endBit: gap.endBit };
    this.#gaps.splice(this.#gaps.indexOf(gap), 1, ...[left, right].filter((rest) => lengthOf(rest) > 0));
    this.#longestBlockBits = Math.max(this.#longestBlockBits, block?.bitLength ?? 0);
    this.#lastEndBit = endBit;
  }

  /** Pages begin in the block that was found last, which lies between `below` and `above`. True: the search is over. */
  learn(probe: PageProbe): boolean {
    requireRising([this.below?.pageIds.at(-1), ...probe.pageIds, this.above?.pageIds[0]]);
    const bit = probe.position.bitOffset;
    if (this.#pageId < probe.pageIds[0]!) {
      this.above = probe;
      this.#gaps = this.#gaps.filter((gap) => gap.endBit <= bit);
    } else if (this.#pageId > probe.pageIds.at(-1)!) {
      this.below = probe;
      this.#outerStart = this.#lastEndBit;
      this.#gaps = this.#gaps.filter((gap) => gap.startBit > bit);
    } else {
      this.at = probe;
      return true;
    }
    return false;
  }
}

function lengthOf(gap: Gap): number {
  return gap.endBit - gap.startBit;
}
