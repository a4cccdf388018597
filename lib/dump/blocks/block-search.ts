/**
 * Looks for the 48 bits that begin a block, in pieces of a source, and for blocks that are really there.
 *
 * What `findBlocks`, the search for pages and the search for last ids share. The bytes that were searched are those that the
 * block is then decoded from: nothing is read twice.
 */
import { findMagic, findMagicBackward } from "../../bits/bit-search.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, type Level } from "../../bzip2/format.ts";
import { Bzip2Error } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { BlockAccess, type BlockPosition, type LocatedBlock, streamLevel } from "./block-access.ts";

/** Bytes searched at a time; less at first, because mostly the next block is near. */
const SEARCH_BYTES = 1024 * 1024;
const FIRST_SEARCH_BYTES = 128 * 1024;
/** Backwards, what is searched is kept together with the blocks behind it. */
const BACKWARD_BYTES = 512 * 1024;
/** A magic that begins in the last bits of a piece needs this much of the next. */
const MAGIC_BYTES = 7;
const HEADER_BYTES = 4;
/** The level that decodes every block. */
const ANY_LEVEL: Level = 9;

/** Looks for blocks in one source. */
export class BlockSearch {
  readonly access: BlockAccess;
  readonly #source: ByteSource;

  constructor(source: ByteSource, signal?: AbortSignal) {
    this.#source = source;
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
      const bytes = await this.access.window.view(startByte, Math.ceil(stopBit / 8) + MAGIC_BYTES);
      const found = findMagic(bytes, BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, bit - startByte * 8, stopBit - startByte * 8);
      if (found >= 0) return await this.#position(startByte * 8 + found, level);
      bit = stopBit;
    }
    return undefined;
  }

  /** Places in a range of bits that look like the start of a block, the last one first; the level is 9 where it is not known. */
  async *magicsBackward(fromBit: number, toBit: number): AsyncGenerator<BlockPosition, void, undefined> {
    let endBit = Math.min(toBit, this.#source.size * 8);
    let pieceBytes = FIRST_SEARCH_BYTES;
    for (; endBit > fromBit; pieceBytes = Math.min(BACKWARD_BYTES, 2 * pieceBytes)) {
      const startByte = Math.max(Math.floor(fromBit / 8), Math.ceil(endBit / 8) - pieceBytes);
      const startBit = startByte * 8;
      const lowest = Math.max(0, fromBit - startBit);
      for (let bit = endBit;;) {
        // Asked for again each time: whoever got a place may have read elsewhere since.
        const bytes = await this.access.window.view(startByte, Math.ceil(bit / 8) + MAGIC_BYTES);
        const found = findMagicBackward(bytes, BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, lowest, bit - startBit);
        if (found < 0) break;
        bit = startBit + found;
        yield await this.#position(bit, ANY_LEVEL);
      }
      endBit = startBit;
    }
  }

  /** The good blocks that begin in a range of bits, the last one first. Nothing that lies inside of one is left out. */
  async *blocksBackward(fromBit: number, toBit: number): AsyncGenerator<LocatedBlock, void, undefined> {
    for await (const at of this.magicsBackward(fromBit, toBit)) {
      const block = await this.#tryRead(at);
      if (block !== undefined) yield block;
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
    const headerByte = bitOffset / 8 - HEADER_BYTES;
    if (!Number.isInteger(headerByte) || headerByte < 0) return { bitOffset, level };
    const header = await this.access.window.view(headerByte, headerByte + HEADER_BYTES);
    return { bitOffset, level: streamLevel(header) ?? level };
  }
}
