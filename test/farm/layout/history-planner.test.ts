import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HistoryPlanner, MIN_RANGE_IDS, type RangeLimits } from "../../../lib/farm/layout/history-planner.ts";
import type { PageBatch, PageCount } from "../../../lib/farm/layout/page-counts.ts";
import { type PartRange, WHOLE } from "../../../lib/farm/layout/part-range.ts";
import { partsOfSizes } from "../../../lib/farm/layout/parts.ts";
import { tilingFault } from "../../../lib/farm/layout/tiling.ts";
import { batchesOf, page, somePages, someParts } from "./made-pages.ts";

function plan(
  batches: readonly PageBatch[],
  parts: readonly PartRange[],
  limits: RangeLimits,
): readonly PartRange[] | undefined {
  const planner = new HistoryPlanner(parts, limits);
  for (const batch of batches) planner.add(batch);
  return planner.finish();
}

function planned(pages: readonly PageCount[], sizes: readonly number[], limits: Partial<RangeLimits>): string {
  const parts = partsOfSizes(sizes, pages.at(-1)?.lastPageId ?? 0, "pagesPerChunkHistory");
  return plan(batchesOf(pages), parts, { revsPerJob: 100, maxRevBytes: Infinity, ...limits })!
    .map(({ part, first, last }) => `${part ?? ""}p${first}p${last}`).join(" ");
}

const equal = (count: number, revisions: number, bytes = 0): PageCount[] =>
  Array.from({ length: count }, (_, index) => page(index + 1, revisions, bytes));

test("a range ends before the last page of the batch that reaches the target, and the sum starts anew after that batch", () => {
  // Batches of 20 revisions end at 10, 20, 30 …: 100 is reached at 50, and from 60 on again at 100.
  assert.equal(planned(equal(120, 2), [], {}), "p1p49 p50p99 p100p120");
});

test("a batch counts whole in the part of its last page", () => {
  // Part 2 begins at 46: the batch up to 50 lies in it with all of its 20 revisions, so 100 is reached at 90, not at 100.
  assert.equal(planned(equal(120, 2), [45, 100], {}), "1p1p45 2p46p89 2p90p120");
});

test("parts end where they end, and the last one at the last page", () => {
  assert.equal(planned(equal(30, 1), [7, 9, 100], {}), "1p1p7 2p8p16 3p17p30");
  assert.equal(planned([page(3, 1), page(40, 1)], [10, 10, 10, 100], {}), "1p1p10 2p11p20 3p21p30 4p31p40");
});

test("a few ids at the end of a part join the range before, unless that gets too big", () => {
  assert.equal(planned(equal(53, 2), [], {}), "p1p53");
  assert.equal(planned(equal(54, 2), [], {}), "p1p49 p50p54");
  assert.equal(planned([...equal(49, 2), page(50, 2), page(51, 100), page(52, 90)], [], {}), "p1p49 p50p52");
});

test("a page that is too big by itself has a range of its own, the others go on as usual", () => {
  const pages = equal(60, 1).map((each) => each.lastPageId === 24 ? page(24, 101) : each);
  assert.equal(planned(pages, [], {}), "p1p23 p24p24 p25p60");
  const heavy = equal(60, 1).map((each) => each.lastPageId === 24 ? page(24, 1, 5000) : each);
  assert.equal(planned(heavy, [], { maxRevBytes: 4999 }), "p1p23 p24p24 p25p60");
  assert.equal(planned([page(7, 500)], [], {}), "p1p7");
  assert.equal(planned([page(3, 1), page(7, 500), page(20, 500), page(30, 1)], [], {}), "p1p6 p7p19 p20p29 p30p30");
});

test("bytes are a limit that no page is added beyond", () => {
  assert.equal(planned(equal(12, 1, 100), [], { maxRevBytes: 300 }), "p1p3 p4p6 p7p9 p10p12");
  assert.equal(planned(equal(12, 1, 100), [], { maxRevBytes: 299 }), "p1p2 p3p4 p5p6 p7p8 p9p10 p11p12");
});

test("ten pages that are each near the target are cut, but not into less than five ids", () => {
  assert.equal(planned(equal(20, 45), [], {}), "p1p5 p6p10 p11p15 p16p20");
  assert.equal(planned(equal(20, 30), [], {}), "p1p6 p7p12 p13p18 p19p20");
});

test("a wiki without pages has one range", () => {
  assert.equal(planned([], [], {}), "p1p1");
  assert.equal(planned([], [70, 90], {}), "1p1p1");
});

test("too small a target is an error, not a million files", () => {
  assert.throws(() => planned(equal(100_001, 2), [], { revsPerJob: 1 }), { code: "BAD_VALUE", key: "revsPerJob" });
});

const someLimits = fc.record({
  revsPerJob: fc.integer({ min: 1, max: 200 }),
  maxRevBytes: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 3000 })),
});

