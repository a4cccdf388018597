/**
 * Looks for the 48 bits that begin a block, in pieces of a source, and for blocks that are really there.
 *
 * What `findBlocks` and the search for pages share.
 */
import { findMagic, findMagicBackward } from "../bits/bit-search.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, type Level } from "../bzip2/format.ts";
import { Bzip2Error } from "../errors.ts";
import type { ByteSource } from "../streams/byte-source.ts";
import { BlockAccess, type BlockPosition, type LocatedBlock, streamLevel } from "./block-access.ts";

/** Bytes searched at a time; less at first, because mostly the next block is near. */
const SEARCH_BYTES = 1024 * 1024;
const FIRST_SEARCH_BYTES = 128 * 1024;
/** A magic that begins in the last bits of a piece needs this much of the next. */
const MAGIC_BYTES = 7;
/** The level that decodes every block. */
const ANY_LEVEL: Level = 9;

/** Looks for blocks in one source. */
export class BlockSearch {
  readonly access: BlockAccess;
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;

  constructor(source: ByteSource, signal?: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    this.access = new BlockAccess(source, signal);
  }

  /** The first good block that begins in a range of bits. `level` is that of the stream in which the range begins, if known. */
  async nextBlock(fromBit: number, toBit: number, level: Level = ANY_LEVEL): Promise<LocatedBlock | undefined> {
    for (let bit = fromBit;;) {
      const at = await this.nextMagic(bit, toBit, level);
      if (at === undefined) return undefined;
      const block = await this.#tryRead(at);
      if (block !== undefined) return block;
      bit = at.bitOffset + 1;
      level = at.level;
    }
  }

  /** The first place in a range of bits that looks like the start of a block. `level` as for `nextBlock`. */
  async nextMagic(fromBit: number, toBit: number, level: Level = ANY_LEVEL): Promise<BlockPosition | undefined> {
    const endBit = Math.min(toBit, this.#source.size * 8);
    let pieceBytes = FIRST_SEARCH_BYTES;
    for (let bit = fromBit; bit < endBit; pieceBytes = Math.min(SEARCH_BYTES, 2 * pieceBytes)) {
      const startByte = Math.floor(bit / 8);
      const stopBit = Math.min(endBit, (startByte + pieceBytes) * 8);
      const bytes = await this.#read(startByte, Math.ceil(stopBit / 8) + MAGIC_BYTES);
      const found = findMagic(bytes, BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, bit - startByte * 8, stopBit - startByte * 8);
      if (found >= 0) return await this.#position(startByte * 8 + found, level);
      bit = stopBit;
    }
    return undefined;
  }

  async *backward(fromBit: number, toBit: number, verify: boolean): AsyncGenerator<BlockPosition, void, undefined> {
    let endBit = Math.min(toBit, this.#source.size * 8);
    while (endBit > fromBit) {
      const startByte = Math.max(Math.floor(fromBit / 8), Math.ceil(endBit / 8) - SEARCH_BYTES);
      const startBit = startByte * 8;
      const bytes = await this.#read(startByte, Math.ceil(endBit / 8) + MAGIC_BYTES);
      for (let bit = endBit;;) {
        const found = findMagicBackward(
          bytes,
          BLOCK_MAGIC_HIGH,
          BLOCK_MAGIC_LOW,
          Math.max(0, fromBit - startBit),
          bit - startBit,
        );
        if (found < 0) break;
        bit = startBit + found;
        const at = await this.#position(bit, ANY_LEVEL);
        if (!verify || await this.#tryRead(at) !== undefined) yield at;
      }
      endBit = startBit;
    }
  }

  /** The block at a position; undefined when there is none, or it is damaged. */
  async #tryRead(at: BlockPosition): Promise<LocatedBlock | undefined> {
    try {
      return await this.access.read(at);
    } catch (error) {
      if (error instanceof Bzip2Error) return undefined;
      throw error;
    }
  }

  /** The position with its level: right after a stream header that of the header, else the given one. */
  async #position(bitOffset: number, level: Level): Promise<BlockPosition> {
    const headerByte = bitOffset / 8 - 4;
    if (!Number.isInteger(headerByte) || headerByte < 0) return { bitOffset, level };
    return { bitOffset, level: streamLevel(await this.#read(headerByte, headerByte + 4)) ?? level };
  }

  #read(start: number, end: number): Promise<Uint8Array> {
    return this.#source.read(start, end, { signal: this.#signal });
  }
}
