import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findMagic, findMagicBackward } from "../../lib/bits/bit-search.ts";
import { bits } from "../support/bit-script.ts";
import { plainFindAll } from "../support/plain/bit-search.ts";

const HIGH = 0x314159;
const LOW = 0x265359;
const PATTERN = bits`x314159265359`.text;

/** A pattern of 48 bits. */
type Pattern = readonly [high: number, low: number];
const MAGIC: Pattern = [HIGH, LOW];

/** Every match going forwards, by asking again after each. */
function findAll(bytes: Uint8Array, [high, low]: Pattern, fromBit: number, toBit: number): number[] {
  const found: number[] = [];
  for (let bit = findMagic(bytes, high, low, fromBit, toBit); bit >= 0;) {
    found.push(bit);
    bit = findMagic(bytes, high, low, bit + 1, toBit);
  }
  return found;
}

function findAllBackward(bytes: Uint8Array, [high, low]: Pattern, fromBit: number, toBit: number): number[] {
  const found: number[] = [];
  for (let bit = findMagicBackward(bytes, high, low, fromBit, toBit); bit >= 0;) {
    found.unshift(bit);
    bit = findMagicBackward(bytes, high, low, fromBit, bit);
  }
  return found;
}

test("the pattern is found at every bit, also when it ends the input", () => {
  for (let before = 0; before < 100; before++) {
    for (const after of [0, 1, 40]) {
      const { bytes } = bits`1*${before} x314159265359 0*${after}`;
      const toBit = bytes.length * 8;
      assert.equal(findMagic(bytes, HIGH, LOW, 0, toBit), before);
      assert.equal(findMagicBackward(bytes, HIGH, LOW, 0, toBit), before);
      assert.equal(findMagic(bytes, HIGH, LOW, before, before + 1), before);
      assert.equal(findMagicBackward(bytes, HIGH, LOW, before, before + 1), before);
      assert.equal(findMagic(bytes, HIGH, LOW, before + 1, toBit), -1);
      assert.equal(findMagicBackward(bytes, HIGH, LOW, 0, before), -1);
    }
  }
});

test("a pattern that is cut off is not found", () => {
  const { bytes } = bits`x314159265359`;
  for (let length = 0; length < 6; length++) {
    assert.equal(findMagic(bytes.subarray(0, length), HIGH, LOW, 0, 48), -1);
    assert.equal(findMagicBackward(bytes.subarray(0, length), HIGH, LOW, 0, 48), -1);
  }
});

test("a pattern with one wrong bit is not found", () => {
  for (let bit = 0; bit < 48; bit++) {
    const bytes = bits`0*3 x314159265359 0*20`.bytes;
    bytes[(bit + 3) >> 3]! ^= 0x80 >> ((bit + 3) & 7);
    assert.equal(findMagic(bytes, HIGH, LOW, 0, bytes.length * 8), -1);
  }
});

test("findMagic and findMagicBackward agree with a search in a string", () => {
  const piece = fc.oneof(
    fc.constant(PATTERN),
    fc.constant(PATTERN.slice(0, 40)),
    fc.constant(PATTERN.slice(5)),
    fc.array(fc.constantFrom("0", "1"), { maxLength: 50 }).map((digits) => digits.join("")),
  );
  const input = fc.record({ parts: fc.array(piece, { maxLength: 12 }), from: fc.nat(200), length: fc.nat(600) });
  fc.assert(fc.property(input, ({ parts, from, length }) => {
    let script = bits``;
    for (const part of parts) if (part !== "") script = { ...script, text: script.text + part };
    const { bytes } = bits`${script}`;
    const expected = plainFindAll(bytes, PATTERN, from, from + length);
    assert.deepEqual(findAll(bytes, MAGIC, from, from + length), expected);
    assert.deepEqual(findAllBackward(bytes, MAGIC, from, from + length), expected);
  }));
});

test("patterns that overlap themselves are all found", () => {
  const bytes = new Uint8Array(20);
  const all = Array.from({ length: 20 * 8 - 47 }, (_, bit) => bit);
  assert.deepEqual(findAll(bytes, [0, 0], 0, 160), all);
  assert.deepEqual(findAllBackward(bytes, [0, 0], 0, 160), all);
});
