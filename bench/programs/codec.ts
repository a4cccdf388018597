/**
 * Decodes or encodes a file to stdout: `codec.mjs decode|encode THREADS FILE`. With 0 threads without streams, as small as can be;
 * else with the streams of the library over a pool.
 */
import { openSync, readSync, writeSync } from "node:fs";
import process from "node:process";
import { Bzip2Decoder } from "../../lib/bzip2/decoder.ts";
import { Bzip2Encoder } from "../../lib/bzip2/encoder.ts";
import { keepHeapSmall } from "../../lib/host/small-heap.ts";
import { createWorkerPool } from "../../lib/host/worker-pool.ts";
import { parallelBzip2Decoder } from "../../lib/streams/parallel-decoder.ts";
import { parallelBzip2Encoder } from "../../lib/streams/parallel-encoder.ts";
import { tellMemory } from "./tell-memory.ts";

const [what, threads, path] = process.argv.slice(2);
const input = openSync(path!, "r");

/** As `bzdump` does it: what was read and written is used again. */
const room = new Uint8Array(256 * 1024);
const options = { chunks: "borrowed" } as const;

function nextChunk(): Uint8Array<ArrayBuffer> {
  return room.subarray(0, readSync(input, room));
}

function write(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}

function* decode(): Generator<Uint8Array, void, undefined> {
  const decoder = new Bzip2Decoder(options);
  for (let chunk = nextChunk(); chunk.length > 0; chunk = nextChunk()) {
    for (const event of decoder.push(chunk)) if (event.type === "block") yield event.bytes;
  }
  for (const event of decoder.finish()) if (event.type === "block") yield event.bytes;
}

function* encode(): Generator<Uint8Array, void, undefined> {
  const encoder = new Bzip2Encoder({ ...options, level: 9 });
  for (let chunk = nextChunk(); chunk.length > 0; chunk = nextChunk()) yield* encoder.push(chunk);
  yield* encoder.finish();
}

if (threads === "0") {
  for (const bytes of what === "decode" ? decode() : encode()) write(bytes);
} else {
  keepHeapSmall();
  const pool = createWorkerPool({ size: Number(threads) });
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = nextChunk();
      if (chunk.length === 0) controller.close();
      else controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
  const pair = what === "decode"
    ? parallelBzip2Decoder(pool, options)
    : parallelBzip2Encoder(pool, { ...options, level: 9 });
  for await (const bytes of source.pipeThrough(pair)) write(bytes);
  await pool.close();
}
tellMemory();
