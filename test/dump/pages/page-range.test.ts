import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatPageRange,
  isInPageRanges,
  mergePageRanges,
  parsePageRanges,
} from "../../../lib/dump/pages/page-range.ts";
import { randomFrom } from "../dump-maker.ts";

test("ranges are read as people write them", () => {
  assert.deepEqual(parsePageRanges("5"), [{ first: 5, last: 5 }]);
  assert.deepEqual(parsePageRanges("1000-2000, 7 ,10-,-20"), [
    { first: 1000, last: 2000 },
    { first: 7, last: 7 },
    { first: 10, last: Infinity },
    { first: 1, last: 20 },
  ]);
  for (const text of ["5", "10-20", "10-"]) assert.equal(formatPageRange(parsePageRanges(text)[0]!), text);
});

test("what is no range is a usage error that says why", () => {
  for (const text of ["", "-", "x", "1-2-3", "5,", "1.5", "--3", "+4", "99999999999999999999"]) {
    assert.throws(() => parsePageRanges(text), { name: "UsageError", message: /Not a page range/ }, text);
  }
  assert.throws(() => parsePageRanges("20-10"), /first page id is bigger/);
});

test("merged ranges hold the same ids, in order, without overlap", () => {
  const random = randomFrom(3);
  for (let round = 0; round < 200; round++) {
    const ranges = Array.from({ length: Math.floor(random() * 6) }, () => {
      const first = Math.floor(random() * 30);
      return { first, last: random() < 0.1 ? Infinity : first + Math.floor(random() * 8) };
    });
    const merged = mergePageRanges(ranges);
    for (let id = 0; id < 45; id++) assert.equal(isInPageRanges(merged, id), isInPageRanges(ranges, id));
    merged.forEach((range, i) => assert.ok(i === 0 || range.first > merged[i - 1]!.last + 1));
  }
});
