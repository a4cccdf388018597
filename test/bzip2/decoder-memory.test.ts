/** Memory and time stay in proportion to what is really in the input. */

import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { compress } from "../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../lib/bzip2/decoder.ts";
import { Bzip2Error } from "../../lib/errors.ts";
import { bits } from "../support/bit-script.ts";
import { MAP_OF_A } from "../support/small-blocks.ts";

const MB = 1_000_000;

/** Counts the blocks of a push. */
function pushAll(decoder: Bzip2Decoder, chunk: Uint8Array): number {
  let plainBytes = 0;
  for (const event of decoder.push(chunk)) if (event.type === "block") plainBytes += event.bytes.length;
  return plainBytes;
}

/** Bytes of all array buffers, when nothing more can be collected at once. */
function bufferBytes(): number {
  return process.memoryUsage().arrayBuffers;
}

test("a long file is decoded in the memory of a block", () => {
  const text = new Uint8Array(899_000).map((_, i) => ((i * i) >>> 7) ^ (i % 97));
  const file = compress(text);
  const decoder = new Bzip2Decoder();
  let plainBytes = 0;
  let rssAtFirst = 0;
  let rssAtMost = 0;
  for (let stream = 0; stream < 70; stream++) {
    for (let at = 0; at < file.length; at += 65_536) plainBytes += pushAll(decoder, file.slice(at, at + 65_536));
    const { rss } = process.memoryUsage();
    if (stream === 10) rssAtFirst = rss;
    rssAtMost = Math.max(rssAtMost, rss);
  }
  assert.equal(plainBytes, 70 * text.length);
  assert.ok(rssAtMost - rssAtFirst < 64 * MB, `${rssAtMost - rssAtFirst} bytes more than after the first tenth`);
});

test("heads that claim large blocks and many selectors cost next to nothing", () => {
  const claim = bits`"BZh9" x314159265359 0:32 0 899999:24 ${MAP_OF_A} 6:3 18002:15 0*100`.bytes;
  const before = bufferBytes();
  const decoders = Array.from({ length: 100 }, () => {
    const decoder = new Bzip2Decoder();
    pushAll(decoder, claim);
    return decoder;
  });
  const perDecoder = (bufferBytes() - before) / decoders.length;
  assert.ok(perDecoder < 150_000, `${perDecoder} bytes for each decoder`);
});

test("a head that never ends is read on and on without being kept", () => {
  const decoder = new Bzip2Decoder();
  pushAll(decoder, bits`"BZh9" x314159265359 0:32 0 0:24 1*16 1*256 2:3 1:15 0 3:5 |`.bytes);
  // After a few symbols: one more, one less, one more, …
  const chunk = new Uint8Array(65_536).fill(0b1011_1011);
  const before = bufferBytes();
  for (let i = 0; i < 40; i++) pushAll(decoder, chunk);
  assert.ok(bufferBytes() - before < 4 * MB);
  assert.throws(() => [...decoder.finish()], (error) => error instanceof Bzip2Error && error.code === "TRUNCATED");
});

test("trailing bytes are counted, not kept", () => {
  const decoder = new Bzip2Decoder();
  pushAll(decoder, compress(new Uint8Array(10)));
  const chunk = new Uint8Array(MB);
  const before = bufferBytes();
  for (let i = 0; i < 200; i++) pushAll(decoder, chunk);
  assert.ok(bufferBytes() - before < 4 * MB);
  assert.deepEqual([...decoder.finish()].map((event) => event.type === "trailing" ? event.byteLength : event.type), [
    200 * MB,
  ]);
});

test("chunks of one byte take time in proportion to their number", () => {
  const file = compress(new Uint8Array(400_000).map((_, i) => ((i * i) >>> 5) ^ (i % 89)), { level: 4 });
  const timeFor = (length: number): number => {
    const decoder = new Bzip2Decoder();
    const start = performance.now();
    for (let at = 0; at < length; at++) pushAll(decoder, file.subarray(at, at + 1));
    return performance.now() - start;
  };
  timeFor(20_000);
  const short = timeFor(20_000);
  const long = timeFor(160_000);
  assert.ok(file.length > 160_000);
  // Eight times the bytes; copying all that came before for each byte would make it sixty-four.
  assert.ok(long < short * 30, `${short.toFixed(0)} ms for 20 kB, ${long.toFixed(0)} ms for 160 kB`);
});
