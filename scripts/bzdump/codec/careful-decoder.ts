/**
 * Decoding that does not take lost streams for junk.
 *
 * bzip2 ignores what follows the last stream if it is no stream. Damage to three bytes, the header of a stream in the middle of a
 * file, turns all that follows into such junk. Here a block after the last stream is an error.
 *
 *     data → magics are noted → decoder, here or in the threads of a pool → plain bytes
 */
import { findMagicBackward } from "../../../lib/bits/bit-search.ts";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import type { DecoderEvent } from "../../../lib/bzip2/decoder.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, type BlockInfo, type Bytes } from "../../../lib/bzip2/format.ts";
import { Bzip2Error } from "../../../lib/errors.ts";
import { Bzip2DecoderStream, type DecoderStreamOptions } from "../../../lib/streams/bzip2-decoder-stream.ts";
import { parallelBzip2Decoder } from "../../../lib/streams/parallel-decoder.ts";
import type { WorkerPool } from "../../../lib/streams/worker-pool.ts";
import { through } from "../io/through.ts";

/** A magic that begins in the last bytes of a chunk ends in the next one. */
const KEPT_BYTES = 6;

/** Whose the chunks are, how many are gathered, and who wants to hear what was found, as for the decoders of the library. */
export type CarefulOptions = Pick<DecoderStreamOptions, "chunks" | "onBlock" | "onEvent"> & {
  readonly pieceBytes?: number;
};

/**
 * The plain bytes of bzip2 data, one chunk for each block; decoded by the pool, or without one here.
 *
 * All good bytes come before an error, also before one of the data's source. Fails with Bzip2Error BAD_MAGIC, among others, when
 * blocks follow the last stream.
 */
export function decodeCarefully(
  data: ReadableStream<Uint8Array>,
  pool: WorkerPool | undefined,
  options: CarefulOptions = {},
): AsyncGenerator<Bytes, void, undefined> {
  return new CarefulDecoding(options).decode(data, pool);
}

class CarefulDecoding {
  readonly #options: CarefulOptions;
  readonly #counts = { streams: 0, blocks: 0, bytes: 0 };
  #tail: Uint8Array = new Uint8Array();
  #byteLength = 0;
  /** Where the last magic of a block is. */
  #lastMagicBit = -1;

  constructor(options: CarefulOptions) {
    this.#options = options;
  }

  async *decode(
    data: ReadableStream<Uint8Array>,
    pool: WorkerPool | undefined,
  ): AsyncGenerator<Bytes, void, undefined> {
    const options: DecoderStreamOptions = {
      chunks: this.#options.chunks ?? "own",
      onBlock: (info) => this.#takeBlock(info),
      onEvent: (event) => this.#take(event),
    };
    const pair = pool === undefined
      ? new Bzip2DecoderStream(options)
      : parallelBzip2Decoder(pool, { ...options, ...this.#gathering(), lookahead: pool.size + 1 });
    yield* through(data, pair, {
      onFailure: "end",
      onChunk: (chunk) => this.#search(chunk),
      // Of a source that fails before its first byte, the decoder says that it is empty.
      isEndMissed: (error) => error instanceof Bzip2Error && (error.code === "TRUNCATED" || this.#byteLength === 0),
    });
  }

  #gathering(): { readonly pieceBytes?: number } {
    const { pieceBytes } = this.#options;
    return pieceBytes === undefined ? {} : { pieceBytes };
  }

  #takeBlock(info: BlockInfo): void {
    this.#counts.blocks++;
    this.#counts.bytes += info.byteLength;
    this.#options.onBlock?.(info);
  }

  #take(event: Exclude<DecoderEvent, { type: "block" }>): void {
    if (event.type === "stream") this.#counts.streams++;
    if (event.type === "trailing" && this.#lastMagicBit >= event.byteOffset * 8) throw this.#lost(event.byteOffset);
    this.#options.onEvent?.(event);
  }

  #search(chunk: Uint8Array): void {
    const edge = concatBytes([this.#tail, chunk.subarray(0, KEPT_BYTES)]);
    const inChunk = lastMagic(chunk);
    const inEdge = inChunk < 0 ? lastMagic(edge) : -1;
    if (inChunk >= 0) this.#lastMagicBit = this.#byteLength * 8 + inChunk;
    else if (inEdge >= 0) this.#lastMagicBit = (this.#byteLength - this.#tail.length) * 8 + inEdge;
    this.#byteLength += chunk.length;
    this.#tail = (chunk.length < KEPT_BYTES ? edge : chunk).slice(-KEPT_BYTES);
  }

  #lost(byteOffset: number): Bzip2Error {
    const { streams, blocks, bytes } = this.#counts;
    const place = { bitOffset: byteOffset * 8, streamIndex: streams, blockIndex: blocks, bytesBefore: bytes };
    const where = `block ${blocks}, stream ${streams}, bit ${byteOffset * 8}`;
    const message = `More blocks follow, but no stream starts here: its header is damaged (${where})`;
    return new Bzip2Error("BAD_MAGIC", message, place, {
      remedy: "Fetch the file again, or take pages from behind the damage with bzdump pages",
    });
  }
}

function lastMagic(bytes: Uint8Array): number {
  return findMagicBackward(bytes, BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, 0, bytes.length * 8);
}
