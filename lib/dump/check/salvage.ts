/**
 * All that can be read of a bzip2 file, however damaged: good blocks in the order of the file, and between them what is wrong.
 *
 * From the start of a stream the file is decoded on the fast road, with workers if there are some. Where that fails, the next good
 * block is searched, and read from there on block by block up to the end of its stream.
 */
import type { Bytes, Level } from "../../bzip2/format.ts";
import { Bzip2Error } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { Bzip2DecoderStream, type DecoderStreamOptions } from "../../streams/bzip2-decoder-stream.ts";
import { parallelBzip2Decoder } from "../../streams/parallel-decoder.ts";
import { chunksOf, streamFrom } from "../../streams/stream-from.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import { type LocatedBlock, streamLevel } from "../blocks/block-access.ts";
import { BlockSearch } from "../blocks/block-search.ts";

/** What comes out of a file. */
export type SalvagePiece =
  /** The bytes are valid until the next piece is asked for. */
  | { readonly type: "block"; readonly blockIndex: number; readonly bitOffset: number; readonly bytes: Bytes }
  /** From `fromBit`, where something good ended, up to `resumeBit` nothing can be read; undefined: up to the end. */
  | {
    readonly type: "damage";
    readonly error: Bzip2Error;
    readonly fromBit: number;
    readonly resumeBit: number | undefined;
  }
  /** The file goes on after its last stream, with something else. */
  | { readonly type: "trailing"; readonly byteOffset: number; readonly byteLength: number };

/** How to read. */
export interface SalvageOptions {
  readonly pool?: WorkerPool | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told that what lies before a byte is not needed any more. */
  readonly onRelease?: ((byteOffset: number) => void) | undefined;
}

const HEADER_BYTES = 4;
/** Magic and checksum. */
const END_BITS = 48 + 32;
const READ_BYTES = 256 * 1024;
/** Bits that are searched for a block at a time. */
const SEARCH_BITS = 8 * 8 * 1024 * 1024;
/** Blocks of every level can be decoded with this one. */
const ANY_LEVEL: Level = 9;
/** Bytes before a block that are looked at again: the header of its stream. */
const LOOK_BACK_BYTES = 64;

/** Where to go on. */
type Road =
  | { readonly type: "stream"; readonly byteOffset: number }
  | { readonly type: "blocks"; readonly block: { readonly bitOffset: number; readonly level: Level } }
  | { readonly type: "error"; readonly error: Bzip2Error }
  | { readonly type: "rest"; readonly byteOffset: number }
  | undefined;

/** Reads a bzip2 file. Counts what it finds. */
export class Salvage {
  streams = 0;
  blocks = 0;
  readonly #source: ByteSource;
  readonly #options: SalvageOptions;
  readonly #search: BlockSearch;
  #bytesBefore = 0;
  /** Where the next block or end should begin. */
  #nextBit = 0;

  constructor(source: ByteSource, options: SalvageOptions = {}) {
    this.#source = source;
    this.#options = options;
    this.#search = new BlockSearch(source, options.signal);
  }

  /** All of the file. Errors are those of the source. */
  async *pieces(): AsyncGenerator<SalvagePiece, void, undefined> {
    let road: Road = { type: "stream", byteOffset: 0 };
    while (road !== undefined) {
      switch (road.type) {
        case "stream":
          road = yield* this.#decodeFrom(road.byteOffset);
          break;
        case "blocks":
          road = yield* this.#readBlocks(road.block);
          break;
        case "error":
          road = yield* this.#passDamage(road.error);
          break;
        case "rest":
          road = yield* this.#readRest(road.byteOffset);
      }
    }
  }

