/** The bzip2 decoder over a pool of workers, as streams: blocks are decoded out of order and come out in order. */
import { BufferStore } from "../bits/buffer-store.ts";
import { Bzip2Decoder, type DecoderEvent } from "../bzip2/decoder.ts";
import type { Bytes } from "../bzip2/format.ts";
import { type AheadCodec, aheadPair } from "./ahead-pair.ts";
import type { DecoderStreamOptions } from "./bzip2-decoder-stream.ts";
import { FarBlocks } from "./far-blocks.ts";
import { WorkerError } from "./worker-error.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** How to decode with workers. */
export interface ParallelDecoderOptions extends DecoderStreamOptions {
  /**
   * The most pieces (mostly one block each) that workers are ahead of the reader.
   *
   * @default {the size of the pool, and two; with one worker, and one}
   */
  lookahead?: number | undefined;
  /**
   * Small blocks go to a worker together, at least so many compressed bytes.
   *
   * @default {16384}
   */
  pieceBytes?: number | undefined;
}

/** Compressed bytes that wait for the decoder, per piece of look-ahead. */
const WAITING_BYTES = 1024 * 1024;
const NO_BYTES: Bytes = new Uint8Array(0);

/**
 * Decompresses what is piped through it, with the workers of a pool: the twin of `Bzip2DecoderStream`, with the same chunks,
 * events and errors.
 *
 * Blocks are found by their first 48 bits. Where these are not what they seem, or a block is bad, it is decoded again here. A file of
 * less than 16 KiB, or of one block, starts no worker. A reader that is slow stops the workers, then the
 * source. Cancelling the readable side or aborting the writable side ends the workers that are busy with it; the pool stays usable.
 *
 * @throws {RangeError} if `lookahead` is not a whole number of at least 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createWorkerPool } from "../host/worker-pool.ts";
 * import { compress } from "../bzip2/compress.ts";
 * import { parallelBzip2Decoder } from "./parallel-decoder.ts";
 *
 * const pool = createWorkerPool();
 * const file = new Blob([compress(new TextEncoder().encode("some text"))]);
 * const plain = file.stream().pipeThrough(parallelBzip2Decoder(pool));
 * assert.equal(await new Response(plain).text(), "some text");
 * await pool.close();
 * ```
 */
export function parallelBzip2Decoder(
  pool: WorkerPool,
  options: ParallelDecoderOptions = {},
): ReadableWritablePair<Bytes, Uint8Array> {
  const { lookahead = pool.size + Math.min(pool.size, 2), pieceBytes = 16_384 } = options;
  if (!Number.isInteger(lookahead) || lookahead < 1) {
    throw new RangeError(`lookahead must be at least 1, not ${lookahead}`);
  }
  return aheadPair((onChange) => new ParallelDecoding(pool, { ...options, lookahead, pieceBytes }, onChange));
}

class ParallelDecoding implements AheadCodec<Bytes> {
  readonly #blocks: FarBlocks;
  readonly #decoder: Bzip2Decoder;
  readonly #options: ParallelDecoderOptions;
  readonly #maxWaitingBytes: number;
  /** Input that the decoder has not got yet. */
  #waiting: Bytes[] = [];
  #waitingBytes = 0;
  /** Input that the decoder has, and may still read. */
  #fed: Bytes[] = [];
  readonly #inputStore: BufferStore;
  #events: Iterator<DecoderEvent, void> | undefined;
  #isEnded = false;
  #isFinished = false;
  /** Where the last events were, for errors of workers. */
  readonly #place = { streamIndex: 0, blockIndex: 0, bytesBefore: 0 };

  constructor(
    pool: WorkerPool,
    options: ParallelDecoderOptions & { lookahead: number; pieceBytes: number },
    onChange: () => void,
  ) {
    this.#options = options;
    this.#blocks = new FarBlocks(pool, options, onChange);
    this.#decoder = new Bzip2Decoder(options, this.#blocks);
    this.#maxWaitingBytes = WAITING_BYTES * options.lookahead;
    this.#inputStore = new BufferStore(32 * options.lookahead);
  }

  get hasRoom(): boolean {
    return this.#blocks.hasRoom && this.#waitingBytes < this.#maxWaitingBytes;
  }

  take(chunk: Uint8Array): void {
    this.#blocks.push(chunk);
    const copy = this.#inputStore.take(chunk.length);
    copy.set(chunk);
    this.#waiting.push(copy);
    this.#waitingBytes += chunk.length;
  }

  end(): void {
    this.#blocks.end();
    this.#isEnded = true;
  }

  next(): Bytes | "wait" | "done" {
    for (;;) {
      const event = this.#nextEvent();
      if (typeof event === "string") return event;
      this.#note(event);
      if (event.type === "block") {
        this.#options.onBlock?.(event.info);
        return event.bytes;
      }
      this.#options.onEvent?.(event);
    }
  }

  giveUp(reason: unknown): void {
    this.#blocks.giveUp(reason);
  }

  #nextEvent(): DecoderEvent | "wait" | "done" {
    for (;;) {
      this.#events ??= this.#nextEvents();
      if (this.#events === undefined) return "wait";
      const step = this.#step(this.#events);
      if (step.done !== true) return step.value;
      this.#events = undefined;
      if (this.#blocks.isWaiting) return "wait";
      if (!this.#blocks.isHolding) this.#fed.splice(0).forEach((chunk) => this.#inputStore.give(chunk));
      if (this.#waiting.length > 0) continue;
      // The decoder has read all that there is, so it is behind whatever was found there.
      this.#blocks.forget();
      if (this.#isFinished) return "done";
    }
  }

  /** What comes of more input, or of an answer for which the decoder waited. */
  #nextEvents(): Iterator<DecoderEvent, void> | undefined {
    if (this.#isFinished) return this.#decoder.finish();
    if (this.#blocks.isWaiting) return this.#decoder.push(NO_BYTES);
    const chunk = this.#waiting.shift();
    if (chunk !== undefined) {
      this.#waitingBytes -= chunk.length;
      this.#fed.push(chunk);
      return this.#decoder.push(chunk);
    }
    if (!this.#isEnded) return undefined;
    this.#isFinished = true;
    return this.#decoder.finish();
  }

  /** One step; an error of a worker gets the place where the decoder stands. */
  #step(events: Iterator<DecoderEvent, void>): IteratorResult<DecoderEvent, void> {
    try {
      return events.next();
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      const place = { ...this.#place, bitOffset: this.#blocks.bitOffset };
      const { blockIndex, streamIndex, bitOffset } = place;
      const message = `${error.message} (block ${blockIndex}, stream ${streamIndex}, bit ${bitOffset})`;
      throw new WorkerError(error.code, message, { place, cause: error.cause });
    }
  }

  #note(event: DecoderEvent): void {
    if (event.type === "stream") this.#place.streamIndex = event.streamIndex;
    else if (event.type === "block") {
      this.#place.blockIndex = event.info.blockIndex + 1;
      this.#place.bytesBefore = event.info.byteOffset + event.info.byteLength;
    } else if (event.type === "end" && this.#options.multistream === false) this.#blocks.stop();
  }
}