test("ranges fill each part without gap or overlap, every page is in one, every range but of an empty part has pages", () => {
  fc.assert(
    fc.property(somePages, someParts, someLimits, (pages, parts, limits) => {
      const ranges = plan(batchesOf(pages), parts, limits)!;
      const lastPageId = pages.at(-1)!.lastPageId;
      assert.equal(tilingFault(parts, ranges, lastPageId), undefined);
      assert.deepEqual([ranges[0]!.first, ranges.at(-1)!.last], [1, lastPageId]);
      for (const { lastPageId: id } of pages) {
        assert.equal(ranges.filter(({ first, last }) => first <= id && id <= last).length, 1);
      }
      for (const { part, first, last } of ranges) {
        const hasPages = pages.some(({ lastPageId: id }) => first <= id && id <= last);
        assert.ok(hasPages || ranges.filter((other) => other.part === part).length === 1, `${first}-${last}`);
      }
    }),
    { numRuns: 300 },
  );
});

test("limits are kept unless a single page breaks them", () => {
  fc.assert(
    fc.property(somePages, someParts, someLimits, (pages, parts, limits) => {
      for (const { first, last } of plan(batchesOf(pages), parts, limits)!) {
        const inside = pages.filter(({ lastPageId: id }) => first <= id && id <= last);
        const sum = (key: "revisionCount" | "byteLength") => inside.reduce((total, each) => total + each[key], 0);
        if (inside.length <= 1) continue;
        assert.ok(inside.every(({ revisionCount }) => revisionCount <= limits.revsPerJob), "a giant is alone");
        assert.ok(sum("byteLength") <= limits.maxRevBytes, "bytes");
        const isShort = inside.every(({ lastPageId: id }) => id < first + MIN_RANGE_IDS);
        assert.ok(sum("revisionCount") <= 2 * limits.revsPerJob || isShort, "revisions");
      }
    }),
    { numRuns: 300 },
  );
});

test("ranges of small pages have at least five ids, unless their part has fewer", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 200 }),
      someParts,
      fc.integer({ min: 10, max: 50 }),
      (revisions, parts, revsPerJob) => {
        const pages = revisions.map((count, index) => page(index + 1, count));
        const ranges = plan(batchesOf(pages), parts, { revsPerJob, maxRevBytes: Infinity })!;
        for (const { part, first, last } of ranges) {
          const isAlone = ranges.filter((other) => other.part === part).length === 1;
          const before = ranges.find((other) => other.part === part && other.last === first - 1);
          const together = pages.slice((before?.first ?? first) - 1, last).reduce(
            (sum, each) => sum + each.revisionCount,
            0,
          );
          assert.ok(last - first + 1 >= MIN_RANGE_IDS || isAlone || together > 2 * revsPerJob, `${first}-${last}`);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("batches without pages give the same plan, or say that the pages are needed", () => {
  let same = 0;
  fc.assert(
    fc.property(
      somePages,
      someParts,
      fc.record({ revsPerJob: fc.integer({ min: 1, max: 2000 }), maxRevBytes: fc.integer({ min: 1, max: 60_000 }) }),
      (pages, parts, limits) => {
        const batches = batchesOf(pages);
        const coarse = plan(batches.map((batch) => ({ ...batch, pages: [] })), parts, limits);
        if (coarse === undefined) return;
        same++;
        assert.deepEqual(coarse, plan(batches, parts, limits));
      },
    ),
    { numRuns: 500, seed: 5 },
  );
  assert.ok(same > 50, `only ${same} plans came from batches alone`);
});

test("where a batch lies in two parts, its pages are needed to know whether the end of the first part fits into the range before", () => {
  const bytes = (id: number) => id === 1 ? 900 : id === 52 ? 200 : 0;
  const pages = equal(60, 2).map((each) => ({ ...each, byteLength: bytes(each.lastPageId) }));
  const parts = partsOfSizes([53, 100], 60, "pagesPerChunkHistory");
  const text = (maxRevBytes: number, batches: readonly PageBatch[]) =>
    plan(batches, parts, { revsPerJob: 100, maxRevBytes })?.map(({ first, last }) => `${first}-${last}`).join(" ");
  const coarse = batchesOf(pages).map((batch) => ({ ...batch, pages: [] }));
  assert.equal(text(1000, batchesOf(pages)), "1-49 50-53 54-60");
  assert.equal(text(1000, coarse), undefined);
  assert.equal(text(2000, batchesOf(pages)), "1-53 54-60");
  assert.equal(text(2000, coarse), "1-53 54-60");
  const oneRange = { revsPerJob: 1000, maxRevBytes: 1000 };
  assert.deepEqual(plan(batchesOf(pages), parts, oneRange)!.map(({ last }) => last), [51, 53, 60]);
  assert.equal(plan(coarse, parts, oneRange), undefined);
});

test("the last part has no end, whatever its own says", () => {
  const parts = [{ ...WHOLE, part: 1, last: 10 }, { part: 2, first: 11, last: 12 }];
  const ranges = plan(batchesOf(equal(40, 1)), parts, { revsPerJob: 100, maxRevBytes: Infinity });
  assert.deepEqual(ranges, [{ part: 1, first: 1, last: 10 }, { part: 2, first: 11, last: 40 }]);
});
