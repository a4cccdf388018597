/** Checksums of the host: they are those of node:crypto. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { makeSha1, sha1Hex } from "../../lib/host/hash.ts";
import { randomBytes } from "../support/hard-inputs.ts";

test("a SHA-1 of pieces, and one at once, are those of node:crypto, with bytes of all values", () => {
  for (let seed = 0; seed < 50; seed++) {
    const bytes = randomBytes(1000 + seed, seed);
    const expected = createHash("sha1").update(bytes).digest();
    const hash = makeSha1();
    hash.update(bytes.subarray(0, 17 * seed));
    hash.update(bytes.subarray(17 * seed));
    assert.deepEqual([...hash.digest()], [...expected]);
    assert.equal(sha1Hex(bytes), expected.toString("hex"));
  }
});

test("the bytes of a SHA-1 are no Buffer", () => {
  assert.equal(Object.getPrototypeOf(makeSha1().digest()), Uint8Array.prototype);
});
