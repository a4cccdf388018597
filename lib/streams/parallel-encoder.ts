/** The bzip2 encoder over a pool of workers, as streams: blocks are encoded at the same time and put together in order. */
import { borrowedRoom, BufferStore, freshRoom } from "../bits/buffer-store.ts";
import { BlockEncoder, type EncodedBlock } from "../bzip2/block-encoder.ts";
import { checkLevel } from "../bzip2/check-level.ts";
import type { EncoderOptions } from "../bzip2/encoder.ts";
import type { Bytes } from "../bzip2/format.ts";
import { RunLengthEncoder } from "../bzip2/rle1-encode.ts";
import { StreamWriter } from "../bzip2/stream-writer.ts";
import { type AheadCodec, aheadPair } from "./ahead-pair.ts";
import { TaskGroup } from "./task-group.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** How to compress with workers. */
export interface ParallelEncoderOptions extends EncoderOptions {
  /**
   * The most blocks that workers are ahead of the reader.
   *
   * @default {the size of the pool, and one}
   */
  lookahead?: number | undefined;
}

/**
 * Compresses what is piped through it to one bzip2 stream, with the workers of a pool: the twin of `Bzip2EncoderStream`. Its
 * output is the same, byte for byte.
 *
 * Less than a block is compressed here, without a worker. A reader that is slow stops the workers, then the source.
 * Cancelling the readable side or aborting the writable side ends the workers that are busy with it; the pool stays usable.
 *
 * @throws {RangeError} if the level is not a whole number from 1 to 9, or `lookahead` is less than 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createWorkerPool } from "../host/worker-pool.ts";
 * import { decompress } from "../bzip2/whole.ts";
 * import { parallelBzip2Encoder } from "./parallel-encoder.ts";
 *
 * const pool = createWorkerPool();
 * const plain = new Blob(["some ", "text"]).stream();
 * const packed = await new Response(plain.pipeThrough(parallelBzip2Encoder(pool, { level: 9 }))).arrayBuffer();
 * assert.equal(new TextDecoder().decode(decompress(new Uint8Array(packed))), "some text");
 * await pool.close();
 * ```
 */
export function parallelBzip2Encoder(
  pool: WorkerPool,
  options: ParallelEncoderOptions = {},
): ReadableWritablePair<Bytes, Uint8Array> {
  const { lookahead = pool.size + 1 } = options;
  if (!Number.isInteger(lookahead) || lookahead < 1) {
    throw new RangeError(`lookahead must be at least 1, not ${lookahead}`);
  }
  return aheadPair((onChange) => new ParallelEncoding(pool, { ...options, lookahead }, onChange));
}

/** A block that a worker has or had. */
interface FarBlock {
  encoded: EncodedBlock | undefined;
  failure: { readonly error: unknown } | undefined;
}

class ParallelEncoding implements AheadCodec<Bytes> {
  readonly #tasks: TaskGroup;
  readonly #lookahead: number;
  readonly #onChange: () => void;
  readonly #runs: RunLengthEncoder;
  readonly #writer: StreamWriter;
  /** Memory of blocks and of their bits, on its way back to the workers. */
  readonly #blockStore: BufferStore;
  readonly #bitsStore: BufferStore;
  /** In the order of the stream. */
  readonly #blocks: FarBlock[] = [];
  #hasUsedWorkers = false;
  #isEnded = false;
  #isWritten = false;

  constructor(pool: WorkerPool, options: ParallelEncoderOptions & { lookahead: number }, onChange: () => void) {
    const level = checkLevel(options.level ?? 9);
    this.#tasks = new TaskGroup(pool);
    this.#lookahead = options.lookahead;
    this.#onChange = onChange;
    this.#runs = new RunLengthEncoder(level);
    this.#writer = new StreamWriter(level, { makeRoom: options.chunks === "borrowed" ? borrowedRoom() : freshRoom });
    this.#blockStore = new BufferStore(pool.size);
    this.#bitsStore = new BufferStore(pool.size);
  }

  get hasRoom(): boolean {
    return this.#blocks.length < this.#lookahead;
  }

  take(chunk: Uint8Array): void {
    for (let start = 0; start < chunk.length;) {
      start = this.#runs.push(chunk, start);
      if (this.#runs.isFull) this.#send();
    }
  }

  end(): void {
    this.#runs.flush();
    this.#isEnded = true;
    if (this.#runs.isEmpty) return;
    if (this.#hasUsedWorkers) this.#send();
    else {this.#blocks.push({
        encoded: new BlockEncoder().encode(this.#runs.block, this.#runs.crc),
        failure: undefined,
      });}
  }

  next(): Bytes | "wait" | "done" {
    const first = this.#blocks[0];
    if (first !== undefined) {
      if (first.failure !== undefined) throw first.failure.error;
      if (first.encoded === undefined) return "wait";
      this.#blocks.shift();
      const bytes = this.#writer.add(first.encoded);
      this.#bitsStore.give(first.encoded.bits);
      return bytes;
    }
    if (!this.#isEnded) return "wait";
    if (this.#isWritten) return "done";
    this.#isWritten = true;
    return this.#writer.end();
  }

  giveUp(reason: unknown): void {
    this.#tasks.giveUp(reason);
  }

  #send(): void {
    const runs = this.#runs;
    const block: FarBlock = { encoded: undefined, failure: undefined };
    const copy = this.#blockStore.take(runs.block.length);
    copy.set(runs.block);
    const task = { kind: "encode", block: copy, crc: runs.crc, room: this.#bitsStore.takeAny() } as const;
    runs.clear();
    this.#hasUsedWorkers = true;
    this.#blocks.push(block);
    this.#tasks.run(task).then((answer) => {
      block.encoded = answer;
      this.#blockStore.give(answer.block);
      this.#onChange();
    }, (error: unknown) => {
      block.failure = { error };
      this.#onChange();
    });
  }
}
