/** What is left to do of some ranges, when others are done. */
import type { PartRange } from "./part-range.ts";

/**
 * `needed` less `done`: the stretches of the needed ranges that no done one holds, in the order of the needed ones and cut where those
 * are cut. Both are in order of ids and without overlap.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { missingRanges } from "./missing-ranges.ts";
 *
 * const range = (first: number, last: number) => ({ part: 1, first, last });
 * assert.deepEqual(missingRanges([range(1, 50), range(51, 90)], [range(20, 60)]), [range(1, 19), range(61, 90)]);
 * ```
 */
export function missingRanges(needed: readonly PartRange[], done: readonly PartRange[]): readonly PartRange[] {
  const missing: PartRange[] = [];
  let at = 0;
  for (const { part, first, last } of needed) {
    let next = first;
    while (at < done.length && done[at]!.last < next) at++;
    for (let index = at; index < done.length && done[index]!.first <= last; index++) {
      if (done[index]!.first > next) missing.push({ part, first: next, last: done[index]!.first - 1 });
      next = Math.max(next, done[index]!.last + 1);
    }
    if (next <= last) missing.push({ part, first: next, last });
  }
  return missing;
}
