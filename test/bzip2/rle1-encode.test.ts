import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CRC_START, finishCrc, updateCrc } from "../../lib/bits/crc32-bzip2.ts";
import { RunLengthEncoder } from "../../lib/bzip2/rle1-encode.ts";
import { chunkings, pieces } from "../support/chunkings.ts";
import { type PlainBlock, runLengthBlocks } from "../support/plain/run-length-blocks.ts";

/** All blocks of an input that comes in chunks. */
function blocksOf(chunks: Iterable<Uint8Array>): { block: Uint8Array; crc: number }[] {
  const runs = new RunLengthEncoder(1);
  const blocks: { block: Uint8Array; crc: number }[] = [];
  const take = (): void => {
    blocks.push({ block: runs.block.slice(), crc: runs.crc });
    runs.clear();
  };
  for (const chunk of chunks) {
    for (let start = 0; start < chunk.length;) {
      start = runs.push(chunk, start);
      if (runs.isFull) take();
    }
  }
  runs.flush();
  if (!runs.isEmpty) take();
  return blocks;
}

function expectedBlocks(bytes: Uint8Array): { block: Uint8Array; crc: number }[] {
  return runLengthBlocks(bytes, 99_981).map(({ block, plain }: PlainBlock) => ({
    block: Uint8Array.from(block),
    crc: finishCrc(updateCrc(CRC_START, Uint8Array.from(plain))),
  }));
}

test("a run of four or more is four bytes and a count", () => {
  const [block] = blocksOf([new TextEncoder().encode("abbccccdddddee")]);
  assert.equal(String.fromCharCode(...block!.block), "abbcccc\0dddd\x01ee");
});

test("a run is cut after 255 bytes", () => {
  const d = 0x64;
  const [block] = blocksOf([new Uint8Array(260).fill(d)]);
  assert.deepEqual([...block!.block], [d, d, d, d, 251, d, d, d, d, 1]);
});

test("runs of all lengths around 4, 255, 259 and 510 agree with the plain twin, alone and side by side", () => {
  for (const length of [1, 2, 3, 4, 5, 6, 254, 255, 256, 257, 258, 259, 260, 261, 509, 510, 511, 514, 515]) {
    const one = new Uint8Array(length).fill(7);
    assert.deepEqual(blocksOf([one]), expectedBlocks(one), `run of ${length}`);
    const three = Uint8Array.from([...one, ...one.map(() => 0), ...one]);
    assert.deepEqual(blocksOf([three]), expectedBlocks(three), `three runs of ${length}`);
  }
});

const runsOfBytes = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 250, max: 520 })),
  ),
  { maxLength: 12 },
).map((runs) => Uint8Array.from(runs.flatMap(([byte, length]) => new Array<number>(length).fill(byte))));

test("any runs in any chunks agree with the plain twin", () => {
  fc.assert(
    fc.property(runsOfBytes, (bytes) => {
      const expected = expectedBlocks(bytes);
      for (const { name, chunks } of chunkings(bytes)) assert.deepEqual(blocksOf(chunks), expected, name);
    }),
    { numRuns: 20 },
  );
});

/** Long stretches without runs of four, between runs of any length. */
const stretches = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 250 })),
  { maxLength: 12 },
).map((parts) =>
  Uint8Array.from(parts.flatMap(([stretch, run, seed]) => [
    ...Array.from({ length: stretch }, (_, i) => (i * seed * 7 + (i >>> 2)) & 0xff),
    ...new Array<number>(run).fill(seed),
  ]))
);

test("long stretches between runs agree with the plain twin, in any chunks", () => {
  fc.assert(
    fc.property(stretches, fc.integer({ min: 1, max: 400 }), (bytes, chunkBytes) => {
      const expected = expectedBlocks(bytes);
      assert.deepEqual(blocksOf([bytes]), expected);
      assert.deepEqual(blocksOf(pieces(bytes, () => chunkBytes)), expected);
    }),
    { numRuns: 300 },
  );
});

test("blocks end at the limit or just behind it, and the next run goes to the next block", () => {
  for (let shift = -5; shift <= 1; shift++) {
    for (const tail of [[9, 9, 9, 9, 9, 9], [9, 8, 7, 7, 7, 7, 7], [9, 9, 9, 8]]) {
      const bytes = new Uint8Array(99_981 + shift + tail.length);
      for (let i = 0; i < bytes.length; i++) bytes[i] = i & 1;
      bytes.set(tail, bytes.length - tail.length);
      assert.deepEqual(blocksOf([bytes]), expectedBlocks(bytes), `limit ${shift}, then ${tail.join(" ")}`);
    }
  }
});

test("a block of runs stands for far more plain bytes than it holds", () => {
  const bytes = new Uint8Array(6_000_000).fill(5);
  const blocks = blocksOf([bytes]);
  assert.equal(blocks.length, 2);
  assert.deepEqual(blocks, expectedBlocks(bytes));
});
