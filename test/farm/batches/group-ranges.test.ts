import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fitsRanges, groupRanges, isInBatch } from "../../../lib/farm/batches/group-ranges.ts";

/** Ranges that follow each other from page 1. */
const ranges = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }).map((lengths) => {
  let next = 1;
  return lengths.map((length) => ({ first: next, last: (next += length) - 1 }));
});

test("each range is in one batch, in order, and no batch has more ranges than it should", () => {
  fc.assert(fc.property(ranges, fc.integer({ min: 1, max: 5 }), (some, size) => {
    const batches = groupRanges(some, size);
    assert.equal(batches.length, Math.ceil(some.length / size));
    assert.ok(fitsRanges(batches, some));
    for (const range of some) assert.equal(batches.filter((batch) => isInBatch(range, batch)).length, 1);
    for (const batch of batches) assert.ok(some.filter((range) => isInBatch(range, batch)).length <= size);
  }));
});

test("batches that cut a range, or end elsewhere, do not fit", () => {
  const some = [{ first: 1, last: 10 }, { first: 11, last: 20 }, { first: 21, last: 30 }];
  assert.ok(fitsRanges([{ first: 1, last: 20 }, { first: 21, last: 30 }], some));
  assert.ok(!fitsRanges([{ first: 1, last: 15 }, { first: 16, last: 30 }], some));
  assert.ok(!fitsRanges([{ first: 1, last: 20 }], some));
  assert.ok(!fitsRanges([{ first: 1, last: 30 }, { first: 31, last: 40 }], some));
});