  /** The fast road, from the start of a stream to the end of the file or to damage. */
  async *#decodeFrom(start: number): AsyncGenerator<SalvagePiece, Road, undefined> {
    const found: number[] = [];
    let trailing: number | undefined;
    this.#nextBit = start * 8;
    const options: DecoderStreamOptions = {
      chunks: "borrowed",
      onBlock: ({ bitOffset, bitLength }) => {
        found.push(bitOffset);
        this.#nextBit = start * 8 + bitOffset + bitLength;
      },
      onEvent: (event) => {
        if (event.type === "stream") {
          this.streams++;
          this.#nextBit = (start + event.byteOffset + HEADER_BYTES) * 8;
        } else if (event.type === "end") this.#nextBit = (start + event.endByteOffset) * 8;
        else trailing = start + event.byteOffset;
      },
    };
    const { pool } = this.#options;
    const pair = pool === undefined ? new Bzip2DecoderStream(options) : parallelBzip2Decoder(pool, options);
    const packed = streamFrom(this.#chunksFrom(start));
    const before = this.blocks;
    try {
      for await (const bytes of chunksOf(packed.pipeThrough(pair))) {
        const bitOffset = start * 8 + found.shift()!;
        this.#release(bitOffset);
        yield this.#block(bitOffset, bytes);
      }
    } catch (error) {
      if (!(error instanceof Bzip2Error)) throw error;
      return { type: "error", error: this.#placed(error, start, before) };
    }
    return trailing === undefined ? undefined : { type: "rest", byteOffset: trailing };
  }

  /** Blocks from one in the middle of a stream to the end of that stream. */
  async *#readBlocks(at: { bitOffset: number; level: Level }): AsyncGenerator<SalvagePiece, Road, undefined> {
    this.#nextBit = at.bitOffset;
    try {
      for await (const block of this.#search.access.blocksFrom(at, { isStreamOnly: true })) {
        this.#nextBit = block.bitOffset + block.bitLength;
        this.#release(block.bitOffset);
        yield this.#block(block.bitOffset, block.bytes);
      }
    } catch (error) {
      if (!(error instanceof Bzip2Error)) throw error;
      return { type: "error", error: this.#placed(error, 0, 0) };
    }
    return await this.#roadAt(Math.ceil((this.#nextBit + END_BITS) / 8));
  }

  async #roadAt(byteOffset: number): Promise<Road> {
    const header = await this.#read(byteOffset, byteOffset + HEADER_BYTES);
    if (header.length === 0) return undefined;
    // What the end of the file cuts may be a header: the decoder says so.
    const isStream = header.length < HEADER_BYTES || streamLevel(header) !== undefined;
    return isStream ? { type: "stream", byteOffset } : { type: "rest", byteOffset };
  }

