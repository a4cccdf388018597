import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ArrayStore } from "../../lib/bzip2/array-store.ts";
import { sortNames } from "../../lib/bzip2/sort-names.ts";
import { compareRotations } from "../support/plain/sorted-rotations.ts";

function check(names: readonly number[]): void {
  const circle = {
    text: Int32Array.of(names.at(-1)!, ...names),
    length: names.length,
    alphabetSize: Math.max(...names) + 1,
  };
  const order = new Int32Array(names.length);
  sortNames(circle, order, new ArrayStore(), 0);
  assert.deepEqual([...order].sort((a, b) => a - b), names.map((_, i) => i + 1), "each position once");
  for (let row = 1; row < order.length; row++) {
    assert.ok(compareRotations(names, order[row - 1]! - 1, order[row]! - 1) <= 0, `rows ${row - 1} and ${row}`);
  }
}

test("circles of names are sorted by their rotations", () => {
  const names = fc.integer({ min: 0, max: 400 }).chain((max) =>
    fc.array(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 300 })
  );
  fc.assert(fc.property(names, check));
});

test("circles that repeat are sorted, with equal rotations in any order", () => {
  const names = fc.tuple(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 30 }))
    .map(([piece, times]) => Array.from({ length: piece.length * times }, (_, i) => piece[i % piece.length]!));
  fc.assert(fc.property(names, check));
});

test("circles of which half the positions are leftmost S fill all scratch there is", () => {
  for (const length of [2, 4, 6, 64, 500]) check(Array.from({ length }, (_, i) => i % 2 === 0 ? 900 - i : 1000 + i));
  check(Array.from({ length: 501 }, (_, i) => i % 2));
});
