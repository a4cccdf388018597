import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { joinRanges, PageChoice } from "../../../lib/farm/source/page-choice.ts";

const someRanges = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 9 })), { maxLength: 8 })
  .map((pairs) => pairs.map(([first, length]) => ({ first, last: first + length })));

test("joined ranges have the pages of the ranges, in order, without overlap", () => {
  fc.assert(fc.property(someRanges, (ranges) => {
    const joined = joinRanges(ranges);
    for (let id = 1; id <= 80; id++) {
      const has = (some: typeof joined): number => some.filter(({ first, last }) => id >= first && id <= last).length;
      assert.equal(has(joined), Math.min(1, has(ranges)), `${id}`);
    }
    joined.slice(1).forEach(({ first }, index) => assert.ok(first > joined[index]!.last + 1));
  }));
});

test("a choice says of each page what the ranges say, and that it is over after the last one", () => {
  fc.assert(fc.property(someRanges, (ranges) => {
    const joined = joinRanges(ranges);
    const choice = new PageChoice(joined);
    const end = joined.at(-1)?.last ?? 0;
    for (let id = 1; id <= 80; id++) {
      const isWanted = ranges.some(({ first, last }) => id >= first && id <= last);
      assert.equal(choice.of(id), id > end ? "over" : isWanted ? "wanted" : "other");
    }
  }));
});

test("parts without an end are joined, too", () => {
  assert.deepEqual(joinRanges([{ first: 31, last: Infinity }, { first: 1, last: 30 }]), [{ first: 1, last: Infinity }]);
});
