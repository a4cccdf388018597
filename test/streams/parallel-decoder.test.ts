/** The decoder over workers: it must give what `Bzip2Decoder` gives, whatever the file, and stop when it is told to. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import type { DecoderEvent, DecoderOptions } from "../../lib/bzip2/decoder.ts";
import { Bzip2Error } from "../../lib/errors.ts";
import { createWorkerPool } from "../../lib/host/worker-pool.ts";
import { parallelBzip2Decoder, type ParallelDecoderOptions } from "../../lib/streams/parallel-decoder.ts";
import { WorkerError } from "../../lib/streams/worker-error.ts";
import { makePool, type WorkerPool } from "../../lib/streams/worker-pool.ts";
import { bits } from "../support/bit-script.ts";
import { chunkings, pieces } from "../support/chunkings.ts";
import { collectStream, decodeChunks, utf8 } from "../support/collect.ts";
import { randomBytes } from "../support/hard-inputs.ts";
import { nearPool } from "../support/near-pool.ts";
import { sharedPath, skipWithoutShared } from "../support/shared.ts";
import { BLOCK_A, crcOf, endAfter, FILE_A, MAP_OF_A } from "../support/small-blocks.ts";

const pool = createWorkerPool({ size: 2 });
after(() => pool.close());

/** Smallest pieces: so that files of some hundred bytes go to workers, too. */
const SMALL = { pieceBytes: 1 } as const;

