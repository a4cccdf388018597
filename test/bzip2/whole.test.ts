import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { BlockReader } from "../../lib/bzip2/block-reader.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../lib/bzip2/decoder.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { Bzip2Error } from "../../lib/errors.ts";
import { bits } from "../support/bit-script.ts";
import { utf8 } from "../support/collect.ts";
import { FILE_A } from "../support/small-blocks.ts";

test("all streams are decompressed, to one array of their length", () => {
  const file = concatBytes([
    compress(utf8("one ")),
    compress(utf8("two ")),
    compress(new Uint8Array(0)),
    compress(utf8("three")),
  ]);
  const plain = decompress(file);
  assert.deepEqual(plain, utf8("one two three"));
  assert.equal(plain.buffer.byteLength, plain.length);
});

test("only the first stream, when asked", () => {
  const file = concatBytes([compress(utf8("one ")), compress(utf8("two "))]);
  assert.deepEqual(decompress(file, { multistream: false }), utf8("one "));
});

test("no bytes at all from a stream without blocks", () => {
  assert.equal(decompress(compress(new Uint8Array(0))).length, 0);
});

test("the input is not written to", () => {
  const file = compress(utf8("text ".repeat(1000)));
  const before = file.slice();
  decompress(file);
  assert.deepEqual(file, before);
});

test("maxBytes is the most that comes out: one less is OUTPUT_LIMIT, with the place of the block", () => {
  const file = bits`${FILE_A} ${FILE_A} ${FILE_A}`.bytes;
  assert.equal(decompress(file, { maxBytes: 3 }).length, 3);
  assert.throws(() => decompress(file, { maxBytes: 2 }), (error) => {
    assert.ok(error instanceof Bzip2Error);
    assert.equal(error.code, "OUTPUT_LIMIT");
    assert.equal(error.bytesBefore, 2);
    assert.equal(error.blockIndex, 2);
    assert.equal(error.streamIndex, 2);
    assert.equal(error.bitOffset, FILE_A.bytes.length * 16 + 32);
    return true;
  });
  assert.throws(() => decompress(file, { maxBytes: 0 }), { code: "OUTPUT_LIMIT" });
});

test("a bomb of many streams stops at the limit, long before it is unpacked", () => {
  // 45 MB of zeros in 46 bytes or so; a hundred of them would be 4.5 GB.
  const one = compress(new Uint8Array(45_000_000), { level: 9 });
  assert.ok(one.length < 100);
  const start = performance.now();
  assert.throws(() => decompress(concatBytes(new Array(100).fill(one)), { maxBytes: 50_000_000 }), {
    code: "OUTPUT_LIMIT",
  });
  assert.ok(performance.now() - start < 10_000);
});

test("errors carry how many good bytes there were", () => {
  const file = bits`${FILE_A} ${FILE_A.bytes.subarray(0, 20)}`.bytes;
  assert.throws(() => decompress(file), { code: "TRUNCATED", bytesBefore: 1, name: "Bzip2Error" });
});

test("a limit that is no number is refused, and what is no byte array", () => {
  for (const maxBytes of [NaN, -1]) assert.throws(() => decompress(compress(utf8("a")), { maxBytes }), RangeError);
  for (const data of ["BZh9", null, undefined, new ArrayBuffer(4), new Uint16Array(4)]) {
    assert.throws(() => decompress(data as unknown as Uint8Array), TypeError);
  }
});

test("no memory is taken for a block that is beyond maxBytes", () => {
  const bomb = compress(new Uint8Array(45_000_000));
  const rooms: number[] = [];
  const blocks = new BlockReader((byteLength) => {
    rooms.push(byteLength);
    throw new Error("asked");
  });
  assert.throws(() => [...new Bzip2Decoder({}, blocks).push(bomb)], /asked/);
  assert.deepEqual(rooms, [45_000_000]);
  const before = process.memoryUsage().arrayBuffers;
  assert.throws(() => decompress(bomb, { maxBytes: 44_999_999 }), {
    code: "OUTPUT_LIMIT",
    bytesBefore: 0,
    bitOffset: 32,
  });
  assert.ok(process.memoryUsage().arrayBuffers - before < 30_000_000);
  assert.throws(() => [...new Bzip2Decoder({ maxBytes: 10 }).push(bomb)], { code: "OUTPUT_LIMIT" });
});
