import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOfSizes } from "../../../lib/farm/layout/parts.ts";
import { tilingFault } from "../../../lib/farm/layout/tiling.ts";

const PARTS = partsOfSizes([70, 90], 154, "pagesPerChunkHistory");
const GOOD = [[1, 62, 1], [63, 70, 1], [71, 122, 2], [123, 154, 2]] as const;

function fault(rows: readonly (readonly [number, number, number?])[], lastId = 154): string | undefined {
  return tilingFault(PARTS, rows.map(([first, last, part]) => ({ first, last, part })), lastId);
}

test("ranges that fill the parts are fine", () => {
  assert.equal(fault(GOOD), undefined);
  assert.equal(fault([[1, 50, 1]], 50), undefined);
});

for (
  const [name, rows, lastId, expected] of [
    ["a gap within a part", [[1, 61, 1], ...GOOD.slice(1)], 154, "62 is missing before 63-70 of part 1"],
    ["a gap of several", [[1, 60, 1], ...GOOD.slice(1)], 154, "61-62 is missing before 63-70 of part 1"],
    ["an overlap", [[1, 63, 1], ...GOOD.slice(1)], 154, "63-70 of part 1 begins before 64"],
    ["another order", [GOOD[1], GOOD[0], GOOD[2], GOOD[3]], 154, "1-62 is missing before 63-70 of part 1"],
    ["a range over the end of a part", [[1, 71, 1]], 154, "1-71 of part 1 goes on after the end of part 1, 70"],
    ["a wrong part", [[1, 62, 2]], 154, "1-62 of part 2 should be in part 1"],
    ["no part", [[1, 62]], 154, "1-62 should be in part 1"],
    ["the end missing", GOOD.slice(0, 3), 154, "123-154 of part 2 is missing"],
    ["a part missing", GOOD.slice(0, 2), 154, "71-154 of part 2 is missing"],
    ["newer pages missing", GOOD, 160, "155-160 of part 2 is missing"],
    ["pages after the last one", GOOD, 140, "123-154 of part 2 goes on after the end of part 2, 140"],
    ["ranges after the last one", GOOD, 122, "123-154 of part 2 is after the last id, 122"],
    ["a range that is none", [[1, 0, 1]], 154, "1-0 of part 1 is no range"],
    ["nothing", [], 154, "1-70 of part 1 is missing"],
  ] as const
) {
  test(`told: ${name}`, () => assert.equal(fault(rows, lastId), expected));
}
