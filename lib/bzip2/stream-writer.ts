/**
 * Puts encoded blocks together to a stream: the header, the blocks bit by bit behind each other, the combined checksum.
 *
 * Bytes come out as soon as they are whole. Blocks must come in order, whoever encoded them.
 */
import { BitWriter } from "../bits/bit-writer.ts";
import { combineCrc } from "../bits/crc32-bzip2.ts";
import type { EncodedBlock } from "./block-encoder.ts";
import { type Bytes, END_MAGIC_HIGH, END_MAGIC_LOW, type Level, STREAM_MAGIC } from "./format.ts";

const CODE_OF_ZERO = 0x30;

/** Writes streams one after the other, each beginning and ending on a byte. */
export class StreamWriter {
  readonly #level: Level;
  readonly #writer = new BitWriter();
  #isOpen = false;
  #crc = 0;

  constructor(level: Level) {
    this.#level = level;
  }

  /** Adds a block, in front of it the header where it is the first; gives the bytes that are whole. */
  add(block: EncodedBlock): Bytes {
    this.#open();
    this.#writer.appendBits(block.bits, block.bitLength);
    this.#crc = combineCrc(this.#crc, block.crc);
    return this.#writer.takeBytes();
  }

  /** Ends the stream, which may have no block; gives its last bytes. The next block begins another stream. */
  end(): Bytes {
    this.#open();
    this.#writer.writeBits(END_MAGIC_HIGH, 24);
    this.#writer.writeBits(END_MAGIC_LOW, 24);
    this.#writer.writeBits(this.#crc, 32);
    this.#writer.alignToByte();
    this.#isOpen = false;
    return this.#writer.takeBytes();
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#writer.writeBits(STREAM_MAGIC, 24);
    this.#writer.writeBits(CODE_OF_ZERO + this.#level, 8);
    this.#isOpen = true;
    this.#crc = 0;
  }
}
