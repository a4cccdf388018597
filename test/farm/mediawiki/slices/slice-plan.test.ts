import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type PlannedSlice, planSlices, sliceWidth } from "../../../../lib/farm/mediawiki/slices/slice-plan.ts";

const STUBS = { base: 5000, most: 20_000 };

async function all(slices: AsyncIterable<PlannedSlice>): Promise<readonly PlannedSlice[]> {
  const list: PlannedSlice[] = [];
  for await (const slice of slices) list.push(slice);
  return list;
}

function assertTiles(slices: readonly PlannedSlice[], first: number, last: number): void {
  assert.equal(slices[0]!.first, first);
  assert.equal(slices.at(-1)!.last, last);
  for (const [index, slice] of slices.entries()) {
    assert.ok(slice.last >= slice.first);
    assert.equal(slice.isFirst, index === 0);
    assert.equal(slice.isLast, index === slices.length - 1);
    if (index > 0) assert.equal(slice.first, slices[index - 1]!.last + 1);
  }
}

test("a small wiki has slices of the base width, others a fiftieth between that and the most", () => {
  const width = (first: number, last: number, isWholeWiki: boolean): number =>
    sliceWidth({ first, last }, { ...STUBS, isWholeWiki });
  assert.equal(width(1, 300, true), 5000);
  assert.equal(width(1, 999_999, true), 5000);
  assert.equal(width(1, 1_000_000, true), 20_000);
  assert.equal(width(1, 50_000_000, true), 20_000);
  assert.equal(width(1, 70, false), 5000);
  assert.equal(width(1_000_001, 1_500_000, false), 10_000);
  assert.equal(width(1, 9_000_000, false), 20_000);
});

test("slices tile the range, whatever its size and the width", async () => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 1000 }),
    fc.integer({ min: 1, max: 3000 }),
    fc.integer({ min: 1, max: 500 }),
  );
  await fc.assert(fc.asyncProperty(sizes, async ([first, count, width]) => {
    const slices = await all(planSlices({ first, last: first + count - 1 }, width));
    assertTiles(slices, first, first + count - 1);
    assert.equal(slices.length, Math.ceil(count / width));
  }));
});

test("narrowed slices tile the range; none has too many revisions unless it is as small as may be", async () => {
  const wiki = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 120 });
  const limits = fc.tuple(
    fc.integer({ min: 1, max: 100 }),
    fc.integer({ min: 0, max: 10 }),
    fc.integer({ min: 1, max: 50 }),
  );
  await fc.assert(fc.asyncProperty(wiki, limits, async (revisionsOf, [maxRevisions, minPages, width]) => {
    const sum = (first: number, last: number): number => revisionsOf.slice(first - 1, last).reduce((a, b) => a + b, 0);
    const count = ({ first, last }: { first: number; last: number }): Promise<number> => {
      assert.ok(last <= revisionsOf.length);
      return Promise.resolve(sum(first, last));
    };
    const range = { first: 1, last: revisionsOf.length };
    const slices = await all(planSlices(range, width, { maxRevisions, minPages, count }));
    assertTiles(slices, 1, revisionsOf.length);
    for (const { first, last } of slices) {
      assert.ok(last - first < width);
      assert.ok(sum(first, last) <= maxRevisions || last - first + 1 <= Math.max(1, minPages));
    }
  }));
});

test("a count that takes too long halves the slice", async () => {
  const asked: number[] = [];
  const count = ({ first, last }: { first: number; last: number }): Promise<number | undefined> => {
    asked.push(last - first + 1);
    return Promise.resolve(last - first + 1 > 10 ? undefined : 1);
  };
  const slices = await all(planSlices({ first: 1, last: 40 }, 40, { maxRevisions: 5, minPages: 1, count }));
  assert.deepEqual(asked.slice(0, 3), [40, 20, 10]);
  assertTiles(slices, 1, 40);
});

test("an empty range is one slice without ids, first and last", async () => {
  assert.deepEqual(await all(planSlices({ first: 7, last: 3 }, 10)), [{
    first: 7,
    last: 6,
    isFirst: true,
    isLast: true,
  }]);
});
