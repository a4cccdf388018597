/** The encoder over workers: its output must be that of `Bzip2Encoder`, byte for byte, and it must stop when it is told to. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { after, test } from "node:test";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import type { Level } from "../../lib/bzip2/format.ts";
import { createWorkerPool } from "../../lib/host/worker-pool.ts";
import { parallelBzip2Encoder, type ParallelEncoderOptions } from "../../lib/streams/parallel-encoder.ts";
import { WorkerError } from "../../lib/streams/worker-error.ts";
import { makePool, type WorkerPool } from "../../lib/streams/worker-pool.ts";
import { chunkings, pieces } from "../support/chunkings.ts";
import { collectStream, utf8 } from "../support/collect.ts";
import { hardInputs, randomBytes } from "../support/hard-inputs.ts";
import { nearPool } from "../support/near-pool.ts";

const pool = createWorkerPool({ size: 2 });
after(() => pool.close());

function streamOf(chunks: readonly Uint8Array[], onPull: () => void = () => {}): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      onPull();
      const chunk = chunks[next++];
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
}

async function encodeWith(
  some: WorkerPool,
  chunks: readonly Uint8Array[],
  options?: ParallelEncoderOptions,
): Promise<Uint8Array> {
  const { values, error } = await collectStream(streamOf(chunks).pipeThrough(parallelBzip2Encoder(some, options)));
  if (error !== undefined) throw error;
  return concatBytes(values);
}

function assertSame(found: Uint8Array, expected: Uint8Array, name: string): void {
  assert.equal(Buffer.compare(found, expected), 0, name);
}

test("all chunkings of small inputs give the bytes of one thread", async () => {
  for (const text of ["", "a", "aaaaaaaaaa", "the quick brown fox jumps over the lazy dog"]) {
    const expected = compress(utf8(text));
    for (const { name, chunks } of chunkings(utf8(text))) {
      assertSame(await encodeWith(nearPool(2, chunks.length), chunks), expected, `${text}: ${name}`);
    }
  }
});

test("inputs of several blocks give the bytes of one thread, at every level and whatever the order of the answers", async () => {
  let seed = 0;
  for (const { name, bytes } of hardInputs(230_000)) {
    const level = (1 + seed % 9) as Level;
    for (const some of [pool, nearPool(1 + seed % 3, ++seed)]) {
      for (const size of [1009, 65_536, 1_000_000]) {
        const packed = await encodeWith(some, pieces(bytes, () => size), { level, lookahead: 1 + seed % 5 });
        assertSame(packed, compress(bytes, { level }), `${name}, level ${level}, pieces of ${size}`);
      }
    }
  }
});

test("inputs around the limit of a block give the bytes of one thread", async () => {
  for (let byteLength = 99_975; byteLength <= 99_990; byteLength++) {
    const bytes = randomBytes(byteLength, byteLength);
    assertSame(await encodeWith(pool, [bytes], { level: 1 }), compress(bytes, { level: 1 }), String(byteLength));
  }
});

test("a run across blocks gives the bytes of one thread", async () => {
  const bytes = concatBytes([randomBytes(99_970, 1), new Uint8Array(40_000_000), randomBytes(200_000, 2)]);
  assertSame(
    await encodeWith(pool, pieces(bytes, () => 3_000_000), { level: 1 }),
    compress(bytes, { level: 1 }),
    "run",
  );
});

test("a reader that is slow stops the source, and gets everything", async () => {
  const bytes = randomBytes(3_000_000, 5);
  const chunks = pieces(bytes, () => 20_000);
  let pulls = 0;
  const readable = streamOf(chunks, () => pulls++).pipeThrough(parallelBzip2Encoder(pool, { level: 1, lookahead: 3 }));
  const reader = readable.getReader();
  const parts = [(await reader.read()).value!];
  await new Promise((resolve) => setTimeout(resolve, 300));
  // Five blocks of 100 kB, and what waits in the queues of the streams.
  assert.ok(pulls * 20_000 < 700_000, `${pulls} of ${chunks.length} chunks were taken`);
  for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
  assertSame(concatBytes(parts), compress(bytes, { level: 1 }), "all");
});

test("cancelling stops the source; the pool can be used again", async () => {
  let reason: unknown;
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(randomBytes(300_000, 1)),
    cancel: (why) => void (reason = why),
  });
  const reader = source.pipeThrough(parallelBzip2Encoder(pool, { level: 1 })).getReader();
  await reader.read();
  await reader.cancel("enough");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(reason, "enough");
  assertSame(await encodeWith(pool, [utf8("x")]), compress(utf8("x")), "afterwards");
});

test("aborting fails the reader at once, also while a write waits for room", async () => {
  const { readable, writable } = parallelBzip2Encoder(pool, { level: 1, lookahead: 1 });
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  const written = writer.write(randomBytes(1_000_000, 1));
  written.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  const reason = new Error("stop");
  await writer.abort(reason);
  await assert.rejects(readable.getReader().read(), reason);
  await assert.rejects(written, reason);
});

test("a source that fails fails the reader with the same error", async () => {
  const reason = new Error("no more");
  const source = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(randomBytes(500_000, 1)),
    pull: (controller) => controller.error(reason),
  });
  const { error } = await collectStream(source.pipeThrough(parallelBzip2Encoder(pool, { level: 1 })));
  assert.equal(error, reason);
});

test("a worker that ends is told after the blocks before", async () => {
  let tasks = 0;
  const failing = makePool(1, (onReply, onEnd) => {
    const good = nearPool(1, 1);
    return {
      post(task) {
        if (task.kind !== "encode" || ++tasks === 3) return onEnd(new Error("out of memory"));
        void good.run(task).then(onReply);
      },
      setBusy: () => {},
      end: () => {},
    };
  });
  const source = streamOf([randomBytes(500_000, 5)]);
  const { values, error } = await collectStream(source.pipeThrough(parallelBzip2Encoder(failing, { level: 1 })));
  assert.equal(values.length, 2);
  assert.ok(error instanceof WorkerError);
  assert.equal(error.code, "ENDED");
});

test("levels and look-aheads that are none are refused", () => {
  assert.throws(() => parallelBzip2Encoder(pool, { level: 10 as Level }), RangeError);
  assert.throws(() => parallelBzip2Encoder(pool, { lookahead: 0 }), RangeError);
});
