/**
 * The page ranges of the history: about so many revisions each, and at most so many bytes of text.
 *
 * Ordinary ranges end where those of the reference do. It adds up batches of ten pages (page-counts.ts), each counted whole in
 * the part of its last page; when the sum reaches the target, the range ends just before the batch's last page, with which the
 * next begins. Its sum starts with the batch after that.
 *
 *     batches end at   13  23  33  43  53  63 | 70: end of part 1
 *     revisions        17  24  20  19  17  17            target 100: reached at 63, so 1-62, 63-70
 *
 * Ten pages can be a lot. So pages are looked at, too: none is added that would bring a range over `maxRevBytes`, or (after five ids)
 * over twice the target; a page that is too big by itself, in revisions or bytes, has a range of its own.
 */
import type { PageBatch, PageCount } from "./page-counts.ts";
import type { PartRange } from "./part-range.ts";
import { requireFewRanges } from "./range-limit.ts";

/** Fewest page ids of a range, unless a part has fewer or bytes and big pages force it. */
export const MIN_RANGE_IDS = 5;

/** How big a range may be. */
export interface RangeLimits {
  /** Revisions that a range should have; it may reach twice as many. */
  readonly revsPerJob: number;
  /** Most bytes of text, unless a single page has more. */
  readonly maxRevBytes: number;
}

/** What is known of a range. */
interface Growing {
  first: number;
  revisions: number;
  bytes: number;
  /** Pages or batches that are in it. */
  units: number;
  /** Whether its only page is too big by itself. */
  isGiant: boolean;
}

/**
 * Plans ranges while batches come in; keeps nothing but the ranges.
 *
 * Batches without their pages (read back from a file of counts) will do as long as no batch has to be cut; where one has, the plan
 * says so, and the pages must be counted.
 */
export class HistoryPlanner {
  readonly #parts: readonly PartRange[];
  readonly #limits: RangeLimits;
  readonly #ranges: PartRange[] = [];
  #partIndex = 0;
  #now: Growing;
  /** The range before, in the same part. */
  #before: Growing | undefined;
  /** What the reference adds up: whole batches since the last end of a range. */
  #sum = 0;
  /** What the batch at hand adds to it. */
  #batchSum = 0;
  #lastPageId = 0;
  /** Whether some batch came without its pages: then what is known of a range is the most that it can be. */
  #hasBounds = false;
  #needsPages = false;

  /** `parts` are those of the run; the last one is open-ended. */
  constructor(parts: readonly PartRange[], limits: RangeLimits) {
    this.#parts = parts.with(-1, { ...parts.at(-1)!, last: Infinity });
    this.#limits = { ...limits, revsPerJob: Math.max(1, limits.revsPerJob) };
    this.#now = emptyRange(this.#part.first);
  }

  get #part(): PartRange {
    return this.#parts[this.#partIndex]!;
  }

  /** Takes the next batch, in the order of page ids. */
  add(batch: PageBatch): void {
    this.#batchSum = 0;
    if (batch.pages.length === 0) this.#addUncut(batch);
    for (const page of batch.pages) this.#addUnit(page);
    this.#sum += this.#batchSum;
    this.#lastPageId = batch.lastPageId;
    if (this.#sum >= this.#limits.revsPerJob) this.#endBeforeLastPage(batch);
  }

  /**
   * The ranges, up to the last page; undefined if a batch may have to be cut whose pages are not known. A wiki without pages has one
   * range, so that there is a file that says so.
   */
  finish(): readonly PartRange[] | undefined {
    this.#endPart(Math.max(this.#now.first, this.#lastPageId));
    return this.#needsPages ? undefined : this.#ranges;
  }

  /** A batch whose pages are not known. If its first ones may lie in the part before, they count there, too. */
  #addUncut(batch: PageBatch): void {
    this.#hasBounds = true;
    if (batch.byteLength > this.#limits.maxRevBytes || batch.revisionCount >= this.#limits.revsPerJob) {
      this.#needsPages = true;
    }
    if (batch.lastPageId > this.#part.last) {
      this.#needsPages ||= this.#wouldBreakLimit({ ...batch, lastPageId: this.#part.last });
      this.#grow(batch);
    }
    this.#addUnit(batch);
  }

  #addUnit(unit: PageCount): void {
    while (unit.lastPageId > this.#part.last) this.#nextPart();
    const isGiant = this.#isGiant(unit);
    if (this.#now.units > 0 && (isGiant || this.#now.isGiant || this.#wouldBreakLimit(unit))) {
      this.#needsPages ||= this.#hasBounds;
      this.#cut(unit.lastPageId);
    }
    this.#grow(unit);
    this.#now.isGiant = isGiant;
    this.#batchSum += unit.revisionCount;
  }

  #isGiant({ revisionCount, byteLength }: PageCount): boolean {
    return revisionCount > this.#limits.revsPerJob || byteLength > this.#limits.maxRevBytes;
  }

  #wouldBreakLimit({ lastPageId, revisionCount, byteLength }: PageCount): boolean {
    const { first, revisions, bytes } = this.#now;
    if (bytes + byteLength > this.#limits.maxRevBytes) return true;
    return revisions + revisionCount > 2 * this.#limits.revsPerJob && lastPageId - first >= MIN_RANGE_IDS;
  }

  #grow({ revisionCount, byteLength }: PageCount): void {
    this.#now.revisions += revisionCount;
    this.#now.bytes += byteLength;
    this.#now.units++;
  }

  /** The target is reached: the batch's last page begins a new range, if pages are left for this one. */
  #endBeforeLastPage(batch: PageBatch): void {
    const { lastPageId, pages } = batch;
    if (lastPageId - this.#now.first < MIN_RANGE_IDS || this.#now.units < 2) return;
    // Not known: at most what its batch has.
    const page = pages.at(-1) ?? batch;
    if (pages.length > 0) {
      this.#now.revisions -= page.revisionCount;
      this.#now.bytes -= page.byteLength;
    }
    this.#cut(lastPageId);
    this.#grow(page);
  }

  /** Ends the range; the page with this id begins the next. */
  #cut(nextFirst: number): void {
    this.#push(nextFirst - 1);
    this.#before = this.#now;
    this.#now = emptyRange(nextFirst);
    this.#sum = 0;
    this.#batchSum = 0;
  }

  #nextPart(): void {
    this.#endPart(this.#part.last);
    this.#partIndex++;
    this.#now = emptyRange(this.#part.first);
    this.#before = undefined;
    this.#sum = 0;
  }

  /** A last range of a few ids joins the one before, if that stays within the limits. */
  #endPart(last: number): void {
    const { first, revisions, bytes, isGiant } = this.#now;
    const before = this.#before;
    if (before !== undefined && last - first + 1 < MIN_RANGE_IDS && !isGiant && !before.isGiant) {
      const fits = before.revisions + revisions <= 2 * this.#limits.revsPerJob &&
        before.bytes + bytes <= this.#limits.maxRevBytes;
      if (fits) {
        this.#ranges[this.#ranges.length - 1] = { ...this.#ranges.at(-1)!, last };
        return;
      }
      this.#needsPages ||= this.#hasBounds;
    }
    this.#push(last);
  }

  #push(last: number): void {
    this.#ranges.push({ part: this.#part.part, first: this.#now.first, last });
    requireFewRanges(this.#ranges.length);
  }
}

function emptyRange(first: number): Growing {
  return { first, revisions: 0, bytes: 0, units: 0, isGiant: false };
}
