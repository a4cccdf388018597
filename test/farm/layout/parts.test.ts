import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ConfigError } from "../../../lib/errors.ts";
import { logParts } from "../../../lib/farm/layout/log-parts.ts";
import { partsOfSizes } from "../../../lib/farm/layout/parts.ts";
import { tilingFault } from "../../../lib/farm/layout/tiling.ts";

const parts = (sizes: readonly number[], lastId: number): string =>
  partsOfSizes(sizes, lastId, "pagesPerChunkHistory").map(({ part, first, last }) => `${part ?? "-"}:${first}-${last}`)
    .join(" ");

for (
  const [sizes, lastId, expected] of [
    [[70, 90], 154, "1:1-70 2:71-Infinity"],
    [[70, 90], 71, "1:1-70 2:71-Infinity"],
    [[70, 90], 70, "1:1-Infinity"],
    [[70, 90, 100], 154, "1:1-70 2:71-Infinity"],
    [[70, 90], 0, "1:1-Infinity"],
    [[50], 154, "1:1-50 2:51-100 3:101-150 4:151-Infinity"],
    [[50], 150, "1:1-50 2:51-100 3:101-Infinity"],
    [[50], 51, "1:1-50 2:51-Infinity"],
    [[50], 50, "-:1-Infinity"],
    [[50], 0, "-:1-Infinity"],
    [[0], 154, "-:1-Infinity"],
    [[], 154, "-:1-Infinity"],
  ] as const
) {
  test(`sizes ${sizes.join(",") || "(none)"} up to id ${lastId} make ${expected}`, () => {
    assert.equal(parts(sizes, lastId), expected);
  });
}

test("sizes that make no sense are errors of the configuration", () => {
  for (const [sizes, lastId] of [[[70, 0], 154], [[-1], 154], [[1.5, 3], 9], [[1], 10_001]] as const) {
    assert.throws(() => parts(sizes, lastId), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual([error.code, error.section, error.key], ["BAD_VALUE", "chunks", "pagesPerChunkHistory"]);
      return error.remedy !== "";
    });
  }
});

test("parts hold every id once, whatever the sizes", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 6 }),
    fc.integer({ min: 1, max: 300 }),
    (sizes, lastId) => {
      const made = partsOfSizes(sizes, lastId, "pagesPerChunkHistory");
      assert.equal(made.at(-1)!.last, Infinity);
      const clipped = made.map((part) => ({ ...part, last: Math.min(part.last, lastId) }));
      assert.equal(tilingFault(made, clipped, lastId), undefined);
      assert.ok(made.every(({ part }, index) => part === undefined ? made.length === 1 : part === index + 1));
    },
  ));
});

test("log parts of equal size have 200 ids to spare, and all exist, as in the reference's tree", () => {
  assert.deepEqual(logParts({ count: 2, sizes: [0] }, 10), [
    { part: 1, first: 1, last: 205 },
    { part: 2, first: 206, last: Infinity },
  ]);
  assert.deepEqual(logParts({ count: 3, sizes: [5] }, 1000).map(({ first, last }) => [first, last]), [
    [1, 533],
    [534, 1066],
    [1067, Infinity],
  ]);
});

test("log parts of listed sizes are cut as pages are; without either there are none", () => {
  assert.deepEqual(logParts({ count: 0, sizes: [5, 5] }, 8).map(({ part, first }) => [part, first]), [[1, 1], [2, 6]]);
  assert.deepEqual(logParts({ count: 0, sizes: [0] }, 8), [{ part: undefined, first: 1, last: Infinity }]);
  assert.throws(() => logParts({ count: 10_001, sizes: [] }, 8), { code: "BAD_VALUE", key: "chunksForPagelogs" });
  assert.throws(() => logParts({ count: 0, sizes: [3, 0] }, 8), { code: "BAD_VALUE", key: "logitemsPerPagelogs" });
});
