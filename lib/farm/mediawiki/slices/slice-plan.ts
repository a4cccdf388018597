/**
 * Cuts a range of ids into slices, each the work of one call of php: small enough that one that fails is soon done again.
 */

/** Ids from `first` to `last`, both included; empty if `last` is smaller. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** One slice of the range. */
export interface PlannedSlice extends IdRange {
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** How wide slices are. */
export interface SliceWidths {
  /** Ids in a slice of a small wiki, and the fewest elsewhere. */
  readonly base: number;
  /** Most ids in a slice. */
  readonly most: number;
}

/** How slices with many revisions are made smaller. */
export interface SliceNarrowing {
  /** Most revisions in a slice. */
  readonly maxRevisions: number;
  /** A slice is never smaller than so many pages. */
  readonly minPages: number;
  /** Revisions of some pages; undefined when that takes too long to count. */
  readonly count: (pages: IdRange) => Promise<number | undefined>;
}

/** A whole wiki below this id has slices of the base width. */
const SMALL_WIKI_IDS = 1_000_000;
const SLICES_OF_BIG_RANGE = 50;

/**
 * Ids in a slice.
 *
 * Differs from dumps (Python): there a part of a small wiki has 50 slices, of one page if need be.
 */
export function sliceWidth(range: IdRange, widths: SliceWidths & { readonly isWholeWiki: boolean }): number {
  if (widths.isWholeWiki && range.last < SMALL_WIKI_IDS) return widths.base;
  const fiftieth = Math.ceil((range.last - range.first + 1) / SLICES_OF_BIG_RANGE);
  return Math.max(widths.base, Math.min(widths.most, fiftieth));
}

/**
 * The slices in order, without gap or overlap; one without ids for an empty range, so that there always is a first and a last.
 * Later slices are planned while earlier ones are at work.
 */
export async function* planSlices(
  range: IdRange,
  width: number,
  narrowing?: SliceNarrowing,
): AsyncGenerator<PlannedSlice, void, undefined> {
  if (range.last < range.first) {
    yield { first: range.first, last: range.first - 1, isFirst: true, isLast: true };
    return;
  }
  let next = width;
  for (let first = range.first; first <= range.last;) {
    const wide = { first, last: Math.min(first + next - 1, range.last) };
    const last = narrowing === undefined ? wide.last : await narrow(wide, narrowing);
    yield { first, last, isFirst: first === range.first, isLast: last === range.last };
    // Pages with many revisions stand together: the next slice begins near this one's width.
    next = Math.min(width, 2 * (last - first + 1));
    first = last + 1;
  }
}

/** The last id of a slice that begins like `wide` and has not too many revisions. */
async function narrow(wide: IdRange, { maxRevisions, minPages, count }: SliceNarrowing): Promise<number> {
  const { first } = wide;
  const least = Math.max(1, minPages);
  let pages = wide.last - first + 1;
  while (pages > least) {
    const revisions = await count({ first, last: first + pages - 1 });
    if (revisions !== undefined && revisions <= maxRevisions) break;
    const scaled = revisions === undefined ? pages / 2 : Math.min(pages - 1, (pages * maxRevisions) / revisions);
    pages = Math.max(least, Math.floor(scaled));
  }
  return first + pages - 1;
}
