/** Ranges of so many page ids each: those of the articles and of the current pages. */
import { requireFewRanges } from "./range-limit.ts";
import { clipParts, type PartRange } from "./part-range.ts";

/**
 * Cuts every part into ranges of `idsPerRange` page ids; the last one of a part has what is left.
 *
 * Differs from dumps (Python): those lose the last page of a part whose ids are a multiple of the step and one more.
 */
export function fixedRanges(
  parts: readonly PartRange[],
  lastPageId: number,
  idsPerRange: number,
): readonly PartRange[] {
  const step = Math.max(1, Math.floor(idsPerRange));
  requireFewRanges(Math.ceil(lastPageId / step));
  const ranges: PartRange[] = [];
  for (const { part, first: partFirst, last: partLast } of clipParts(parts, lastPageId)) {
    for (let first = partFirst; first <= partLast; first += step) {
      ranges.push({ part, first, last: Math.min(first + step - 1, partLast) });
    }
  }
  return ranges;
}
