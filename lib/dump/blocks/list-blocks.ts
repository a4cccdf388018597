/**
 * The blocks of a part of a bzip2 file: found, decoded and measured, without reading what lies before. What is damaged between them
 * is told, and passed over.
 *
 * Sits on the search for magics and the reading of blocks. A magic whose block does not decode counts as damage, unless it stands
 * inside of a good block, where it is chance.
 */
import type { Level } from "../../bzip2/format.ts";
import { Bzip2Error } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { type BlockPosition, type LocatedBlock, streamLevel } from "./block-access.ts";
import { BlockSearch } from "./block-search.ts";
import { lostStreamError } from "./lost-stream.ts";

/** A block of a part of a file: nobody knows how many there are before it. */
export interface ListedBlock {
  /** Bits from the start of the file to the block's magic. */
  readonly bitOffset: number;
  /** Bits from its magic to what follows it. */
  readonly bitLength: number;
  /** Plain bytes that it holds. */
  readonly byteLength: number;
  /** Its checksum. */
  readonly crc: number;
  /** The level of its stream; undefined where the header of the stream was not seen. */
  readonly level: Level | undefined;
}

/** What is met on the way: a good block, or damage. */
export type BlockListItem =
  | { readonly type: "block"; readonly block: ListedBlock }
  | { readonly type: "fault"; readonly error: Bzip2Error };

/** Options of `listBlocks` and `lastBlocks`. */
export interface ListBlocksOptions {
  /** First bit at which a block may begin; default 0. */
  readonly fromBit?: number | undefined;
  /** Blocks begin before this bit; default the end of the source. */
  readonly toBit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** No block is longer: 900,000 symbols of 20 bits, its tables, and some room. */
const LONGEST_BLOCK_BITS = 20_000_000;
const HEADER_BYTES = 4;

/**
 * The blocks of a range of bits in their order, and the damage between them. Errors are those of the source.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compress } from "../../bzip2/compress.ts";
 * import { bytesSource } from "../../streams/byte-source.ts";
 * import { listBlocks } from "./list-blocks.ts";
 *
 * const source = bytesSource(compress(new TextEncoder().encode("hello"), { level: 1 }));
 * for await (const item of listBlocks(source)) assert.equal(item.type === "block" && item.block.byteLength, 5);
 * ```
 */
export function listBlocks(
  source: ByteSource,
  options: ListBlocksOptions = {},
): AsyncGenerator<BlockListItem, void, undefined> {
  return new BlockLister(source, options).forward();
}

/** The last `count` blocks of a range, in the order of the file, and the damage between and behind them. */
export function lastBlocks(
  source: ByteSource,
  count: number,
  options: ListBlocksOptions = {},
): Promise<readonly BlockListItem[]> {
  return new BlockLister(source, options).backward(count);
}

class BlockLister {
  readonly #source: ByteSource;
  readonly #search: BlockSearch;
  readonly #fromBit: number;
  readonly #toBit: number;

  constructor(source: ByteSource, { fromBit = 0, toBit = source.size * 8, signal }: ListBlocksOptions) {
    this.#source = source;
    this.#search = new BlockSearch(source, signal);
    this.#fromBit = fromBit;
    this.#toBit = toBit;
  }