function sourceOf(chunks: readonly Uint8Array[]): { stream: ReadableStream<Uint8Array>; taken: () => number } {
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

/** What a decoder said, in a form that compares. */
interface Said {
  readonly events: readonly unknown[];
  readonly bytes: Uint8Array;
  readonly error: unknown;
}

async function decodeWith(
  some: WorkerPool,
  chunks: readonly Uint8Array[],
  options: ParallelDecoderOptions = {},
): Promise<Said> {
  const events: unknown[] = [];
  const { values, error } = await collectStream(
    sourceOf(chunks).stream.pipeThrough(parallelBzip2Decoder(some, {
      ...options,
      onBlock: (info) => events.push(info),
      onEvent: (event) => events.push(event),
    })),
  );
  return { events, bytes: concatBytes(values), error: described(error) };
}

function decodeAlone(chunks: readonly Uint8Array[], options?: DecoderOptions): Said {
  const { events, bytes, error } = decodeChunks(chunks, options);
  return {
    events: events.map((event: DecoderEvent) => event.type === "block" ? event.info : event),
    bytes,
    error: described(error),
  };
}

function described(error: unknown): unknown {
  if (!(error instanceof Bzip2Error)) return error;
  const { code, message, remedy, bitOffset, streamIndex, blockIndex, bytesBefore } = error;
  return { code, message, remedy, bitOffset, streamIndex, blockIndex, bytesBefore };
}

function assertSame(found: Said, expected: Said, name: string): void {
  assert.deepEqual(found.error, expected.error, name);
  assert.deepEqual(found.events, expected.events, name);
  assert.equal(Buffer.compare(found.bytes, expected.bytes), 0, name);
}

const CORPUS = ["conformance", "corpus"] as const;
const skip = skipWithoutShared(...CORPUS, "manifest.json");

test("every file of the corpus gives the same events, bytes and error as one thread", { skip }, async () => {
  const entries = JSON.parse(readFileSync(sharedPath(...CORPUS, "manifest.json")!, "utf8")) as {
    file: string;
    bzip2?: unknown;
  }[];
  let checked = 0;
  for (const { file, bzip2 } of entries) {
    if (bzip2 === undefined) continue;
    const chunks = pieces(new Uint8Array(readFileSync(sharedPath(...CORPUS, file)!)), () => 50_000);
    assertSame(await decodeWith(pool, chunks, checked % 2 === 0 ? SMALL : {}), decodeAlone(chunks), file);
    checked++;
  }
  assert.ok(checked > 700, `only ${checked} files`);
});

/** Streams of several levels, with empty ones between them, and blocks of several kinds. */
function mixedFile(): Uint8Array {
  const empty = compress(new Uint8Array(0));
  return concatBytes([
    compress(randomBytes(250_000, 1), { level: 1 }),
    empty,
    empty,
    compress(randomBytes(700_000, 2).map((byte) => byte & 3), { level: 9 }),
    compress(utf8("small"), { level: 5 }),
    compress(new Uint8Array(3_000_000), { level: 1 }),
    compress(randomBytes(150_000, 3), { level: 1 }),
    empty,
  ]);
}

test("streams of several levels, empty ones and trailing bytes give the same, in threads", async () => {
  const file = mixedFile();
  const withRest = concatBytes([file, utf8("and more")]);
  for (const input of [file, withRest]) {
    const cases: ParallelDecoderOptions[] = [{}, SMALL, { multistream: false }, { trailing: "error" }];
    for (const options of cases) {
      const found = await decodeWith(pool, pieces(input, () => 65_536), options);
      assertSame(found, decodeAlone([input], options), JSON.stringify(options));
    }
  }
});

test("many tiny streams give the same", async () => {
  const file = concatBytes(Array.from({ length: 5000 }, (_, i) => compress(utf8(`page ${i}`))));
  for (const options of [{}, { pieceBytes: 30 }]) {
    assertSame(
      await decodeWith(pool, pieces(file, () => 65_536), options),
      decodeAlone([file]),
      JSON.stringify(options),
    );
  }
});

test("pieces of many blocks whose answer is sent in parts give the same", async () => {
  const random = randomBytes(400_000, 11);
  const plain = Uint8Array.from({ length: 12_000_000 }, (_, i) => random[i >> 5]! & 1);
  const file = compress(plain, { level: 1 });
  let parts = 0;
  const counting = nearPool(2, 3);
  const { run } = counting;
  counting.run = ((...args: Parameters<typeof run>) => (parts++, run.apply(counting, args))) as typeof run;
  const options = { pieceBytes: 30_000 };
  const expected = decodeAlone([file]);
  assertSame(await decodeWith(counting, pieces(file, () => 65_536), options), expected, "out of order");
  assert.ok(parts > 2 * Math.ceil(file.length / options.pieceBytes), `${parts} tasks`);
  assertSame(await decodeWith(pool, pieces(file, () => 65_536), options), expected, "in threads");
});

test("all chunkings of small files give the same, whatever the order of the answers", async () => {
  const file =
    bits`"BZh9" (${BLOCK_A})*3 ${endAfter(3)} | ${FILE_A} "BZh1" x177245385090 0:32 | ${FILE_A} "rest"`.bytes;
  const expected = decodeAlone([file]);
  let seed = 0;
  for (const { name, chunks } of chunkings(file)) {
    const near = nearPool(1 + seed % 3, ++seed);
    const options = { ...SMALL, lookahead: 1 + seed % 4 };
    assertSame(await decodeWith(near, chunks, options), expected, `${name}, ${JSON.stringify(options)}`);
  }
});

test("a file cut at every byte gives the same", async () => {
  const file = bits`"BZh9" (${BLOCK_A})*3 ${endAfter(3)} | ${FILE_A}`.bytes;
  for (let end = 0; end <= file.length; end++) {
    const cut = file.subarray(0, end);
    assertSame(await decodeWith(nearPool(2, end), pieces(cut, () => 13), SMALL), decodeAlone([cut]), `cut at ${end}`);
  }
});

test("a file with a changed bit anywhere gives the same, also without checksums compared", async () => {
  const file = bits`"BZh9" (${BLOCK_A})*3 ${endAfter(3)} | ${FILE_A}`.bytes;
  for (let bit = 0; bit < file.length * 8; bit++) {
    const bad = file.slice();
    bad[bit >> 3]! ^= 0x80 >> (bit & 7);
    const verify = bit % 3 !== 0;
    const found = await decodeWith(nearPool(2, bit), pieces(bad, () => 40), { ...SMALL, verify });
    assertSame(found, decodeAlone([bad], { verify }), `bit ${bit}`);
  }
});

test("damage in large blocks is told from its place, after all good blocks", async () => {
  const file = compress(randomBytes(1_000_000, 7), { level: 1 });
  for (let i = 0; i < 12; i++) {
    const bad = file.slice();
    bad[5000 + i * 83_000]! ^= 1 << (i % 8);
    const expected = decodeAlone([bad]);
    assert.notEqual(expected.error, undefined);
    assertSame(await decodeWith(pool, pieces(bad, () => 65_536), i % 2 ? SMALL : {}), expected, `damage ${i}`);
  }
});

/** Unused selectors say nothing, so a block can hold any bits there that are ranks: those of a magic are. */
const BLOCK_WITH_MAGIC = bits`
  x314159265359 ${crcOf("a")}:32 0 0:24 ${MAP_OF_A}
  3:3 30:15 0 x314159265359 0
  (2:5 0 0 0)*3
  00 10`;

test("a magic within a block is not taken for a block", async () => {
  const file = bits`"BZh9" ${BLOCK_A} (${BLOCK_WITH_MAGIC})*3 ${BLOCK_A} ${endAfter(5)} |`.bytes;
  const expected = decodeAlone([file]);
  assert.equal(expected.error, undefined);
  assert.equal(expected.bytes.length, 5);
  for (const { name, chunks } of chunkings(file)) {
    assertSame(await decodeWith(nearPool(2, chunks.length), chunks, SMALL), expected, name);
  }
  assertSame(await decodeWith(pool, [file], SMALL), expected, "in threads");
});

test("a whole stream that lies in trailing bytes is not decoded, and thousands of magics there do no harm", async () => {
  const magics = bits`(x314159265359)*20000`.bytes;
  const file = concatBytes([compress(randomBytes(300_000, 1), { level: 1 }), utf8("rest"), FILE_A.bytes, magics]);
  for (const options of [{}, SMALL]) {
    assertSame(await decodeWith(pool, pieces(file, () => 9999), options), decodeAlone([file]), JSON.stringify(options));
  }
});

test("a reader that is slow stops the source, and gets everything", async () => {
  const file = compress(randomBytes(3_000_000, 5), { level: 1 });
  const chunks = pieces(file, () => 20_000);
  const source = sourceOf(chunks);
  const reader = source.stream.pipeThrough(parallelBzip2Decoder(pool, { lookahead: 3 })).getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const taken = source.taken();
  // Four pieces of about 100 kB, and what waits in the queues of the streams.
  assert.ok(taken * 20_000 < 700_000, `${taken} of ${chunks.length} chunks were taken`);
  let byteLength = 100_000;
  for (let next = await reader.read(); !next.done; next = await reader.read()) byteLength += next.value.length;
  assert.ok(byteLength >= 2_990_000);
});

test("cancelling stops the source and gives the workers up; the pool can be used again", async () => {
  const file = compress(randomBytes(2_000_000, 5), { level: 1 });
  let reason: unknown;
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(file),
    cancel: (why) => void (reason = why),
  });
  const reader = source.pipeThrough(parallelBzip2Decoder(pool)).getReader();
  await reader.read();
  await reader.cancel("enough");
  await setImmediate();
  assert.equal(reason, "enough");
  assertSame(await decodeWith(pool, [file]), decodeAlone([file]), "afterwards");
});

