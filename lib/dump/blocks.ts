/**
 * The blocks of a bzip2 file, found anywhere in it, forwards and backwards, without reading what lies before.
 *
 * A block begins with 48 fixed bits, at any bit. Those bits can also stand inside a block by chance (or because somebody wants
 * them there), so a place counts only once the block there has been decoded and its checksum fits.
 */
import { findMagic, findMagicBackward } from "../bits/bit-search.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, type Bytes, type Level } from "../bzip2/format.ts";
import { Bzip2Error } from "../errors.ts";
import type { ByteSource } from "../streams/byte-source.ts";
import { streamFrom } from "../streams/stream-from.ts";
import { BlockAccess, type BlockPosition, type LocatedBlock, streamLevel } from "./block-access.ts";

/** Options of `findBlocks`. */
export interface FindBlocksOptions {
  /** First bit at which a block may begin; default 0. */
  readonly fromBit?: number;
  /** Blocks begin before this bit; default the end of the source. */
  readonly toBit?: number;
  /** "backward" gives the last block first. Default "forward". */
  readonly direction?: "forward" | "backward";
  /** Decode every block, and leave out what is none or is damaged. Default true. */
  readonly verify?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export type { BlockPosition, LocatedBlock } from "./block-access.ts";

/** Bytes searched at a time; less at first, because mostly the next block is near. */
const SEARCH_BYTES = 1024 * 1024;
const FIRST_SEARCH_BYTES = 128 * 1024;
/** A magic that begins in the last bits of a piece needs this much of the next. */
const MAGIC_BYTES = 7;
/** The level that decodes every block. */
const ANY_LEVEL: Level = 9;

/**
 * Finds the blocks of a bzip2 source in a range of bits.
 *
 * Going forwards, the level is that of the stream header seen last; before the first one, and going backwards, it is 9, which
 * decodes blocks of every level. Errors are those of the source.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, findBlocks } from "wikidump";
 *
 * const source = bytesSource(compress(new TextEncoder().encode("hello"), { level: 1 }));
 * for await (const block of findBlocks(source)) assert.deepEqual(block, { bitOffset: 32, level: 1 });
 * ```
 */
export async function* findBlocks(
  source: ByteSource,
  options: FindBlocksOptions = {},
): AsyncGenerator<BlockPosition, void, undefined> {
  const { fromBit = 0, toBit = source.size * 8, direction = "forward", verify = true, signal } = options;
  const search = new BlockSearch(source, signal);
  if (direction === "backward") return yield* search.backward(fromBit, toBit, verify);
  for (let bit = fromBit;;) {
    const block = verify ? await search.nextBlock(bit, toBit) : undefined;
    const at: BlockPosition | undefined = verify ? block : await search.nextMagic(bit, toBit);
    if (at === undefined) return;
    yield { bitOffset: at.bitOffset, level: at.level };
    // Nothing inside of a block that is known to be good is a block.
    bit = at.bitOffset + (block?.bitLength ?? 1);
  }
}

/**
 * Decodes the block at a position. Throws Bzip2Error if there is none or it is damaged.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, readBlock } from "wikidump";
 *
 * const source = bytesSource(compress(new TextEncoder().encode("hello")));
 * const block = await readBlock(source, { bitOffset: 32, level: 9 });
 * assert.equal(new TextDecoder().decode(block.bytes), "hello");
 * ```
 */
export function readBlock(
  source: ByteSource,
  at: BlockPosition,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<LocatedBlock> {
  return new BlockAccess(source, options.signal).read(at);
}

/**
 * What the block at a position holds, and all that follows it, across stream borders: one chunk for each block.
 *
 * All good bytes come before an error. With `untilBit` the last block is the last one that begins before that bit.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, decodeFrom } from "wikidump";
 *
 * const source = bytesSource(compress(new TextEncoder().encode("hello")));
 * const text = await new Response(decodeFrom(source, { bitOffset: 32, level: 9 })).text();
 * assert.equal(text, "hello");
 * ```
 */
export function decodeFrom(
  source: ByteSource,
  at: BlockPosition,
  options: { untilBit?: number; signal?: AbortSignal | undefined } = {},
): ReadableStream<Bytes> {
  return streamFrom(plainBytes(source, at, options));
}

async function* plainBytes(
  source: ByteSource,
  at: BlockPosition,
  options: { untilBit?: number; signal?: AbortSignal | undefined },
): AsyncGenerator<Bytes, void, undefined> {
  const blocks = new BlockAccess(source, options.signal).blocksFrom(at, { untilBit: options.untilBit });
  for await (const { bytes } of blocks) yield bytes;
}

/** Looks for blocks in one source; what `findBlocks` and the search for pages share. */
export class BlockSearch {
  readonly access: BlockAccess;
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;
  #level: Level = ANY_LEVEL;

  constructor(source: ByteSource, signal?: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    this.access = new BlockAccess(source, signal);
  }

  /** The first good block that begins in a range of bits. */
  async nextBlock(fromBit: number, toBit: number): Promise<LocatedBlock | undefined> {
    for (let bit = fromBit;;) {
      const at = await this.nextMagic(bit, toBit);
      if (at === undefined) return undefined;
      const block = await this.#tryRead(at);
      if (block !== undefined) return block;
      bit = at.bitOffset + 1;
    }
  }

  /** The first place in a range of bits that looks like the start of a block. */
  async nextMagic(fromBit: number, toBit: number): Promise<BlockPosition | undefined> {
    const endBit = Math.min(toBit, this.#source.size * 8);
    let pieceBytes = FIRST_SEARCH_BYTES;
    for (let bit = fromBit; bit < endBit; pieceBytes = SEARCH_BYTES) {
      const startByte = Math.floor(bit / 8);
      const stopBit = Math.min(endBit, (startByte + pieceBytes) * 8);
      const bytes = await this.#read(startByte, Math.ceil(stopBit / 8) + MAGIC_BYTES);
      const found = findMagic(bytes, BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, bit - startByte * 8, stopBit - startByte * 8);
      if (found >= 0) return await this.#position(startByte * 8 + found);
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
      for (let bit = endBit;; ) {
        const found = findMagicBackward(
          bytes,
          BLOCK_MAGIC_HIGH,
          BLOCK_MAGIC_LOW,
          Math.max(0, fromBit - startBit),
          bit - startBit,
        );
        if (found < 0) break;
        bit = startBit + found;
        this.#level = ANY_LEVEL;
        const at = await this.#position(bit);
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

  /** The position with its level: right after a stream header that of the header, else as before. */
  async #position(bitOffset: number): Promise<BlockPosition> {
    const headerByte = bitOffset / 8 - 4;
    if (Number.isInteger(headerByte) && headerByte >= 0) {
      this.#level = streamLevel(await this.#read(headerByte, headerByte + 4)) ?? this.#level;
    }
    return { bitOffset, level: this.#level };
  }

  #read(start: number, end: number): Promise<Uint8Array> {
    return this.#source.read(start, end, { signal: this.#signal });
  }
}
