/**
 * The encoder without input and output: bytes are pushed in, bzip2 comes out as soon as a block is full.
 *
 *     rle1-encode.ts → block-encoder.ts → stream-writer.ts
 *
 * The output depends on the bytes and on the level only, never on how the bytes were cut into chunks.
 */
import { borrowedRoom, freshRoom } from "../bits/buffer-store.ts";
import { requireBytes } from "../bits/require-bytes.ts";
import { BlockEncoder } from "./block-encoder.ts";
import { checkLevel } from "./check-level.ts";
import type { Bytes, Level } from "./format.ts";
import { RunLengthEncoder } from "./rle1-encode.ts";
import { StreamWriter } from "./stream-writer.ts";

/** How to compress. */
export interface EncoderOptions {
  /**
   * The block size, in steps of 100,000 bytes: 1 to 9. More compresses better and takes more memory.
   *
   * @default {9}
   */
  level?: Level | undefined;
  /**
   * "own": what comes out is yours, each piece in a buffer of its own. "borrowed": a piece is valid only until the next one is
   * asked for; a program that is through with it by then needs less memory.
   *
   * @default {"own"}
   */
  chunks?: "own" | "borrowed";
}

/**
 * Compresses to bzip2, without streams or promises.
 *
 * Its memory grows with the largest block and is kept from one stream to the next. Measured 2026-11 at level 9: 19 MB for
 * text, 29 MB at most (random bytes that repeat within a block).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Bzip2Encoder, decompress } from "wikidump";
 *
 * const encoder = new Bzip2Encoder({ level: 9 });
 * const plain = new TextEncoder().encode("the quick brown fox");
 * const parts = [...encoder.push(plain), ...encoder.finish()];
 * const file = new Uint8Array(await new Blob(parts).arrayBuffer());
 * assert.deepEqual(decompress(file), plain);
 * ```
 */
export class Bzip2Encoder {
  readonly #runs: RunLengthEncoder;
  readonly #blocks = new BlockEncoder();
  readonly #writer: StreamWriter;
  /** For the bits of a block, which are copied into the stream at once. */
  readonly #makeBlockRoom = borrowedRoom();
  /** What was pushed and is not in a block yet: mostly one chunk. */
  readonly #chunks: Uint8Array[] = [];
  /** Bytes of the first chunk that are in a block. */
  #used = 0;

  /** @throws {RangeError} if the level is not a whole number from 1 to 9. */
  constructor(options: EncoderOptions = {}) {
    const { level: wanted = 9, chunks = "own" } = options;
    const level = checkLevel(wanted);
    this.#runs = new RunLengthEncoder(level);
    this.#writer = new StreamWriter(level, { makeRoom: chunks === "own" ? freshRoom : borrowedRoom() });
  }

  /**
   * Takes bytes in, and gives what can be written already. The chunk is free again once the generator is at its end; what a
   * generator did not give, because it was left early, the next one gives.
   */
  push(chunk: Uint8Array): Generator<Bytes, void, undefined> {
    requireBytes(chunk, "A chunk to compress");
    this.#chunks.push(chunk);
    return this.#drive();
  }

  /**
   * Ends the stream, on a byte; what is pushed next begins another one. A stream into which nothing was
   * pushed is the 14 bytes that bzip2 writes for no input.
   */
  *finish(): Generator<Bytes, void, undefined> {
    yield* this.#drive();
    this.#runs.flush();
    if (!this.#runs.isEmpty) yield this.#encodeBlock();
    yield this.#writer.end();
  }

  *#drive(): Generator<Bytes, void, undefined> {
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      while (this.#used < chunk.length) {
        this.#used = this.#runs.push(chunk, this.#used);
        if (this.#runs.isFull) yield this.#encodeBlock();
      }
      this.#chunks.shift();
      this.#used = 0;
    }
  }

  #encodeBlock(): Bytes {
    const block = this.#blocks.encode(this.#runs.block, this.#runs.crc, this.#makeBlockRoom);
    this.#runs.clear();
    return this.#writer.add(block);
  }
}