test("aborting fails the reader at once, also while a write waits for room", async () => {
  const file = compress(randomBytes(2_000_000, 5), { level: 1 });
  const { readable, writable } = parallelBzip2Decoder(pool, { lookahead: 1 });
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  const written = writer.write(file);
  written.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  const reason = new Error("stop");
  await writer.abort(reason);
  await assert.rejects(readable.getReader().read(), reason);
  await assert.rejects(written, reason);
});

test("a worker that ends is told with its place, after the good blocks", async () => {
  const file = compress(randomBytes(500_000, 5), { level: 1 });
  let tasks = 0;
  const failing = makePool(1, (onReply, onEnd) => {
    const good = nearPool(1, 1);
    return {
      post(task) {
        if (task.kind !== "decode" || ++tasks === 3) return onEnd(new Error("out of memory"));
        void good.run(task).then(onReply);
      },
      setBusy: () => {},
      end: () => {},
    };
  });
  const { values, error } = await collectStream(
    sourceOf([file]).stream.pipeThrough(parallelBzip2Decoder(failing, SMALL)),
  );
  assert.equal(values.length, 2);
  assert.ok(error instanceof WorkerError);
  assert.equal(error.code, "ENDED");
  const third = decodeChunks([file]).events.filter((event) => event.type === "block")[2]!;
  const { bitOffset, byteOffset } = third.type === "block" ? third.info : assert.fail();
  assert.deepEqual(error.place, { streamIndex: 0, blockIndex: 2, bitOffset, bytesBefore: byteOffset });
  assert.match(error.message, /out of memory \(block 2, stream 0, bit \d+\)$/);
});

test("a chunk that is no bytes is refused, and so is a look-ahead of nothing", async () => {
  const { writable, readable } = parallelBzip2Decoder(pool);
  const reader = readable.getReader();
  const read = assert.rejects(reader.read(), TypeError);
  await assert.rejects(writable.getWriter().write("text" as never), TypeError);
  await read;
  assert.throws(() => parallelBzip2Decoder(pool, { lookahead: 0 }), RangeError);
});
