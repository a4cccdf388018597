import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BitReader } from "../../lib/bits/bit-reader.ts";
import { bits, toBits } from "../support/bit-script.ts";

test("bits are read from the most significant on", () => {
  const reader = new BitReader();
  reader.push(bits`101 00001 xabcdef 1`.bytes);
  assert.equal(reader.has(33), true);
  assert.equal(reader.read(3), 0b101);
  assert.equal(reader.read(5), 1);
  assert.equal(reader.peek(24), 0xabcdef);
  assert.equal(reader.read(24), 0xabcdef);
  assert.equal(reader.read(1), 1);
  assert.equal(reader.bitOffset, 33);
  reader.alignToByte();
  assert.equal(reader.bitOffset, 40);
  assert.equal(reader.has(1), false);
});

test("32 bits come unsigned", () => {
  const reader = new BitReader();
  reader.push(bits`1 xfedcba98 0*7`.bytes);
  assert.ok(reader.has(33));
  reader.skip(1);
  assert.equal(reader.read32(), 0xfedcba98);
});

test("no bits are zero", () => {
  const reader = new BitReader();
  assert.equal(reader.has(0), true);
  assert.equal(reader.read(0), 0);
  assert.equal(reader.has(1), false);
});

test("reading in any widths from any chunks gives the bits of the input, and the offset counts them", () => {
  const input = fc.record({
    chunks: fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 40 }),
    widths: fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 20 }),
    start: fc.nat(1_000_000),
  });
  fc.assert(fc.property(input, ({ chunks, widths, start }) => {
    const expected = toBits(Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
    const reader = new BitReader(start);
    let found = "";
    let turn = 0;
    for (const chunk of chunks) {
      const own = chunk.slice();
      reader.push(own);
      for (let width = widths[turn % widths.length]!; reader.has(width); width = widths[++turn % widths.length]!) {
        found += reader.read(width).toString(2).padStart(width, "0");
      }
      assert.equal(reader.bitOffset, start * 8 + found.length);
      // `has` has answered false, so the chunk is the caller's again.
      own.fill(0x5a);
    }
    const rest = expected.length - found.length;
    assert.equal(reader.endBitOffset, start * 8 + expected.length);
    assert.ok(reader.has(rest) && !reader.has(rest + 1));
    if (rest <= 24 && rest > 0) found += reader.read(rest).toString(2).padStart(rest, "0");
    assert.ok(expected.startsWith(found));
  }));
});

test("many chunks may be pushed before anything is read", () => {
  const reader = new BitReader();
  for (let i = 0; i < 100; i++) reader.push(Uint8Array.of(i));
  for (let i = 0; i < 100; i++) {
    assert.ok(reader.has(8));
    assert.equal(reader.read(8), i);
  }
});

test("skipAll uses up the window and what waits, and says how many bytes that was", () => {
  const reader = new BitReader();
  reader.push(new Uint8Array(10));
  assert.ok(reader.has(16));
  reader.skip(16);
  reader.push(new Uint8Array(5));
  assert.equal(reader.skipAll(), 13);
  assert.equal(reader.bitOffset, 15 * 8);
  assert.equal(reader.skipAll(), 0);
  reader.push(Uint8Array.of(0x42));
  assert.ok(reader.has(8));
  assert.equal(reader.read(8), 0x42);
  assert.equal(reader.bitOffset, 16 * 8);
});

test("input beyond the window's limit is read on, without a copy of it all", () => {
  const big = new Uint8Array(3_000_000);
  big[2_999_999] = 0x81;
  const reader = new BitReader();
  reader.push(big);
  for (let i = 0; i < 2_999_999; i++) {
    if (!reader.has(8)) assert.fail(`input ends at ${i}`);
    reader.skip(8);
  }
  assert.ok(reader.has(8) && !reader.has(9));
  assert.equal(reader.read(8), 0x81);
});

test("a kernel has eight readable bytes behind readableEnd", () => {
  const reader = new BitReader();
  reader.push(new Uint8Array(20).fill(0xff));
  while (reader.moveOn()) assert.ok(reader.readableEnd / 8 + 8 <= reader.bytes.length);
  assert.equal(reader.readableEnd, 160);
  assert.ok(reader.bytes.length >= 28);
});
