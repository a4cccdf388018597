/**
 * Random access: decodes one block at a bit of bytes that are all in memory. Nothing before the block is needed.
 */

import { BitReader } from "../bits/bit-reader.ts";
import type { MakeRoom } from "../bits/buffer-store.ts";
import type { ArrayStore } from "./array-store.ts";
import { BlockReader } from "./block-reader.ts";
import { asBlockError, Fault } from "./fault.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, type Bytes, type Level } from "./format.ts";

/** What `BlockDecoder.decode` found. */
export interface DecodedBlock {
  /** The plain bytes; in a buffer of their own if nothing else was wanted. */
  readonly bytes: Bytes;
  /** The checksum, which was compared. */
  readonly crc: number;
  /** The bit of the input after the block: that of the next magic. */
  readonly bitEnd: number;
}

/**
 * Decodes single blocks of bzip2 data; keeps its scratch memory (about 6 MB at level 9) from one to the next.
 */
export class BlockDecoder {
  readonly #blocks: BlockReader;

  /**
   * @param makeRoom where the plain bytes of each block go; default: a buffer of their own
   * @param store memory that somebody else may use between two blocks
   */
  constructor(makeRoom?: MakeRoom, store?: ArrayStore) {
    this.#blocks = new BlockReader(makeRoom, store);
  }

  /**
   * Decodes the block whose magic starts at `bitOffset` of `input`.
   *
   * @param level what the stream's header says: a block that is longer is refused
   * @throws {Bzip2Error} `TRUNCATED` when the input ends inside the block, `BAD_MAGIC` when no block starts there, and
   * all that can be wrong within a block. Places count from the start of `input`, as block 0 of stream 0.
   */
  decode(input: Uint8Array, bitOffset: number, level: Level): DecodedBlock {
    const start = Math.floor(bitOffset / 8);
    const bits = new BitReader(start);
    bits.push(input.subarray(start));
    bits.end();
    try {
      expectBlockMagic(bits, bitOffset - start * 8);
      const step = this.#blocks.read(bits, level, { verify: true, magicBitOffset: bitOffset }).next();
      if (step.done !== true) throw new Fault("TRUNCATED", "Input ends inside a block", bits.endBitOffset);
      return { bytes: step.value.bytes, crc: step.value.crc, bitEnd: bits.bitOffset };
    } catch (error) {
      throw asBlockError(error);
    }
  }
}

function expectBlockMagic(bits: BitReader, skippedBits: number): void {
  if (!bits.has(skippedBits + 48)) throw new Fault("TRUNCATED", "Input ends inside a block", bits.endBitOffset);
  bits.skip(skippedBits);
  const bitOffset = bits.bitOffset;
  if (bits.read(24) !== BLOCK_MAGIC_HIGH || bits.read(24) !== BLOCK_MAGIC_LOW) {
    throw new Fault("BAD_MAGIC", "No block starts here", bitOffset);
  }
}
