/**
 * The blocks of a bzip2 source from the last one to the first, and whether they follow each other without a gap.
 *
 * Under whatever reads a dump from its end (last-id.ts). A block counts as the one before another when what follows it, across
 * ends and heads of streams, is that other block. So data inside of a block that looks like a block is found out, and damage or
 * the end of a truncated file is never taken for the end of the dump.
 */
import { Bzip2Error } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import type { LocatedBlock } from "./block-access.ts";
import { BlockSearch } from "./block-search.ts";

/** A block that was met on the way back. */
export interface BackwardBlock {
  /** Its bytes are valid until the next block is asked for. */
  readonly block: LocatedBlock;
  /** What is wrong between this block and the one after it, or the end of the file; undefined where one follows the other. */
  readonly gap: Bzip2Error | undefined;
}

/** Reads the good blocks of a source, the last one first. */
export class BackwardBlocks {
  readonly #search: BlockSearch;
  readonly #source: ByteSource;
  /** Where the block begins that was given last. */
  #nextBit: number | undefined;

  constructor(source: ByteSource, signal?: AbortSignal) {
    this.#source = source;
    this.#search = new BlockSearch(source, signal);
  }

  /** Throws Bzip2Error NOT_BZIP2, and TRUNCATED for a file that ends before its first block; else only the errors of the source. */
  async *blocks(): AsyncGenerator<BackwardBlock, void, undefined> {
    if (!await this.#hasBlocks()) return;
    let doubtful: { block: LocatedBlock; gap: Bzip2Error } | undefined;
    for await (const block of this.#search.blocksBackward(0, this.#source.size * 8)) {
      // What lies inside of a good block is no block.
      if (doubtful !== undefined && endOf(block) <= doubtful.block.bitOffset) yield this.#given(doubtful);
      doubtful = undefined;
      const gap = await this.#gapAfter(block);
      if (gap === undefined) {
        yield this.#given({ block, gap });
        this.#search.access.recycle(block);
      } else doubtful = { block, gap };
    }
    if (doubtful !== undefined) yield this.#given(doubtful);
  }

  #given<T extends BackwardBlock>(found: T): T {
    this.#nextBit = found.block.bitOffset;
    return found;
  }

  /** False for a file of empty streams. A search for blocks in what is no bzip2 file could take long. */
  async #hasBlocks(): Promise<boolean> {
    try {
      return await this.#search.access.first() !== undefined;
    } catch (error) {
      // Damage at the start says nothing about the end.
      if (error instanceof Bzip2Error && error.code === "BAD_MAGIC") return true;
      throw error;
    }
  }

  async #gapAfter(block: LocatedBlock): Promise<Bzip2Error | undefined> {
    const { access } = this.#search;
    try {
      const following = await access.next(block);
      if (following?.bitOffset === this.#nextBit) return undefined;
      if (following !== undefined) await access.read(following);
    } catch (error) {
      if (error instanceof Bzip2Error) return error;
      throw error;
    }
    const bitOffset = endOf(block);
    const place = { bitOffset, streamIndex: -1, blockIndex: -1, bytesBefore: 0 };
    return new Bzip2Error("BAD_MAGIC", `What follows the block is not the next one (bit ${bitOffset})`, place, {
      remedy: "Fetch the file again",
    });
  }
}

function endOf(block: LocatedBlock): number {
  return block.bitOffset + block.bitLength;
}
