/** How page ranges are put into batches, and whether batches are made of page ranges. Ranges come in the order of pages, without gaps. */
import type { PageRange } from "../../dump/pages/page-range.ts";

/** Consecutive ranges, so many in a batch; the last one may have fewer. */
export function groupRanges(ranges: readonly PageRange[], size: number): readonly PageRange[] {
  const batches: PageRange[] = [];
  for (let index = 0; index < ranges.length; index += size) {
    const end = Math.min(index + size, ranges.length) - 1;
    batches.push({ first: ranges[index]!.first, last: ranges[end]!.last });
  }
  return batches;
}

/** Whether each batch has whole ranges, and together they have all. */
export function fitsRanges(batches: readonly PageRange[], ranges: readonly PageRange[]): boolean {
  const [firsts, lasts] = [new Set(ranges.map(({ first }) => first)), new Set(ranges.map(({ last }) => last))];
  return batches.every(({ first, last }) => firsts.has(first) && lasts.has(last)) &&
    batches.at(-1)?.last === ranges.at(-1)?.last;
}

/** Whether a range is in a batch that fits. */
export function isInBatch({ first, last }: PageRange, batch: PageRange): boolean {
  return first >= batch.first && last <= batch.last;
}
