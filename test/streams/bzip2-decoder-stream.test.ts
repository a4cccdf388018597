import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { Bzip2Error } from "../../lib/errors.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { Bzip2DecoderStream, type DecoderStreamOptions } from "../../lib/streams/bzip2-decoder-stream.ts";
import { bits } from "../support/bit-script.ts";
import { chunkings } from "../support/chunkings.ts";
import { collectStream, utf8 } from "../support/collect.ts";
import { BLOCK_A, endAfter, FILE_A } from "../support/small-blocks.ts";

/** Gives chunks one at a time; says how many were asked for. */
function source(chunks: readonly Uint8Array[]): { stream: ReadableStream<Uint8Array>; taken: () => number } {
  let taken = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks[taken];
      if (chunk === undefined) return controller.close();
      taken++;
      controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
  return { stream, taken: () => taken };
}

function decode(chunks: readonly Uint8Array[], options?: DecoderStreamOptions) {
  return collectStream(source(chunks).stream.pipeThrough(new Bzip2DecoderStream(options)));
}

/** Two good blocks, then rubbish. */
const BAD_THIRD = bits`"BZh9" ${BLOCK_A} ${BLOCK_A} x000000000000 0*80`;

test("one chunk comes out for each block, from any chunks", async () => {
  const file = bits`"BZh9" ${BLOCK_A} ${BLOCK_A} ${endAfter(2)} | ${FILE_A}`.bytes;
  for (const { name, chunks } of chunkings(file)) {
    const { values, error } = await decode(chunks);
    assert.equal(error, undefined, name);
    assert.deepEqual(values, [utf8("a"), utf8("a"), utf8("a")], name);
  }
});

test("every good block comes out before the error, even when all was in one chunk and the reader is slow", async () => {
  for (const { name, chunks } of chunkings(BAD_THIRD.bytes)) {
    const decoder = new Bzip2DecoderStream();
    // Nobody handles what the writing side says: it must not become an unhandled rejection.
    source(chunks).stream.pipeTo(decoder.writable).catch(() => {});
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    const { values, error } = await collectStream(decoder.readable);
    assert.equal(values.length, 2, name);
    assert.ok(error instanceof Bzip2Error, name);
    assert.equal(error.code, "BAD_MAGIC");
    assert.equal(error.bytesBefore, 2);
  }
});

test("a truncated file gives its blocks, then TRUNCATED", async () => {
  const { values, error } = await decode([FILE_A.bytes.subarray(0, FILE_A.bytes.length - 1)]);
  assert.deepEqual(values, [utf8("a")]);
  assert.equal((error as Bzip2Error).code, "TRUNCATED");
});

test("an empty input is NOT_BZIP2", async () => {
  const { values, error } = await decode([]);
  assert.equal(values.length, 0);
  assert.equal((error as Bzip2Error).code, "NOT_BZIP2");
});

test("the writer learns of the error, too", async () => {
  const decoder = new Bzip2DecoderStream();
  const reading = collectStream(decoder.readable);
  const writer = decoder.writable.getWriter();
  writer.closed.catch(() => {});
  await assert.rejects(writer.write(BAD_THIRD.bytes), { code: "BAD_MAGIC" });
  assert.equal(((await reading).error as Bzip2Error).code, "BAD_MAGIC");
});

test("blocks and other events are told as they come", async () => {
  const told: string[] = [];
  await decode([bits`${FILE_A} ${FILE_A} "rest"`.bytes], {
    onBlock: (info) => told.push(`block ${info.blockIndex} at ${info.bitOffset}`),
    onEvent: (event) => told.push(event.type),
  });
  const second = FILE_A.bytes.length * 8 + 32;
  assert.deepEqual(told, ["stream", "block 0 at 32", "end", "stream", `block 1 at ${second}`, "end", "trailing"]);
});

test("nothing is read or decoded before the reader asks, and then only as much as is wanted", async () => {
  const blocks: number[] = [];
  const { stream, taken } = source([
    bits`"BZh9" ${BLOCK_A} ${BLOCK_A} ${BLOCK_A} ${endAfter(3)} |`.bytes,
    FILE_A.bytes,
    FILE_A.bytes,
  ]);
  const reader = stream.pipeThrough(new Bzip2DecoderStream({ onBlock: (info) => blocks.push(info.blockIndex) }))
    .getReader();
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(blocks, []);
  await reader.read();
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(blocks, [0]);
  assert.ok(taken() <= 2, `${taken()} chunks were read for the first block`);
  await reader.cancel();
});

test("cancelling the reading side ends the writing side and its source", async () => {
  let cancelled: unknown;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(FILE_A.bytes.slice()),
    cancel: (reason) => void (cancelled = reason),
  });
  const reader = endless.pipeThrough(new Bzip2DecoderStream()).getReader();
  await reader.read();
  await reader.cancel("enough");
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(cancelled, "enough");
});

test("cancelling while the source keeps the decoder waiting ends at once", async () => {
  const decoder = new Bzip2DecoderStream();
  const writer = decoder.writable.getWriter();
  const closed = writer.closed.then(() => "closed", (reason) => reason);
  const reader = decoder.readable.getReader();
  const read = reader.read();
  await reader.cancel("enough");
  assert.deepEqual(await read, { done: true, value: undefined });
  assert.equal(await closed, "enough");
});

test("an error of the source reaches the reader after the good blocks", async () => {
  const cause = new Error("disk gone");
  let turn = 0;
  const failing = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (turn++ === 0) controller.enqueue(BAD_THIRD.bytes.slice(0, 50));
      else controller.error(cause);
    },
  }, { highWaterMark: 0 });
  const { values, error } = await collectStream(failing.pipeThrough(new Bzip2DecoderStream()));
  assert.equal(values.length, 2);
  assert.equal(error, cause);
});

test("what is thrown by a callback fails the stream", async () => {
  const { error } = await decode([FILE_A.bytes], {
    onBlock: () => {
      throw new TypeError("no");
    },
  });
  assert.ok(error instanceof TypeError);
});

test("a file of many blocks comes back whole", async () => {
  const text = utf8(Array.from({ length: 100_000 }, (_, i) => `${(i * 31) % 10_007} `).join(""));
  const file = compress(text, { level: 1 });
  const { values } = await decode([file.subarray(0, 1000), file.subarray(1000)]);
  assert.ok(values.length > 3);
  assert.deepEqual(concatBytes(values), text);
});

test("what is no byte array fails both sides with a TypeError", async () => {
  for (const chunk of ["text", null, undefined, [66, 90], new Uint16Array(4), new ArrayBuffer(8)]) {
    const decoder = new Bzip2DecoderStream();
    const reading = assert.rejects(decoder.readable.getReader().read(), TypeError);
    const writer = decoder.writable.getWriter();
    writer.closed.catch(() => {});
    await assert.rejects(writer.write(chunk as unknown as Uint8Array), /A chunk to decompress must be a Uint8Array/);
    await reading;
  }
});

test("an aborted writer does not wait for a reader", async () => {
  const decoder = new Bzip2DecoderStream();
  const writer = decoder.writable.getWriter();
  writer.closed.catch(() => {});
  const writing = assert.rejects(writer.write(FILE_A.bytes), /enough/);
  await new Promise((resolve) => setTimeout(resolve, 1));
  await writer.abort(new Error("enough"));
  await writing;
  await assert.rejects(decoder.readable.getReader().read(), /enough/);
});
