import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { CRC_START, finishCrc, updateCrc } from "../../lib/bits/crc32-bzip2.ts";
import { BlockEncoder, type EncodedBlock } from "../../lib/bzip2/block-encoder.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { encodeBlock } from "../support/encode-block.ts";
import { StreamWriter } from "../../lib/bzip2/stream-writer.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { hardInputs, randomBytes } from "../support/hard-inputs.ts";

function streamOf(blocks: readonly EncodedBlock[]): Uint8Array {
  const writer = new StreamWriter(1);
  return concatBytes([...blocks.map((block) => writer.add(block)), writer.end()]);
}

test("a block begins with its magic and the checksum of its plain bytes", () => {
  const plain = new TextEncoder().encode("aaaaaaaab");
  const { bits, crc, bitLength } = encodeBlock(plain);
  assert.deepEqual(bits.subarray(0, 6), Uint8Array.of(0x31, 0x41, 0x59, 0x26, 0x53, 0x59));
  assert.equal(crc, finishCrc(updateCrc(CRC_START, plain)));
  assert.equal(new DataView(bits.buffer, bits.byteOffset).getUint32(6), crc);
  assert.equal(bits.length, Math.ceil(bitLength / 8));
});

test("blocks that were encoded in any order make the stream that the encoder makes", () => {
  const plain = randomBytes(200_000, 4);
  for (let i = 1; i < plain.length; i++) if (plain[i] === plain[i - 1]) plain[i]! ^= 1;
  const encoder = new BlockEncoder();
  const pieces = [plain.subarray(0, 99_981), plain.subarray(99_981, 199_962), plain.subarray(199_962)];
  const blocks = pieces.toReversed().map((piece) => encodeBlock(piece, { level: 1, encoder })).toReversed();
  assert.deepEqual(streamOf(blocks), compress(plain, { level: 1 }));
});

test("blocks need not be full", () => {
  const inputs = [...hardInputs(999)].map(({ bytes }) => bytes);
  assert.deepEqual(decompress(streamOf(inputs.map((bytes) => encodeBlock(bytes, { level: 1 })))), concatBytes(inputs));
});

test("a block without a byte and one that does not fit are refused with a RangeError", () => {
  assert.throws(() => encodeBlock(new Uint8Array(0)), RangeError);
  assert.throws(
    () => encodeBlock(randomBytes(100_100, 1), { level: 1 }),
    /block of level 1 cannot hold these 100100 bytes/,
  );
  assert.throws(() => encodeBlock(Uint8Array.of(1), { level: 11 }), RangeError);
});

test("four fifths of the size of a level always fit", () => {
  const plain = Uint8Array.from({ length: 79_984 }, (_, i) => Math.floor(i / 4));
  assert.deepEqual(decompress(streamOf([encodeBlock(plain, { level: 1 })])), plain);
});
