import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BitWriter } from "../../lib/bits/bit-writer.ts";
import { bitsOf, bitsOfBytes, bytesOfBits } from "../support/plain/bit-string.ts";

test("bits are written highest first and the last byte is filled with zeros", () => {
  const writer = new BitWriter();
  writer.writeBits(0b101, 3);
  writer.writeBits(0b11110000, 8);
  assert.equal(writer.bitLength, 11);
  writer.alignToByte();
  assert.deepEqual(writer.takeBytes(), Uint8Array.of(0b10111110, 0));
});

test("only the low bits of a value are written, up to all 32", () => {
  const writer = new BitWriter();
  writer.writeBits(0xffff_fff6, 4);
  writer.writeBits(-1, 32);
  writer.writeBits(0, 0);
  writer.writeBits(0x89, 4);
  assert.equal(bitsOfBytes(writer.takeBytes()), "0110" + "1".repeat(32) + "1001");
});

test("taking bytes leaves the bits of the byte that is not full", () => {
  const writer = new BitWriter();
  writer.writeBits(0xabc, 12);
  assert.deepEqual(writer.takeBytes(), Uint8Array.of(0xab));
  assert.equal(writer.bitLength, 4);
  assert.deepEqual(writer.takeBytes(), Uint8Array.of());
  writer.writeBits(0xd, 4);
  assert.deepEqual(writer.takeBytes(), Uint8Array.of(0xcd));
  assert.equal(writer.bitLength, 0);
});

test("aligning a writer that stands on a byte writes nothing", () => {
  const writer = new BitWriter();
  writer.alignToByte();
  assert.equal(writer.bitLength, 0);
  writer.writeBits(0x55, 8);
  writer.alignToByte();
  assert.equal(writer.bitLength, 8);
});

test("reserved room is zero and keeps what was written, also when the buffer grows", () => {
  const writer = new BitWriter();
  writer.writeBits(0x123, 12);
  const buffer = writer.reserve(100_000);
  assert.ok(buffer.length * 8 >= 100_012);
  assert.deepEqual(buffer.subarray(0, 4), Uint8Array.of(0x12, 0x30, 0, 0));
  assert.ok(buffer.subarray(2).every((byte) => byte === 0));
});

type Step = { value: number; count: number } | { bits: string } | "take" | "align";

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ value: fc.integer(), count: fc.integer({ min: 0, max: 32 }) }) },
    { weight: 3, arbitrary: fc.record({ bits: fc.string({ unit: fc.constantFrom("0", "1"), maxLength: 70 }) }) },
    fc.constant("take" as const),
    fc.constant("align" as const),
  ),
  { maxLength: 60 },
);

test("any sequence of writing, appending, aligning and taking gives the same bits as strings do", () => {
  fc.assert(fc.property(steps, (list) => {
    const writer = new BitWriter();
    let expected = "";
    let taken = "";
    for (const step of list) {
      if (step === "take") {
        taken += bitsOfBytes(writer.takeBytes());
      } else if (step === "align") {
        writer.alignToByte();
        expected = expected.padEnd(Math.ceil(expected.length / 8) * 8, "0");
      } else if ("bits" in step) {
        // The bits behind the end of what is appended must not matter.
        writer.appendBits(bytesOfBits(step.bits + "1"), step.bits.length);
        expected += step.bits;
      } else {
        writer.writeBits(step.value, step.count);
        expected += bitsOf(step.value, step.count);
      }
    }
    assert.equal(taken.length + writer.bitLength, expected.length);
    writer.alignToByte();
    taken += bitsOfBytes(writer.takeBytes());
    assert.equal(taken, expected.padEnd(taken.length, "0"));
    assert.ok(taken.length - expected.length < 8);
  }));
});
