/** `chunks: "borrowed"`: a reader that copies each chunk before it asks for the next one gets the same bytes, from little memory. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { after, test } from "node:test";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { Bzip2Decoder } from "../../lib/bzip2/decoder.ts";
import { Bzip2Encoder } from "../../lib/bzip2/encoder.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { createWorkerPool } from "../../lib/host/worker-pool.ts";
import { Bzip2DecoderStream } from "../../lib/streams/bzip2-decoder-stream.ts";
import { Bzip2EncoderStream } from "../../lib/streams/bzip2-encoder-stream.ts";
import { parallelBzip2Decoder } from "../../lib/streams/parallel-decoder.ts";
import { parallelBzip2Encoder } from "../../lib/streams/parallel-encoder.ts";
import { chunksOf } from "../../lib/streams/stream-from.ts";
import { pieces } from "../support/chunkings.ts";
import { utf8 } from "../support/collect.ts";
import { randomBytes } from "../support/hard-inputs.ts";
import { nearPool } from "../support/near-pool.ts";

const pool = createWorkerPool({ size: 2 });
after(() => pool.close());

const PLAIN = concatBytes([
  randomBytes(450_000, 1),
  utf8("some text, and again. ".repeat(60_000)),
  randomBytes(300_000, 2),
]);
/** Streams of many levels, of many small blocks and of few. */
const FILE = concatBytes(
  [1, 9, 2].map((level) => compress(PLAIN, { level: level as 1 })).concat(compress(utf8("small")), compress(utf8(""))),
);
const EXPECTED = concatBytes([PLAIN, PLAIN, PLAIN, utf8("small")]);

/** Reads a stream whose chunks are borrowed; the buffers they were in. */
async function copyOf(
  pair: ReadableWritablePair<Uint8Array, Uint8Array>,
  input: Uint8Array,
  chunkBytes: number,
): Promise<{ bytes: Uint8Array; buffers: Set<ArrayBufferLike> }> {
  const copies: Uint8Array[] = [];
  const buffers = new Set<ArrayBufferLike>();
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces(input, () => chunkBytes)) controller.enqueue(piece);
      controller.close();
    },
  });
  for await (const chunk of chunksOf(source.pipeThrough(pair))) {
    copies.push(chunk.slice());
    buffers.add(chunk.buffer);
    // Who asks late must find the same bytes.
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(Buffer.compare(chunk, copies.at(-1)!), 0);
  }
  return { bytes: concatBytes(copies), buffers };
}

for (const chunkBytes of [1000, 65_536, 300_000, 5_000_000]) {
  test(`decoding from chunks of ${chunkBytes} bytes, with one thread and with workers`, async () => {
    const pairs: [string, ReadableWritablePair<Uint8Array, Uint8Array>][] = [
      ["one thread", new Bzip2DecoderStream({ chunks: "borrowed" })],
      ["workers", parallelBzip2Decoder(pool, { chunks: "borrowed" })],
      ["near workers", parallelBzip2Decoder(nearPool(3, chunkBytes), { chunks: "borrowed", pieceBytes: 1 })],
    ];
    for (const [name, pair] of pairs) {
      const { bytes } = await copyOf(pair, FILE, chunkBytes);
      assert.equal(Buffer.compare(bytes, EXPECTED), 0, name);
    }
  });

  test(`encoding from chunks of ${chunkBytes} bytes, with one thread and with workers`, async () => {
    const expected = compress(PLAIN, { level: 1 });
    const options = { chunks: "borrowed", level: 1 } as const;
    for (
      const pair of [
        new Bzip2EncoderStream(options),
        parallelBzip2Encoder(pool, options),
        parallelBzip2Encoder(nearPool(3, chunkBytes), options),
      ]
    ) {
      const { bytes } = await copyOf(pair, PLAIN, chunkBytes);
      assert.equal(Buffer.compare(bytes, expected), 0);
    }
  });
}

test("a codec that lends its chunks uses one buffer for blocks of one size", () => {
  const decoder = new Bzip2Decoder({ chunks: "borrowed" });
  const buffers = new Set<ArrayBufferLike>();
  for (const event of decoder.push(compress(randomBytes(900_000, 3), { level: 2 }))) {
    if (event.type === "block") buffers.add(event.bytes.buffer);
  }
  assert.equal(buffers.size, 1);
  const encoder = new Bzip2Encoder({ level: 1, chunks: "borrowed" });
  const outputs = new Set<ArrayBufferLike>();
  for (const bytes of encoder.push(randomBytes(2_000_000, 4))) outputs.add(bytes.buffer);
  assert.ok(outputs.size <= 2, `${outputs.size} buffers`);
});

test("workers get the memory of blocks back: many blocks, few buffers", async () => {
  const file = compress(randomBytes(6_000_000, 5), { level: 2 });
  const { buffers } = await copyOf(parallelBzip2Decoder(nearPool(2, 5), { chunks: "borrowed" }), file, 65_536);
  assert.ok(buffers.size <= 12, `${buffers.size} buffers for 30 blocks`);
});
