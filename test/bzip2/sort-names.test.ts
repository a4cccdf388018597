import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { NamedCircle } from "../../lib/bzip2/named-circle.ts";
import { sortGroups } from "../../lib/bzip2/sort-groups.ts";
import { sortNames } from "../../lib/bzip2/sort-names.ts";
import { compareRotations } from "../support/plain/sorted-rotations.ts";

function circleOf(names: readonly number[]): NamedCircle {
  return { text: Int32Array.of(names.at(-1)!, ...names), length: names.length, alphabetSize: Math.max(...names) + 1 };
}

function assertSorted(names: readonly number[], rows: Int32Array): void {
  assert.deepEqual([...rows].sort((a, b) => a - b), names.map((_, i) => i + 1), "each position once");
  for (let row = 1; row < rows.length; row++) {
    assert.ok(compareRotations(names, rows[row - 1]! - 1, rows[row]! - 1) <= 0, `rows ${row - 1} and ${row}`);
  }
}

function check(names: readonly number[]): void {
  const space = new Int32Array(2 * names.length);
  sortNames(circleOf(names), space, [], 0);
  assertSorted(names, space.subarray(0, names.length));
}

test("circles of names are sorted by their rotations", () => {
  const names = fc.integer({ min: 0, max: 400 }).chain((max) =>
    fc.array(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 300 })
  );
  fc.assert(fc.property(names, check));
});

test("circles that repeat are sorted, with equal rotations in any order", () => {
  const names = fc.tuple(
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 9 }),
    fc.integer({ min: 1, max: 30 }),
  )
    .map(([piece, times]) => Array.from({ length: piece.length * times }, (_, i) => piece[i % piece.length]!));
  fc.assert(fc.property(names, check));
});

test("circles of which half the positions are leftmost S fill all scratch there is", () => {
  for (const length of [2, 4, 6, 64, 500]) check(Array.from({ length }, (_, i) => i % 2 === 0 ? 900 - i : 1000 + i));
  check(Array.from({ length: 501 }, (_, i) => i % 2));
});

test("circles with few equal names are sorted by comparing", () => {
  const names = fc.uniqueArray(fc.nat(400), { minLength: 1, maxLength: 150 }).chain((list) =>
    fc.array(fc.constantFrom(...list), { maxLength: 30 }).map((more) => [...list, ...more])
  );
  fc.assert(fc.property(names, (list) => {
    const rows = new Int32Array(list.length);
    const circle = circleOf(list);
    if (sortGroups(circle, rows, new Int32Array(circle.alphabetSize))) assertSorted(list, rows);
    else assert.ok(list.length < 20, "gave up without need");
    check(list);
  }));
});

test("comparing gives up where rotations are equal for long, and the circle is sorted all the same", () => {
  const names = Array.from({ length: 600 }, (_, i) => (i % 300) * 7 % 300);
  assert.equal(sortGroups(circleOf(names), new Int32Array(600), new Int32Array(300)), false);
  check(names);
});
