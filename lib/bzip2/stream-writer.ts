/**
 * Puts encoded blocks together to a stream: the header, the blocks bit by bit behind each other, the combined checksum.
 *
 * Bytes come out as soon as they are whole. Blocks must come in order, whoever encoded them.
 */
import { freshRoom, type MakeRoom } from "../bits/buffer-store.ts";
import { BitWriter } from "../bits/bit-writer.ts";
import { combineCrc } from "../bits/crc32-bzip2.ts";
import type { EncodedBlock } from "./block-encoder.ts";
import { type Bytes, END_MAGIC_HIGH, END_MAGIC_LOW, type Level, STREAM_MAGIC } from "./format.ts";

const CODE_OF_ZERO = 0x30;

/** A stream that somebody else began, after one of its blocks: what must be known to go on with it. */
export interface StreamState {
  /** The combined checksum of its blocks so far; 0 where there is none yet. */
  readonly crc: number;
  /** Bits behind its last whole byte, 0 to 7. */
  readonly bitCount: number;
  /** The byte that begins with these bits; what follows them in it does not matter. */
  readonly lastByte: number;
}

/** What a writer begins with, and where it puts what it made. */
export interface StreamWriterOptions {
  readonly continueFrom?: StreamState | undefined;
  /** Memory for the bytes that come out; default: a buffer of their own. */
  readonly makeRoom?: MakeRoom | undefined;
}

/** Writes streams one after the other, each beginning and ending on a byte. */
export class StreamWriter {
  readonly #level: Level;
  readonly #writer = new BitWriter();
  readonly #makeRoom: MakeRoom;
  #isOpen = false;
  #crc = 0;

  /** With `continueFrom`, the first stream has its header and its first blocks already: what comes out goes behind them. */
  constructor(level: Level, options: StreamWriterOptions = {}) {
    const { continueFrom, makeRoom = freshRoom } = options;
    this.#level = level;
    this.#makeRoom = makeRoom;
    if (continueFrom === undefined) return;
    const { crc, bitCount, lastByte } = continueFrom;
    this.#writer.writeBits((lastByte & 0xff) >>> (8 - bitCount), bitCount);
    this.#crc = crc >>> 0;
    this.#isOpen = true;
  }

  /** Adds a block, in front of it the header where it is the first; gives the bytes that are whole. */
  add(block: EncodedBlock): Bytes {
    this.#open();
    this.#writer.appendBits(block.bits, block.bitLength);
    this.#crc = combineCrc(this.#crc, block.crc);
    return this.#writer.takeBytes(this.#makeRoom);
  }

  /** Ends the stream, which may have no block; gives its last bytes. The next block begins another stream. */
  end(): Bytes {
    this.#open();
    this.#writer.writeBits(END_MAGIC_HIGH, 24);
    this.#writer.writeBits(END_MAGIC_LOW, 24);
    this.#writer.writeBits(this.#crc, 32);
    this.#writer.alignToByte();
    this.#isOpen = false;
    return this.#writer.takeBytes(this.#makeRoom);
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#writer.writeBits(STREAM_MAGIC, 24);
    this.#writer.writeBits(CODE_OF_ZERO + this.#level, 8);
    this.#isOpen = true;
    this.#crc = 0;
  }
}