  /** Looks for the next good block after damage. */
  async *#passDamage(error: Bzip2Error): AsyncGenerator<SalvagePiece, Road, undefined> {
    const fromBit = this.#nextBit;
    if (error.code === "STREAM_CRC") {
      // All blocks were good one by one: what is wrong is the sum, or one of them is not there.
      const byteOffset = Math.ceil((fromBit + END_BITS) / 8);
      yield { type: "damage", error, fromBit, resumeBit: byteOffset * 8 };
      return await this.#roadAt(byteOffset);
    }
    const block = await this.#misjudged(error, fromBit) ?? await this.#nextBlock(fromBit);
    const header = block === undefined ? undefined : await this.#headerBefore(block.bitOffset);
    const isAtHeader = header !== undefined && header * 8 > fromBit;
    yield { type: "damage", error, fromBit, resumeBit: isAtHeader ? header * 8 : block?.bitOffset };
    if (block === undefined) return undefined;
    return isAtHeader ? { type: "stream", byteOffset: header } : { type: "blocks", block };
  }

  /** What follows the last stream: junk, or streams whose beginning is damaged. */
  async *#readRest(byteOffset: number): AsyncGenerator<SalvagePiece, Road, undefined> {
    if (await this.#nextBlock(byteOffset * 8) !== undefined) {
      const message = "More blocks follow, but no stream starts here: its header is damaged";
      this.#nextBit = byteOffset * 8;
      return { type: "error", error: this.#error("BAD_MAGIC", message, byteOffset * 8) };
    }
    let end = byteOffset;
    if (Number.isFinite(this.#source.size)) end = this.#source.size;
    else for (let chunk = 1; chunk > 0; end += chunk) chunk = (await this.#read(end, end + READ_BYTES)).length;
    yield { type: "trailing", byteOffset, byteLength: end - byteOffset };
    return undefined;
  }

  /** A block that is good, only bigger than the header of its stream says. */
  async #misjudged(error: Bzip2Error, bitOffset: number): Promise<LocatedBlock | undefined> {
    if (error.code !== "BLOCK_TOO_LONG" && error.code !== "BAD_ORIGIN") return undefined;
    try {
      return await this.#search.access.read({ bitOffset, level: ANY_LEVEL });
    } catch (failure) {
      if (failure instanceof Bzip2Error) return undefined;
      throw failure;
    }
  }

  async #nextBlock(fromBit: number): Promise<LocatedBlock | undefined> {
    for (let bit = fromBit;; bit += SEARCH_BITS) {
      const block = await this.#search.nextBlock(bit, bit + SEARCH_BITS, ANY_LEVEL);
      if (block !== undefined) return block;
      if (
        (await this.#read(Math.floor((bit + SEARCH_BITS) / 8), Math.floor((bit + SEARCH_BITS) / 8) + 1)).length === 0
      ) {
        return undefined;
      }
      this.#release(bit);
    }
  }

  /** The byte where the header stands right before a block; undefined if there is none. */
  async #headerBefore(bitOffset: number): Promise<number | undefined> {
    const byteOffset = bitOffset / 8 - HEADER_BYTES;
    if (!Number.isInteger(byteOffset) || byteOffset < 0) return undefined;
    const header = await this.#read(byteOffset, byteOffset + HEADER_BYTES);
    return streamLevel(header) === undefined ? undefined : byteOffset;
  }

  #block(bitOffset: number, bytes: Bytes): SalvagePiece {
    this.#bytesBefore += bytes.length;
    return { type: "block", blockIndex: this.blocks++, bitOffset, bytes };
  }

  /** The error with its place in the file. */
  #placed(error: Bzip2Error, start: number, blocksBefore: number): Bzip2Error {
    const what = error.message.replace(/ \([^()]*bit \d+\)$/, "");
    const isFirst = start === 0 && blocksBefore === 0 && error.streamIndex >= 0;
    return isFirst ? error : this.#error(error.code, what, start * 8 + error.bitOffset, error.remedy);
  }

  #error(code: Bzip2Error["code"], message: string, bitOffset: number, remedy = "Fetch the file again"): Bzip2Error {
    const place = { bitOffset, streamIndex: this.streams - 1, blockIndex: this.blocks, bytesBefore: this.#bytesBefore };
    return new Bzip2Error(code, `${message} (block ${this.blocks}, bit ${bitOffset})`, place, { remedy });
  }

  #release(bitOffset: number): void {
    this.#options.onRelease?.(Math.max(0, Math.floor(bitOffset / 8) - LOOK_BACK_BYTES));
  }

  #read(start: number, end: number): Promise<Uint8Array> {
    return this.#source.read(start, end, { signal: this.#options.signal });
  }

  async *#chunksFrom(start: number): AsyncGenerator<Uint8Array, void, undefined> {
    yield* sourceChunks(this.#source, { start, signal: this.#options.signal });
  }
}

/** A source from a byte to its end, also when its size is not known before. */
export async function* sourceChunks(
  source: ByteSource,
  options: { readonly start: number; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { signal } = options;
  let ahead: Promise<Uint8Array> | undefined;
  for (let start = options.start;; start += READ_BYTES) {
    signal?.throwIfAborted();
    const bytes = await (ahead ?? source.read(start, start + READ_BYTES, { signal }));
    if (bytes.length === 0) return;
    // While these bytes are used, the next ones are read.
    ahead = source.read(start + READ_BYTES, start + 2 * READ_BYTES, { signal });
    ahead.catch(() => {});
    yield bytes;
    if (bytes.length < READ_BYTES) return;
  }
}
