/** The bzip2 encoder as a stream of the platform: plain bytes in, one chunk of bzip2 out for each block. */
import { Bzip2Encoder, type EncoderOptions } from "../bzip2/encoder.ts";
import type { Bytes } from "../bzip2/format.ts";
import { pullPair } from "./pull-pair.ts";

/**
 * Compresses what is piped through it to one bzip2 stream.
 *
 * Up to a block (900,000 bytes at level 9) is held back until it is full or the input ends. Blocks are made when the reader
 * asks, also those of one big chunk. If the input fails, nothing more comes out and the output is cut: it fails, too.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Bzip2EncoderStream, decompress } from "wikidump";
 *
 * const plain = new Blob(["some ", "text"]).stream();
 * const packed = await new Response(plain.pipeThrough(new Bzip2EncoderStream({ level: 5 }))).arrayBuffer();
 * assert.equal(new TextDecoder().decode(decompress(new Uint8Array(packed))), "some text");
 * ```
 */
export class Bzip2EncoderStream implements ReadableWritablePair<Bytes, Uint8Array> {
  /** The compressed bytes. */
  readonly readable: ReadableStream<Bytes>;
  /** Takes plain bytes. A write is done when all blocks that it completes have been read. */
  readonly writable: WritableStream<Uint8Array>;

  /** @throws {RangeError} if the level is not a whole number from 1 to 9. */
  constructor(options: EncoderOptions = {}) {
    const { readable, writable } = pullPair<Uint8Array, Bytes>(new Bzip2Encoder(options));
    this.readable = readable;
    this.writable = writable;
  }
}
