/**
 * The last whole block of a bzip2 file, found from its end, and what follows it. · dumplastbz2block
 *
 * Works on files of any number of streams, on truncated ones, and on those with other data behind: a place counts when the
 * block there decodes and its checksum fits.
 */
import type { ByteSource } from "../../streams/byte-source.ts";
import { type LocatedBlock, streamLevel } from "./block-access.ts";
import { BlockSearch } from "./block-search.ts";
import { crcOfFirst, type FileEnd, readFileEnd } from "./file-end.ts";

/** Options of `findLastBlock`. */
export interface FindLastBlockOptions {
  /** The block begins before this bit; default the end of the file. */
  readonly beforeBit?: number | undefined;
  /** Which one: 1 is the last one, 2 the one before, … Default 1. */
  readonly fromLast?: number | undefined;
  /** Bytes in which is searched at most, counted from the end; default all. */
  readonly searchBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was found at the end of a file. */
export interface LastBlock {
  /** The block that was asked for; undefined if there is none. */
  readonly block: LocatedBlock | undefined;
  /** What follows the last whole block of the file; undefined when none of the file's end was asked for, or nothing was found. */
  readonly end: FileEnd | undefined;
}

const HEADER_BYTES = 4;

/**
 * Finds the last whole block of a bzip2 source, or one before it, and tells what follows the last one.
 *
 * Reads the end of the source only: the block, and what lies behind it. In a file that is damaged for a long stretch it goes back as
 * far as it must, or as `searchBytes` allows. Errors are those of the source; what is wrong with the file is in `end.fault`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, findLastBlock } from "wikidump";
 *
 * const file = compress(new TextEncoder().encode("hello"));
 * const { block, end } = await findLastBlock(bytesSource(file.subarray(0, -3)));
 * assert.equal(new TextDecoder().decode(block?.bytes), "hello");
 * assert.equal(end?.fault?.code, "TRUNCATED");
 * ```
 */
export async function findLastBlock(source: ByteSource, options: FindLastBlockOptions = {}): Promise<LastBlock> {
  const { beforeBit = source.size * 8, fromLast = 1, searchBytes = Infinity, signal } = options;
  const search = new BlockSearch(source, signal);
  const firstBit = Math.max(0, Math.ceil(beforeBit / 8) - searchBytes) * 8;
  let end: FileEnd | undefined;
  let left = fromLast;
  for await (const block of search.blocksBackward(firstBit, beforeBit)) {
    signal?.throwIfAborted();
    if (beforeBit >= source.size * 8) end ??= await endAfter(search, block);
    if (--left === 0) return { block, end };
  }
  if (firstBit === 0 && beforeBit >= source.size * 8) end ??= await endOfNothing(search);
  return { block: undefined, end };
}

async function endAfter({ access }: BlockSearch, block: LocatedBlock): Promise<FileEnd> {
  const { bitOffset, bitLength, level } = block;
  return await readFileEnd(access, { bitOffset: bitOffset + bitLength, level, crc: await crcOfFirst(access, block) });
}

/** Of a file without good blocks: what follows the header of its first stream, if it has one. */
async function endOfNothing({ access }: BlockSearch): Promise<FileEnd | undefined> {
  const level = streamLevel(await access.window.view(0, HEADER_BYTES));
  return level === undefined ? undefined : await readFileEnd(access, { bitOffset: HEADER_BYTES * 8, level, crc: 0 });
}
