import assert from "node:assert/strict";
import { test } from "node:test";
import type { ByteSource } from "../../lib/streams/byte-source.ts";
import { bytesSource } from "../../lib/streams/byte-source.ts";
import { sourceStream } from "../../lib/streams/source-stream.ts";
import { SourceWindow } from "../../lib/streams/source-window.ts";
import { chunksOf, streamFrom } from "../../lib/streams/stream-from.ts";
import { randomFrom } from "../dump/dump-maker.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i * 13);

async function collect(stream: ReadableStream<Uint8Array>): Promise<{ bytes: Uint8Array; chunks: number }> {
  const all: number[] = [];
  let chunks = 0;
  for await (const chunk of chunksOf(stream)) {
    all.push(...chunk);
    chunks++;
  }
  return { bytes: Uint8Array.from(all), chunks };
}

test("sourceStream gives a range in chunks of the size that was asked for", async () => {
  const source = bytesSource(BYTES);
  assert.deepEqual(await collect(sourceStream(source)), { bytes: BYTES, chunks: 1 });
  assert.deepEqual(await collect(sourceStream(source, { chunkByteLength: 300 })), { bytes: BYTES, chunks: 4 });
  const part = await collect(sourceStream(source, { start: 10, end: 5000, chunkByteLength: 100 }));
  assert.deepEqual(part, { bytes: BYTES.slice(10), chunks: 10 });
  assert.deepEqual(await collect(sourceStream(source, { start: 7, end: 7 })), { bytes: new Uint8Array(), chunks: 0 });
});

test("sourceStream gives the chunks before an error first, and one cancelled while it reads ahead stays quiet", async () => {
  const torn: ByteSource = {
    size: 1000,
    read: (start, end) => start < 200 ? Promise.resolve(BYTES.slice(start, end)) : Promise.reject(new Error("torn")),
  };
  const reader = sourceStream(torn, { chunkByteLength: 100 }).getReader();
  assert.equal((await reader.read()).value?.length, 100);
  assert.equal((await reader.read()).value?.length, 100);
  await assert.rejects(reader.read(), /torn/);
  const early = sourceStream(torn, { chunkByteLength: 150 }).getReader();
  await early.read();
  await early.cancel();
});

test("sourceStream ends with the reason of the signal", async () => {
  const controller = new AbortController();
  const reader = sourceStream(bytesSource(BYTES), { chunkByteLength: 10, signal: controller.signal }).getReader();
  await reader.read();
  const reason = new Error("stop");
  controller.abort(reason);
  await assert.rejects(reader.read(), reason);
});

test("SourceWindow shows what the source has, wherever it is moved", async () => {
  const random = randomFrom(2);
  const bytes = Uint8Array.from({ length: 400_000 }, (_, i) => i ^ (i >> 8));
  const window = new SourceWindow(bytesSource(bytes));
  let start = 0;
  for (let i = 0; i < 300; i++) {
    start = random() < 0.1 ? Math.floor(random() * 410_000) : start + Math.floor(random() * 20_000);
    const end = start + Math.floor(random() * 150_000);
    const view = await window.view(start, end);
    const wanted = Math.max(0, Math.min(end, bytes.length) - start);
    assert.ok(view.length >= wanted, `${start} to ${end}: ${view.length}`);
    assert.deepEqual(view.subarray(0, wanted), bytes.subarray(start, start + wanted));
    if (start > 405_000) start = 0;
  }
});

test("SourceWindow moved backwards reads what is before it once", async () => {
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i ^ (i >> 9));
  let readBytes = 0;
  const source: ByteSource = {
    size: bytes.length,
    read: (start, end) => {
      readBytes += Math.min(end, bytes.length) - start;
      return Promise.resolve(bytes.subarray(start, end));
    },
  };
  const window = new SourceWindow(source);
  for (let start = 2_900_000; start >= 0; start -= 100_000) {
    const view = await window.view(start, start + 150_000);
    assert.deepEqual(view.subarray(0, 100_000), bytes.subarray(start, start + 100_000), `from ${start}`);
  }
  assert.equal(readBytes, bytes.length);
});

test("SourceWindow goes on with what another window of the same source held", async () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i ^ (i >> 8));
  let reads = 0;
  const source: ByteSource = {
    size: bytes.length,
    read: (start, end) => {
      reads++;
      return Promise.resolve(bytes.subarray(start, end));
    },
  };
  const first = new SourceWindow(source);
  await first.view(50_000, 90_000);
  const second = new SourceWindow(source);
  second.adopt(first.held);
  assert.deepEqual((await second.view(60_000, 80_000)).subarray(0, 20_000), bytes.subarray(60_000, 80_000));
  assert.equal(reads, 1);
  const other = new SourceWindow(bytesSource(new Uint8Array(100_000)));
  other.adopt(first.held);
  assert.deepEqual((await other.view(60_000, 60_010)).subarray(0, 10), new Uint8Array(10));
});

test("streamFrom ends its generator when the stream is cancelled, and chunksOf cancels when a loop is left", async () => {
  let isEnded = false;
  async function* numbers(): AsyncGenerator<number, void, undefined> {
    try {
      for (let i = 0;; i++) yield i;
    } finally {
      isEnded = true;
    }
  }
  for await (const value of chunksOf(streamFrom(numbers()))) if (value === 3) break;
  assert.equal(isEnded, true);
});
