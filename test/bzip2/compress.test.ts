import assert from "node:assert/strict";
import { test } from "node:test";
import { compress } from "../../lib/bzip2/compress.ts";
import type { Level } from "../../lib/bzip2/format.ts";
import { decompress } from "../../lib/bzip2/whole.ts";

const plain = new TextEncoder().encode("a page, ".repeat(1000));

test("compress and decompress give the same bytes back", () => {
  const packed = compress(plain);
  assert.ok(packed.length < 100);
  assert.deepEqual(decompress(packed), plain);
});

test("the level is the fourth byte of the file", () => {
  for (const level of [1, 5, 9] as const) assert.equal(compress(plain, { level })[3], 0x30 + level);
});

test("a level that is none is refused with a RangeError", () => {
  assert.throws(() => compress(plain, { level: 10 as Level }), RangeError);
});
