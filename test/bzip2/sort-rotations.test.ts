import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RotationSorter } from "../../lib/bzip2/sort-rotations.ts";
import { compareRotations, lastColumn, sortedRotations } from "../support/plain/sorted-rotations.ts";

const sorter = new RotationSorter();

function check(block: Uint8Array): void {
  const row = sorter.sort(block);
  assert.deepEqual([...sorter.lastColumn], lastColumn(block));
  // Equal rotations may come in any order, so the row must hold the block, but need not be that of the twin.
  assert.equal(compareRotations(block, sortedRotations(block)[row]!, 0), 0, "the block stands in its row");
}

test("banana is sorted as in the books", () => {
  assert.equal(sorter.sort(new TextEncoder().encode("banana")), 3);
  assert.equal(new TextDecoder().decode(sorter.lastColumn), "nnbaaa");
});

test("one byte, two bytes and equal bytes are sorted", () => {
  for (const bytes of [[0], [255], [1, 2], [2, 1], [3, 3], [0, 0, 0, 0, 0], [255, 255, 255]]) {
    check(Uint8Array.from(bytes));
  }
});

test("every block of up to 9 bytes of 2 kinds, and up to 6 of 3, agrees with the plain twin", () => {
  for (const [kinds, longest] of [[2, 9], [3, 6]] as const) {
    for (let length = 1; length <= longest; length++) {
      for (let number = 0; number < kinds ** length; number++) {
        check(Uint8Array.from({ length }, (_, i) => Math.floor(number / kinds ** i) % kinds));
      }
    }
  }
});

test("random blocks of few and of many kinds of bytes agree with the plain twin", () => {
  const block = fc.integer({ min: 1, max: 255 }).chain((max) => fc.uint8Array({ minLength: 1, maxLength: 300, max }));
  fc.assert(fc.property(block, check));
});

test("repeated blocks agree with the plain twin, also where rotations are equal", () => {
  const repeated = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20, max: 2 }), fc.integer({ min: 2, max: 12 }))
    .map(([piece, times]) => Uint8Array.from({ length: piece.length * times }, (_, i) => piece[i % piece.length]!));
  fc.assert(fc.property(repeated, check));
});

test("words with a structure at every scale agree with the plain twin", () => {
  let [shorter, longer] = ["b", "a"];
  while (longer.length < 2000) [shorter, longer] = [longer, longer + shorter];
  const thueMorse = Array.from({ length: 1024 }, (_, i) => i.toString(2).replaceAll("0", "").length & 1);
  check(new TextEncoder().encode(longer));
  check(Uint8Array.from(thueMorse));
  check(Uint8Array.from({ length: 1500 }, (_, i) => i & 255));
  check(Uint8Array.from({ length: 1500 }, (_, i) => 255 - (i & 255)));
});

test("a small block after a large one is not disturbed by what the large one left", () => {
  const large = Uint8Array.from({ length: 50_000 }, (_, i) => (i * i) >>> 3);
  for (const text of ["abracadabra", "mississippi", "x"]) {
    sorter.sort(large);
    check(new TextEncoder().encode(text));
  }
});
