import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { GzipError } from "../../lib/errors.ts";
import { gunzipStream, gzipStream } from "../../lib/host/gzip.ts";
import { chunkings } from "../support/chunkings.ts";
import { skipWithoutCommand } from "../support/oracle.ts";

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const rest = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const chunk = rest.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
}

/** What came out, and how it ended. */
async function drain(stream: ReadableStream<Uint8Array>): Promise<{ bytes: Buffer; error: unknown }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of stream) parts.push(part);
    return { bytes: Buffer.concat(parts), error: undefined };
  } catch (error) {
    return { bytes: Buffer.concat(parts), error };
  }
}

const gunzip = (...chunks: readonly Uint8Array[]) =>
  drain(streamOf(chunks).pipeThrough(gunzipStream({ path: "a.gz" })));

const HELLO = gzipSync("hello ");
const WORLD = gzipSync("world");
const BIG_TEXT = Buffer.from(Array.from({ length: 60_000 }, (_, n) => `line ${n * 7919}\n`).join(""));

test("several members are one text, however they are cut", async () => {
  const bytes = Buffer.concat([HELLO, gzipSync(""), WORLD, new Uint8Array(20)]);
  for (const { name, chunks } of chunkings(bytes)) {
    const { bytes: plain, error } = await gunzip(...chunks);
    assert.equal(error, undefined, name);
    assert.equal(plain.toString(), "hello world", name);
  }
});

test("data cut anywhere is reported as truncated, after all bytes before the cut", async () => {
  const bytes = Buffer.concat([HELLO, WORLD]);
  for (let end = 0; end < bytes.length; end++) {
    if (end === HELLO.length) continue;
    const { bytes: plain, error } = await gunzip(bytes.subarray(0, end));
    assert.ok(error instanceof GzipError, `cut at ${end}`);
    assert.equal(error.code, "TRUNCATED");
    assert.equal(error.message, "a.gz is truncated: it ends inside a gzip member");
    assert.ok("hello world".startsWith(plain.toString()));
    if (end > HELLO.length) assert.ok(plain.toString().startsWith("hello "), `cut at ${end}`);
  }
});

test("damage is reported as corrupt: in the header, the data, the checksum, the length, after the end", async () => {
  const damaged: [string, Buffer][] = [
    ["not gzip", Buffer.from("BZh9 this is not gzip")],
    ["checksum", Buffer.from(WORLD).fill(0, WORLD.length - 8, WORLD.length - 6)],
    ["length", Buffer.from(WORLD).fill(9, WORLD.length - 4)],
    ["garbage after the end", Buffer.concat([WORLD, Buffer.from("garbage")])],
    ["data", Buffer.from(gzipSync(BIG_TEXT)).fill(0xff, 5000, 5100)],
  ];
  for (const [name, bytes] of damaged) {
    const { error } = await gunzip(bytes);
    assert.ok(error instanceof GzipError, name);
    assert.match(error.message, /^a\.gz is corrupt: gzip reports /, name);
    assert.equal(error.code, "CORRUPT");
    assert.ok(error.cause instanceof Error);
  }
});

test("bytes before damage are delivered but for less than 64 KiB", async () => {
  const packed = gzipSync(BIG_TEXT);
  const { bytes, error } = await gunzip(packed.subarray(0, packed.length - 4), Uint8Array.of(1, 2, 3, 4));
  assert.ok(error instanceof GzipError);
  assert.ok(BIG_TEXT.length - bytes.length < 64 * 1024, `${BIG_TEXT.length - bytes.length} bytes are missing`);
  assert.ok(BIG_TEXT.subarray(0, bytes.length).equals(bytes));
});

test("what is written can be read, at every level", async () => {
  for (const level of [1, 6, 9]) {
    const { bytes } = await drain(streamOf([BIG_TEXT]).pipeThrough(gzipStream({ level })).pipeThrough(gunzipStream()));
    assert.ok(BIG_TEXT.equals(bytes));
  }
});

test("equal input gives equal bytes, without time and name, however it is cut", async () => {
  const input = BIG_TEXT.subarray(0, 100_000);
  let first: Buffer | undefined;
  for (const { name, chunks } of [...chunkings(input)].filter(({ chunks }) => chunks.length < 500)) {
    const { bytes } = await drain(streamOf(chunks).pipeThrough(gzipStream()));
    first ??= bytes;
    assert.ok(first.equals(bytes), name);
  }
  assert.deepEqual([...first!.subarray(0, 8)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
  assert.equal(first![9], 3);
});

test("nothing packed is a whole member", async () => {
  const { bytes } = await drain(streamOf([]).pipeThrough(gzipStream()));
  assert.equal((await gunzip(bytes)).error, undefined);
});

test("gzip accepts what is written", { skip: skipWithoutCommand("gzip") }, async () => {
  const { bytes } = await drain(streamOf([BIG_TEXT]).pipeThrough(gzipStream()));
  const { stdout } = spawnSync("gzip", ["-dc"], { input: bytes, maxBuffer: 1e8 });
  assert.ok(BIG_TEXT.equals(stdout));
});

test("expanding waits for the reader", async () => {
  const bomb = gzipSync(new Uint8Array(100_000_000), { level: 9 });
  const reader = streamOf([bomb]).pipeThrough(gunzipStream()).getReader();
  const before = process.memoryUsage().arrayBuffers;
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(process.memoryUsage().arrayBuffers - before < 8_000_000);
  await reader.cancel();
});

test("an input that fails fails the output", async () => {
  const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new RangeError("no more")) });
  const { error } = await drain(broken.pipeThrough(gunzipStream()));
  assert.match(String(error), /no more/);
});
