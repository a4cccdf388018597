import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { ByteBuffer } from "../../lib/bits/byte-buffer.ts";
import { asciiBytes, concatBytes, equalBytes, indexOfBytes, startsWithBytes } from "../../lib/bits/bytes.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
/** Few different bytes, so that needles are found and nearly found. */
const fewBytes = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 40 }).map((values) => Uint8Array.from(values));

test("joined parts are the parts one after another, in memory of their own", () => {
  const part = bytes(1, 2);
  const joined = concatBytes([part, bytes(), bytes(3)]);
  part[0] = 9;
  assert.deepEqual(joined, bytes(1, 2, 3));
  assert.deepEqual(concatBytes([]), bytes());
});

test("bytes are equal when length and values are", () => {
  assert.ok(equalBytes(bytes(1, 2), bytes(0, 1, 2).subarray(1)));
  assert.ok(!equalBytes(bytes(1, 2), bytes(1, 2, 3)));
  assert.ok(!equalBytes(bytes(1, 2, 3), bytes(1, 2)));
  assert.ok(!equalBytes(bytes(1, 2), bytes(1, 3)));
});

test("a start is found at its place only, and never past the end", () => {
  assert.ok(startsWithBytes(bytes(1, 2, 3), bytes(2, 3), 1));
  assert.ok(!startsWithBytes(bytes(1, 2, 3), bytes(2, 3), 2));
  assert.ok(!startsWithBytes(bytes(1, 2, 3), bytes(1), -1));
  assert.ok(startsWithBytes(bytes(1), bytes(), 1));
});

test("a needle is found where Buffer finds it", () => {
  fc.assert(
    fc.property(fewBytes, fewBytes.filter((needle) => needle.length > 0), fc.nat(45), (haystack, needle, from) => {
      assert.equal(indexOfBytes(haystack, needle, from), Buffer.from(haystack).indexOf(needle, from));
    }),
  );
  assert.equal(indexOfBytes(bytes(1), bytes(), 5), 1);
});

test("only ASCII has ASCII bytes", () => {
  assert.deepEqual(asciiBytes("a~"), bytes(0x61, 0x7e));
  assert.throws(() => asciiBytes("é"), RangeError);
});

test("a byte buffer gives back what was appended, once, and does not keep the pieces", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 8 }), (parts) => {
    const buffer = new ByteBuffer();
    for (const part of parts) {
      const piece = part.slice();
      buffer.append(piece);
      piece.fill(0);
    }
    const expected = concatBytes(parts);
    assert.equal(buffer.length, expected.length);
    assert.deepEqual(buffer.take(), expected);
    assert.equal(buffer.length, 0);
    assert.deepEqual(buffer.take(), bytes());
  }));
});
