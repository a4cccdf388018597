import assert from "node:assert/strict";
import { test } from "node:test";
import { unrandomise } from "../../lib/bzip2/randomise.ts";

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
