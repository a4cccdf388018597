/**
 * What a search for a page knows: stretches of the file (gaps) where blocks may begin that nobody has looked at, and where in
 * them to look next. Nothing is read here; page-search.ts does that.
 *
 *     |..........| B |.....| e |.................| e |.....| A |..........|
 *                  below      \___ no page begins here       above
 *
 * Between two blocks of which the ids are known, the page is expected where a straight line through them has its id. Lines that
 * keep missing on one side are corrected by doubled steps, and when steps cost more than halving would, the gap is halved: never
 * more than about twice the steps of halving alone.
 *
 * A page may be so long that hundreds of blocks hold no start of a page (`e`). They tell nothing about the order, so the search
 * goes on in the gaps at both ends, which are halved at every step; the gaps between two such blocks come last, and only a few
 * probes are spent on them: most probably they lie inside of the same page.
 */
import type { LocatedBlock } from "../blocks/block-access.ts";
import { requireRising } from "../reading/id-order.ts";

/** Bits at which blocks may begin that were not looked for yet. */
export interface Gap {
  readonly startBit: number;
  readonly endBit: number;
}

/** A block in which pages begin. */
export interface KnownPages {
  readonly bitOffset: number;
  readonly bitLength: number;
  /** Ids of the pages that begin in the block, in the order of the dump. */
  readonly pageIds: readonly number[];
}

/** Where to look next: for the first block from a bit on, or for the last block of the gap. */
export interface NextLook {
  readonly gap: Gap;
  readonly fromBit: number;
  readonly isBackward: boolean;
}

/** Probes between two blocks without a page start: see the head of this file. */
const MAX_INNER_PROBES = 32;
/** The last blocks of a file may have no page start: the end tag alone, or the rest of a long page. */
const MAX_END_PROBES = 3;
/** So many probes more than twice those of halving are allowed before the gap is halved. */
const SPARE_PROBES = 3;
/** In a gap of fewer blocks than this, blocks are looked at one after the other. */
const FEW_BLOCKS = 1.5;
const FEW_BITS = 1024;
/** A search from a bit below this one begins at the start of the file: with the smallest ids. */
const START_BITS = 1024 * 1024;

/** Gaps, bounds, and the next place to look at. */
export class PageGaps<Known extends KnownPages> {
  at: Known | undefined;
  below: Known | undefined;
  above: Known | undefined;
  readonly #pageId: number;
  readonly #whole: Gap;
  /** In the order of the file. */
  #gaps: Gap[];
  /** The bit after `below`, or the one from which the search began. */
  #outerStart: number;
  #innerProbes = 0;
  #endProbes = 0;
  #probes = 0;
  #blockBits = 0;
  /** How often in a row the page was found to be after (positive) or before (negative) the block. */
  #sameSide = 0;

  constructor(pageId: number, whole: Gap) {
    this.#pageId = pageId;
    this.#whole = whole;
    this.#gaps = [whole];
    this.#outerStart = whole.startBit;
  }

  /** Undefined: everything was looked at, or the rest is not worth it. */
  next(): NextLook | undefined {
    const gap = this.#nextGap();
    if (gap === undefined) return undefined;
    const isLast = gap.endBit === this.#gaps.at(-1)?.endBit;
    if (this.above === undefined && isLast && this.#endProbes < MAX_END_PROBES) {
      this.#endProbes++;
      return { gap, fromBit: gap.startBit, isBackward: true };
    }
    return { gap, fromBit: this.#lookBit(gap), isBackward: false };
  }

  /** The bigger one of the two outer gaps, then some of the inner ones. */
  #nextGap(): Gap | undefined {
    const gaps = this.#gaps;
    const first = gaps[0];
    const last = gaps.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const isFirstOuter = first.startBit <= this.#outerStart;
    const isLastOuter = last.endBit >= (this.above?.bitOffset ?? this.#whole.endBit);
    if (isFirstOuter && isLastOuter) return lengthOf(first) > lengthOf(last) ? first : last;
    if (isFirstOuter) return first;
    if (isLastOuter) return last;
    if (this.#innerProbes++ >= MAX_INNER_PROBES) return undefined;
    return gaps.reduce((longest, gap) => lengthOf(gap) > lengthOf(longest) ? gap : longest);
  }

  /** From where in a gap to look for a block. */
  #lookBit(gap: Gap): number {
    const length = lengthOf(gap);
    if (length < FEW_BLOCKS * this.#blockBits || length < FEW_BITS) return gap.startBit;
    const halving = gap.startBit + Math.floor(length / 2);
    const isTooSlow = this.#probes > SPARE_PROBES + 2 * Math.log2(lengthOf(this.#whole) / length);
    const expected = this.#gaps.length > 1 || isTooSlow ? undefined : this.#expectedBit(gap);
    if (expected === undefined) return halving;
    // The block in which this bit lies begins at most its length before.
    return Math.min(Math.max(gap.startBit, Math.floor(expected - this.#blockBits)), gap.endBit - 1);
  }

  /** Where between the bounds the page is likely to be, judged by the ids; undefined where too little is known. */
  #expectedBit(gap: Gap): number | undefined {
    const low = this.below?.pageIds.at(-1) ?? (gap.startBit <= START_BITS ? 0 : undefined);
    const high = this.above?.pageIds[0];
    if (low === undefined || high === undefined) return undefined;
    const share = (this.#pageId - low) / (high - low);
    const fromNear = this.#sameSide > 0 ? share : 1 - share;
    const doublings = Math.max(0, Math.abs(this.#sameSide) - 1);
    const step = Math.max(fromNear, Math.min(0.5, fromNear * 2 ** doublings));
    return gap.startBit + lengthOf(gap) * (this.#sameSide > 0 ? step : 1 - step);
  }

  /** Notes what a look found: a block, or that there is none from its bit to the end of the gap. */
  close({ gap, fromBit, isBackward }: NextLook, block: LocatedBlock | undefined): void {
    const blockEnd = block === undefined ? gap.endBit : block.bitOffset + block.bitLength;
    const left = { startBit: gap.startBit, endBit: isBackward ? block?.bitOffset ?? gap.startBit : fromBit };
    const right = { startBit: isBackward ? gap.endBit : blockEnd, endBit: gap.endBit };
    this.#gaps.splice(this.#gaps.indexOf(gap), 1, ...[left, right].filter((rest) => lengthOf(rest) > 0));
    if (block === undefined) return;
    this.#probes++;
    this.#blockBits = this.#blockBits === 0 ? block.bitLength : (this.#blockBits + block.bitLength) / 2;
  }

  /** Pages begin in the block that was found last, which lies between `below` and `above`. True: the search is over. */
  learn(known: Known): boolean {
    const { bitOffset, bitLength, pageIds } = known;
    requireRising([this.below?.pageIds.at(-1), ...pageIds, this.above?.pageIds[0]]);
    if (this.#pageId < pageIds[0]!) {
      this.above = known;
      this.#gaps = this.#gaps.filter((gap) => gap.endBit <= bitOffset);
      this.#sameSide = Math.min(-1, this.#sameSide - 1);
    } else if (this.#pageId > pageIds.at(-1)!) {
      this.below = known;
      this.#outerStart = bitOffset + bitLength;
      this.#gaps = this.#gaps.filter((gap) => gap.startBit > bitOffset);
      this.#sameSide = Math.max(1, this.#sameSide + 1);
    } else {
      this.at = known;
      return true;
    }
    return false;
  }
}

function lengthOf(gap: Gap): number {
  return gap.endBit - gap.startBit;
}
