import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { CRC_START, finishCrc, updateCrc } from "../../lib/bits/crc32-bzip2.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { unrandomise } from "../../lib/bzip2/randomise.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { bits, type BitScript, toBits } from "../support/bit-script.ts";
import { skipWithoutCommand } from "../support/oracle.ts";

/** Places that are flipped in so many bytes. */
function flipped(length: number): number[] {
  const bytes = new Uint8Array(length);
  unrandomise(bytes);
  return [...bytes.keys()].filter((at) => bytes[at] === 1);
}

test("the first flips are where a decoder that counts down from each distance finds them", () => {
  // Distances 619, 720, 127, 481: the flip is at the last but one byte of the first stretch, then one distance on each time.
  assert.deepEqual(flipped(2000), [617, 1337, 1464, 1945]);
});

test("a block without a place to flip stays as it is", () => {
  assert.deepEqual(flipped(617), []);
  assert.deepEqual(flipped(618), [617]);
});

test("the distances start again after 512, and twice is as never", () => {
  const all = flipped(900_000);
  const round = all[512]! - all[0]!;
  assert.equal(all[600]! - all[88]!, round);
  const bytes = new Uint8Array(900_000).map((_, i) => i % 251);
  const before = bytes.slice();
  unrandomise(bytes);
  unrandomise(bytes);
  assert.deepEqual(bytes, before);
});

/** A file whose one block is randomised: that of the flipped text, with the flag set and the checksum of the text. */
function randomisedFile(text: Uint8Array): Uint8Array<ArrayBuffer> {
  const flippedText = text.slice();
  unrandomise(flippedText);
  const crc = finishCrc(updateCrc(CRC_START, text));
  const file = toBits(compress(flippedText));
  const end = file.lastIndexOf(bits`x177245385090`.text);
  // "BZh9", magic, checksum, flag, the rest.
  const rest: BitScript = { text: file.slice(113, end), bytes: new Uint8Array(0), at: {} };
  return bits`"BZh9" x314159265359 ${crc}:32 1 ${rest} x177245385090 ${crc}:32 |`.bytes;
}

// Neighbours differ by more than the bit that is flipped, so there are no runs on either side.
const TEXT = new Uint8Array(20_000).map((_, i) => (i * 7 + (i >> 8) * 2) & 0xff);

test("a randomised block is read", () => {
  assert.deepEqual(decompress(randomisedFile(TEXT)), TEXT);
});

test("bzip2 reads the same randomised block", { skip: skipWithoutCommand("bzip2") }, () => {
  const { status, stdout } = spawnSync("bzip2", ["-dc"], { input: randomisedFile(TEXT) });
  assert.equal(status, 0);
  assert.ok(stdout.equals(TEXT));
});
