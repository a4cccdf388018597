/** Which pages several consumers look at together, and whether a page is one of them. */
import type { PageRange } from "../../dump/pages/page-range.ts";

/** All pages of some ranges, as ranges in the order of ids that neither overlap nor touch. */
export function joinRanges(ranges: readonly PageRange[]): readonly PageRange[] {
  const joined: { first: number; last: number }[] = [];
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = joined.at(-1);
    if (before === undefined || first > before.last + 1) joined.push({ first, last });
    else before.last = Math.max(before.last, last);
  }
  return joined;
}

/** Says of pages whose ids rise whether they are wanted. */
export class PageChoice {
  readonly #ranges: readonly PageRange[];
  #index = 0;

  /** The ranges in the order of ids. */
  constructor(ranges: readonly PageRange[]) {
    this.#ranges = ranges;
  }

  /** "over": neither this page nor any after it. */
  of(pageId: number): "wanted" | "other" | "over" {
    while (this.#index < this.#ranges.length && this.#ranges[this.#index]!.last < pageId) this.#index++;
    const range = this.#ranges[this.#index];
    if (range === undefined) return "over";
    return pageId >= range.first ? "wanted" : "other";
  }
}
