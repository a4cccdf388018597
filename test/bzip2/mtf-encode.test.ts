import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MoveToFrontEncoder } from "../../lib/bzip2/mtf-encode.ts";
import { moveToFrontSymbols } from "../support/plain/move-to-front-symbols.ts";

const encoder = new MoveToFrontEncoder();

function check(column: Uint8Array): void {
  const expected = moveToFrontSymbols(column);
  encoder.encode(column);
  assert.deepEqual([...encoder.symbols], expected);
  assert.equal(encoder.alphabetSize, new Set(column).size + 2);
  const frequencies = new Array<number>(258).fill(0);
  for (const symbol of expected) frequencies[symbol]!++;
  assert.deepEqual([...encoder.frequencies], frequencies);
  for (let byte = 0; byte < 256; byte++) assert.equal(encoder.isUsed[byte], column.includes(byte) ? 1 : 0);
}

test("runs of zeros are digits that count one and two", () => {
  const digits = ["A", "B", "AA", "BA", "AB", "BB", "AAA"];
  digits.forEach((expected, i) => {
    encoder.encode(new Uint8Array(i + 1).fill(65));
    assert.equal([...encoder.symbols.subarray(0, -1)].map((digit) => "AB"[digit]).join(""), expected);
  });
});

test("the last symbol is the end of the block", () => {
  encoder.encode(new TextEncoder().encode("nnbaaa"));
  assert.deepEqual([...encoder.symbols], [3, 0, 3, 3, 1, 4]);
});

test("columns of few and of many kinds of bytes agree with the plain twin", () => {
  const column = fc.integer({ min: 0, max: 255 }).chain((max) => fc.uint8Array({ minLength: 1, maxLength: 3000, max }));
  fc.assert(fc.property(column, check));
});

test("every place is reached, over the slides of the window and when all slots are used up", () => {
  check(Uint8Array.from({ length: 20_000 }, (_, i) => i));
  check(Uint8Array.from({ length: 20_000 }, (_, i) => 255 - i));
  check(Uint8Array.from({ length: 20_000 }, (_, i) => (i * i * 31) >>> 5));
  for (const kinds of [15, 16, 17, 31, 32, 33]) check(Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) % kinds));
});

test("long runs agree with the plain twin", () => {
  const runs = fc.array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 5000 })), { minLength: 1, maxLength: 10 })
    .map((list) => Uint8Array.from(list.flatMap(([byte, length]) => new Array<number>(length).fill(byte))));
  fc.assert(fc.property(runs, check), { numRuns: 30 });
});
