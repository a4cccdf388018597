/** Counts the pages that `bzdump pages` takes, in all and for each range. */
import { formatPageRange, type PageRange } from "../../../lib/dump/pages/page-range.ts";

export class PageCounter {
  readonly #ranges: readonly PageRange[];
  readonly #found: number[];
  count = 0;

  constructor(ranges: readonly PageRange[]) {
    this.#ranges = ranges;
    this.#found = ranges.map(() => 0);
  }

  add(pageId: number): void {
    this.count++;
    this.#ranges.forEach(({ first, last }, i) => {
      if (first <= pageId && pageId <= last) this.#found[i]!++;
    });
  }

  /** Ranges without pages, as text. */
  get emptyRanges(): string[] {
    return this.#ranges.filter((_, i) => this.#found[i] === 0).map(formatPageRange);
  }
}
