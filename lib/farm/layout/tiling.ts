/** Whether ranges hold every id once: what a plan must do, and all files of a job together. */
import { clipParts, describeRange, type PartRange } from "./part-range.ts";

/**
 * What is wrong with ranges that should fill the parts up to the last id, in order, without gap or overlap; undefined if nothing is.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { WHOLE } from "./part-range.ts";
 * import { tilingFault } from "./tiling.ts";
 *
 * const ranges = [{ part: undefined, first: 1, last: 10 }, { part: undefined, first: 12, last: 20 }];
 * assert.equal(tilingFault([WHOLE], ranges, 20), "11 is missing before 12-20");
 * ```
 */
export function tilingFault(
  parts: readonly PartRange[],
  ranges: readonly PartRange[],
  lastId: number,
): string | undefined {
  const clipped = clipParts(parts, Math.max(1, lastId));
  let partIndex = 0;
  let next = 1;
  for (const range of ranges) {
    const part = clipped[partIndex];
    const fault = part === undefined
      ? `${describeRange(range)} is after the last id, ${lastId}`
      : misfit(range, part, next);
    if (fault !== undefined) return fault;
    next = range.last + 1;
    if (range.last === part!.last) partIndex++;
  }
  const open = clipped[partIndex];
  return open === undefined ? undefined : `${describeRange({ ...open, first: next })} is missing`;
}

function misfit(range: PartRange, part: PartRange, next: number): string | undefined {
  const { first, last } = range;
  if (!(first <= last)) return `${describeRange(range)} is no range`;
  if (first > next) {
    return `${next === first - 1 ? next : `${next}-${first - 1}`} is missing before ${describeRange(range)}`;
  }
  if (first < next) return `${describeRange(range)} begins before ${next}`;
  if (range.part !== part.part) return `${describeRange(range)} should be in ${partName(part)}`;
  return last > part.last
    ? `${describeRange(range)} goes on after the end of ${partName(part)}, ${part.last}`
    : undefined;
}

function partName({ part }: PartRange): string {
  return part === undefined ? "no part" : `part ${part}`;
}
