import assert from "node:assert/strict";
import { test } from "node:test";
import { BlockDecoder } from "../../lib/bzip2/block-decoder.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { Bzip2Error } from "../../lib/errors.ts";
import { bits } from "../support/bit-script.ts";
import { decodeChunks, utf8 } from "../support/collect.ts";
import { BLOCK_A, crcOf, endAfter, MAP_OF_A, TREES_OF_A } from "../support/small-blocks.ts";

function errorOf(run: () => unknown): Bzip2Error {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Bzip2Error, String(error));
    return error;
  }
  return assert.fail("no error");
}

test("a block is decoded from any bit of other bytes, and its end is told", () => {
  const decoder = new BlockDecoder();
  for (let before = 0; before < 40; before++) {
    const script = bits`1*${before} @start ${BLOCK_A} @end 1*${before % 5}`;
    const { bytes, crc, bitEnd } = decoder.decode(script.bytes, before, 9);
    assert.deepEqual(bytes, utf8("a"));
    assert.equal(crc, crcOf("a"));
    assert.equal(bitEnd, script.at["end"]);
  }
});

test("every block of a file is the same as the stream decoder's, in any order", () => {
  const text = utf8(Array.from({ length: 60_000 }, (_, i) => `line ${(i * i) % 9973}`).join("\n"));
  const file = compress(text, { level: 1 });
  const blocks = decodeChunks([file]).events.flatMap((event) => event.type === "block" ? [event] : []);
  assert.ok(blocks.length > 5);
  const decoder = new BlockDecoder();
  for (const { info, bytes } of blocks.reverse()) {
    const found = decoder.decode(file, info.bitOffset, 1);
    assert.deepEqual(found, { bytes, crc: info.crc, bitEnd: info.bitOffset + info.bitLength });
  }
});

test("input that ends inside the block is TRUNCATED, wherever it ends", () => {
  const decoder = new BlockDecoder();
  const { bytes } = BLOCK_A;
  for (let length = 0; length < bytes.length; length++) {
    const error = errorOf(() => decoder.decode(bytes.subarray(0, length), 0, 9));
    assert.equal(error.code, "TRUNCATED", `cut at ${length}`);
    assert.equal(error.bitOffset, length * 8);
  }
  assert.equal(errorOf(() => decoder.decode(bytes, bytes.length * 8 + 100, 9)).code, "TRUNCATED");
});

test("other bits than a block's magic are BAD_MAGIC, also those of a stream's end", () => {
  const script = bits`0*5 ${endAfter(1)} ${BLOCK_A}`;
  const decoder = new BlockDecoder();
  for (const bitOffset of [0, 4, 5, 6]) {
    const error = errorOf(() => decoder.decode(script.bytes, bitOffset, 9));
    assert.equal(error.code, "BAD_MAGIC");
    assert.equal(error.bitOffset, bitOffset);
  }
});

test("a wrong checksum is blamed on the block's first bit", () => {
  const script = bits`101 x314159265359 ${crcOf("b")}:32 0 0:24 ${MAP_OF_A} 2:3 1:15 0 ${TREES_OF_A} 00 10`;
  const error = errorOf(() => new BlockDecoder().decode(script.bytes, 3, 9));
  assert.equal(error.code, "BLOCK_CRC");
  assert.equal(error.bitOffset, 3);
  assert.match(error.message, new RegExp(`expected ${crcOf("b").toString(16)}, found ${crcOf("a").toString(16)}`));
});

test("a block longer than the level says is refused; at a higher level it is read", () => {
  const text = new Uint8Array(150_000).map((_, i) => (i * i) >> 3);
  const file = compress(text, { level: 9 });
  const decoder = new BlockDecoder();
  assert.equal(errorOf(() => decoder.decode(file, 32, 1)).code, "BLOCK_TOO_LONG");
  assert.deepEqual(decoder.decode(file, 32, 2).bytes, text);
});

test("a decoder is as good as new after an error", () => {
  const decoder = new BlockDecoder();
  const file = compress(utf8("some text, some text"));
  for (let length = 32; length > 4; length -= 3) errorOf(() => decoder.decode(file.subarray(0, length), 32, 9));
  assert.deepEqual(decoder.decode(file, 32, 9).bytes, utf8("some text, some text"));
});
