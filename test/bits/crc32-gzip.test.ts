import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { crc32Gzip } from "../../lib/bits/crc32-gzip.ts";
import { chunkings } from "../support/chunkings.ts";
import { plainCrc32Gzip } from "../support/plain/plain-crc32-gzip.ts";

const BYTES = Uint8Array.from({ length: 300 }, (_, n) => (n * n * 7 + n) & 0xff);

test("the checksum of the standard's test word is what the standard says", () => {
  assert.equal(crc32Gzip(0, new TextEncoder().encode("123456789")), 0xcbf43926);
  assert.equal(crc32Gzip(0, new Uint8Array(0)), 0);
});

test("the checksum is that of the plain twin, and the one that zlib writes, for every length", () => {
  for (let length = 0; length <= BYTES.length; length++) {
    const bytes = BYTES.subarray(0, length);
    assert.equal(crc32Gzip(0, bytes), plainCrc32Gzip(0, bytes), `${length} bytes`);
    assert.equal(crc32Gzip(0, bytes), gzipSync(bytes).readUInt32LE(gzipSync(bytes).length - 8), `${length} bytes`);
  }
});

test("the checksum does not depend on how the bytes are cut", () => {
  for (const { name, chunks } of chunkings(BYTES)) {
    assert.equal(chunks.reduce(crc32Gzip, 0), crc32Gzip(0, BYTES), name);
  }
});
