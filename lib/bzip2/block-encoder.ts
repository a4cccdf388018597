/**
 * Encodes one block: run-length coded bytes in, the bits of the block out. The steps and their files:
 *
 *     sort-rotations.ts   Burrows–Wheeler transform
 *     mtf-encode.ts       move-to-front, runs of zeros
 *     huffman-encode.ts   trees, selectors, codes
 *
 * The step before, rle1-encode.ts, also decides where a block ends. A block depends on no other block, so that
 * blocks can be encoded anywhere and in any order, and put together afterwards (stream-writer.ts).
 */
import { freshRoom, type MakeRoom } from "../bits/buffer-store.ts";
import { BitWriter } from "../bits/bit-writer.ts";
import type { ArrayStore } from "./array-store.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, type Bytes } from "./format.ts";
import { HuffmanEncoder } from "./huffman-encode.ts";
import { MoveToFrontEncoder } from "./mtf-encode.ts";
import { RotationSorter } from "./sort-rotations.ts";

/** A block as it stands in a file, from its magic on. */
export interface EncodedBlock {
  /** The bits, most significant first; the last byte is filled up with zeros. */
  readonly bits: Bytes;
  /** Bits that belong to the block. */
  readonly bitLength: number;
  /** The checksum of the plain bytes. */
  readonly crc: number;
}

/** Encodes blocks one after the other; its memory, some 20 times the largest block, is kept from one to the next. */
export class BlockEncoder {
  readonly #sorter: RotationSorter;
  readonly #moveToFront: MoveToFrontEncoder;
  readonly #huffman = new HuffmanEncoder();
  readonly #writer = new BitWriter();

  /** @param store memory that somebody else may use between two blocks */
  constructor(store: ArrayStore = []) {
    this.#sorter = new RotationSorter(store);
    this.#moveToFront = new MoveToFrontEncoder(store);
  }

  /**
   * Encodes the bytes of a block as `RunLengthEncoder` makes them: at least one, at most what the level allows.
   * `crc` is the checksum of the plain bytes; `makeRoom` gives memory for the bits.
   */
  encode(block: Uint8Array, crc: number, makeRoom: MakeRoom = freshRoom): EncodedBlock {
    const origin = this.#sorter.sort(block);
    const moveToFront = this.#moveToFront;
    moveToFront.encode(this.#sorter.lastColumn);
    const writer = this.#writer;
    writer.writeBits(BLOCK_MAGIC_HIGH, 24);
    writer.writeBits(BLOCK_MAGIC_LOW, 24);
    writer.writeBits(crc, 32);
    writer.writeBits(0, 1);
    writer.writeBits(origin, 24);
    writeSymbolMap(moveToFront.isUsed, writer);
    const frequencies = moveToFront.frequencies.subarray(0, moveToFront.alphabetSize);
    this.#huffman.encode(moveToFront.symbols, frequencies, writer);
    const { bitLength } = writer;
    writer.alignToByte();
    return { bits: writer.takeBytes(makeRoom), bitLength, crc };
  }
}

/** Which bytes the block has: 16 bits for the ranges of 16 bytes, then 16 bits for each range that has any. */
function writeSymbolMap(isUsed: Uint8Array, writer: BitWriter): void {
  const ranges: number[] = [];
  let rangeMap = 0;
  for (let range = 0; range < 16; range++) {
    let map = 0;
    for (let i = 0; i < 16; i++) map = (map << 1) | isUsed[16 * range + i]!;
    if (map !== 0) ranges.push(map);
    rangeMap = (rangeMap << 1) | (map === 0 ? 0 : 1);
  }
  for (const map of [rangeMap, ...ranges]) writer.writeBits(map, 16);
}