  async *forward(): AsyncGenerator<BlockListItem, void, undefined> {
    /** Where it is certain that a block begins; undefined where one must be searched for. */
    let next: BlockPosition | undefined;
    let level: Level | undefined;
    /** Where damage was told last: what looks like a block there is not told again. */
    let toldBit = -1;
    for (let bit = this.#fromBit;;) {
      const at: BlockPosition | undefined = next ?? await this.#search.nextMagic(bit, this.#toBit);
      if (at === undefined || at.bitOffset >= this.#toBit) return;
      if (next === undefined) level = await this.#levelBefore(at);
      const block: LocatedBlock | Bzip2Error = await this.#read(at);
      if (block instanceof Bzip2Error) {
        const isDamage = next !== undefined ||
          at.bitOffset !== toldBit && !await this.#isInsideOfBlock(at.bitOffset);
        if (isDamage) yield fault(block);
        [next, bit] = [undefined, at.bitOffset + 1];
        continue;
      }
      yield { type: "block", block: listed(block, level) };
      bit = block.bitOffset + block.bitLength;
      const after: BlockPosition | Bzip2Error | undefined = await this.#after(block);
      if (after instanceof Bzip2Error) {
        yield fault(after);
        toldBit = after.bitOffset;
      }
      next = after instanceof Bzip2Error ? undefined : after;
      // Behind the end of a stream, the header of the next one says it.
      if (next !== undefined && next.bitOffset !== bit) level = next.level;
    }
  }

  async backward(count: number): Promise<readonly BlockListItem[]> {
    const items: BlockListItem[] = [];
    /** Of places that do not decode, those that no good block was found around. */
    let faults: { readonly bitOffset: number; readonly error: Bzip2Error }[] = [];
    let blockCount = 0;
    for await (const at of this.#search.magicsBackward(this.#fromBit, this.#toBit)) {
      const block = await this.#read(at);
      if (block instanceof Bzip2Error) {
        faults.push({ bitOffset: at.bitOffset, error: block });
        continue;
      }
      const end = block.bitOffset + block.bitLength;
      const told = faults.filter(({ bitOffset }) => bitOffset >= end).reverse();
      // Without a place that failed, the way to the next block may still be damaged. Behind the range, nobody asked.
      const isAsked = told.length === 0 && (blockCount > 0 || this.#toBit >= this.#source.size * 8);
      const after = isAsked ? await this.#after(block) : undefined;
      if (after instanceof Bzip2Error) items.unshift(fault(after));
      items.unshift(...told.map(({ error }) => fault(error)));
      faults = [];
      items.unshift({ type: "block", block: listed(block, await this.#levelBefore(at)) });
      if (++blockCount === count) break;
    }
    items.unshift(...faults.reverse().map(({ error }) => fault(error)));
    return withLevels(items);
  }

  /** The block at a position, or why there is none. */
  #read(at: BlockPosition): Promise<LocatedBlock | Bzip2Error> {
    return caught(this.#search.access.read(at));
  }

  /** What follows a block: the next one, nothing, or damage. Blocks behind an end without a header are damage. */
  async #after(block: LocatedBlock): Promise<BlockPosition | Bzip2Error | undefined> {
    const next = await caught(this.#search.access.next(block));
    if (next !== undefined) return next;
    const bitOffset = block.bitOffset + block.bitLength;
    const lost = await this.#search.nextMagic(bitOffset, this.#toBit);
    return lost === undefined ? undefined : lostStreamError(bitOffset);
  }

  /** The level that a header right before the block states. */
  async #levelBefore({ bitOffset }: BlockPosition): Promise<Level | undefined> {
    const headerByte = bitOffset / 8 - HEADER_BYTES;
    if (!Number.isInteger(headerByte) || headerByte < 0) return undefined;
    return streamLevel(await this.#search.access.window.view(headerByte, headerByte + HEADER_BYTES));
  }

  /** Whether a bit belongs to a good block that begins before it. */
  async #isInsideOfBlock(bit: number): Promise<boolean> {
    for await (const at of this.#search.magicsBackward(Math.max(0, bit - LONGEST_BLOCK_BITS), bit)) {
      const block = await this.#read(at);
      if (!(block instanceof Bzip2Error)) return block.bitOffset + block.bitLength > bit;
    }
    return false;
  }
}

/** Each block's level from the one before it, where no end of a stream lies between. */
function withLevels(items: readonly BlockListItem[]): readonly BlockListItem[] {
  let before: ListedBlock | undefined;
  return items.map((item) => {
    if (item.type === "fault") return item;
    const isNext = before !== undefined && before.bitOffset + before.bitLength === item.block.bitOffset;
    before = { ...item.block, level: item.block.level ?? (isNext ? before!.level : undefined) };
    return { type: "block", block: before };
  });
}

function listed({ bitOffset, bitLength, bytes, crc }: LocatedBlock, level: Level | undefined): ListedBlock {
  return { bitOffset, bitLength, byteLength: bytes.length, crc, level };
}

function fault(error: Bzip2Error): BlockListItem {
  return { type: "fault", error };
}

/** A Bzip2Error as a value. */
async function caught<T>(promise: Promise<T>): Promise<T | Bzip2Error> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Bzip2Error) return error;
    throw error;
  }
}
