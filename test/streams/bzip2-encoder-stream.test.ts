import assert from "node:assert/strict";
import { test } from "node:test";
import { compress } from "../../lib/bzip2/compress.ts";
import type { Level } from "../../lib/bzip2/format.ts";
import { Bzip2EncoderStream } from "../../lib/streams/bzip2-encoder-stream.ts";
import { chunkings } from "../support/chunkings.ts";
import { randomBytes } from "../support/hard-inputs.ts";

function streamOf(chunks: Iterable<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = chunks[Symbol.iterator]();
  return new ReadableStream({
    pull(controller): void {
      const step = iterator.next();
      if (step.done === true) controller.close();
      else controller.enqueue(step.value);
    },
  });
}

async function bytesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

test("the stream gives what compress gives, however the bytes are cut", async () => {
  for (
    const bytes of [
      new TextEncoder().encode("a page, ".repeat(30)),
      randomBytes(210_000, 1).map((byte) => byte & 15),
    ]
  ) {
    const expected = compress(bytes, { level: 1 });
    for (const { name, chunks } of chunkings(bytes)) {
      const packed = await bytesOf(streamOf(chunks).pipeThrough(new Bzip2EncoderStream({ level: 1 })));
      assert.deepEqual(packed, expected, name);
    }
  }
});

test("no input gives the empty stream", async () => {
  assert.deepEqual(await bytesOf(streamOf([]).pipeThrough(new Bzip2EncoderStream())), compress(new Uint8Array(0)));
});

test("a level that is none is refused when the stream is made", () => {
  assert.throws(() => new Bzip2EncoderStream({ level: 0 as Level }), RangeError);
});

test("a full block can be read before the input ends", async () => {
  const stream = new Bzip2EncoderStream({ level: 1 });
  const writer = stream.writable.getWriter();
  const written = writer.write(randomBytes(150_000, 2));
  const reader = stream.readable.getReader();
  const { value } = await reader.read();
  assert.deepEqual(value!.subarray(0, 4), new TextEncoder().encode("BZh1"));
  assert.ok(value!.length > 90_000);
  // The rest of the chunk is taken in when the reader asks again.
  const next = reader.read();
  await written;
  const closed = writer.close();
  assert.ok((await next).value!.length > 40_000);
  for (let step = await reader.read(); !step.done; step = await reader.read()) assert.ok(step.value.length > 0);
  await closed;
});

test("the blocks of one big chunk are made one by one, as the reader asks", async () => {
  const stream = new Bzip2EncoderStream({ level: 1 });
  const writer = stream.writable.getWriter();
  let isWritten = false;
  writer.write(randomBytes(1_000_000, 3)).then(() => isWritten = true, () => {});
  const reader = stream.readable.getReader();
  const { value } = await reader.read();
  assert.ok(value!.length < 110_000, "one block, not all");
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(isWritten, false);
  await reader.cancel();
});

test("an aborted writer does not wait for a reader", async () => {
  const stream = new Bzip2EncoderStream({ level: 1 });
  const writer = stream.writable.getWriter();
  writer.closed.catch(() => {});
  const writing = assert.rejects(writer.write(randomBytes(300_000, 4)), /enough/);
  await new Promise((resolve) => setTimeout(resolve, 1));
  await writer.abort(new Error("enough"));
  await writing;
  await assert.rejects(stream.readable.getReader().read(), /enough/);
});

test("an error of the input comes through, and no end is written", async () => {
  const trouble = new Error("disk gone");
  const input = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller): void {
      controller.enqueue(Uint8Array.of(1, 2, 3));
      controller.error(trouble);
    },
  });
  const reader = input.pipeThrough(new Bzip2EncoderStream()).getReader();
  await assert.rejects(reader.read(), trouble);
});

test("what is no byte array is refused with a TypeError", async () => {
  const stream = new Bzip2EncoderStream();
  const reading = stream.readable.getReader().read();
  const writing = stream.writable.getWriter().write("text" as unknown as Uint8Array);
  await assert.rejects(writing, TypeError);
  await assert.rejects(reading, TypeError);
});
