/**
 * Where to begin reading, given a place anywhere in a compressed file: the first block that begins there or later.
 *
 * A search for good blocks passes over what does not decode. That is right for bits that look like a block by chance, inside of
 * another one; but a block that is damaged must not be lost without a word.
 */
import { asciiBytes, concatBytes, indexOfBytes } from "../../bits/bytes.ts";
import { Bzip2Error } from "../../errors.ts";
import { type BlockPosition, type LocatedBlock, streamLevel } from "./block-access.ts";
import type { BlockSearch } from "./block-search.ts";
import { endError } from "./file-end.ts";
import { findLastBlock } from "./last-block.ts";
import { indexOfPageTag } from "../reading/page-heads.ts";
import { startOfBlanks } from "../reading/page-window.ts";

/** Longer than any block. */
const BLOCK_BYTES = 3_000_000;
/** Magic and checksum alone. */
const SHORTEST_BLOCK_BITS = 80;
/** A tag that begins in a block ends within so many bytes of the next. */
const TAG_BYTES = 16;
const PAGE_END = asciiBytes("</page");

/**
 * The first block that begins in a range of bits; undefined if none does. Throws Bzip2Error for a block that is damaged, or that the
 * end of the file cuts.
 */
export async function firstBlockIn(
  search: BlockSearch,
  fromBit: number,
  untilBit: number,
): Promise<LocatedBlock | undefined> {
  const { source } = search.access;
  for (let bit = fromBit;;) {
    const at = await search.nextMagic(bit, untilBit);
    if (at === undefined) break;
    let block: LocatedBlock | undefined;
    try {
      block = await search.access.read(at);
    } catch (error) {
      if (!(error instanceof Bzip2Error) || !(await isInsideOfBlock(search, at))) throw error;
    }
    if (block !== undefined) {
      await refuseLostBlock(search, block, fromBit);
      return block;
    }
    bit = at.bitOffset + 1;
  }
  if (untilBit < source.size * 8) return undefined;
  const { end } = await findLastBlock(source, { searchBytes: 2 * BLOCK_BYTES });
  if (end?.fault !== undefined && end.fault.code !== "TRAILING_DATA") throw end.fault;
  return undefined;
}

async function isInsideOfBlock(search: BlockSearch, { bitOffset }: BlockPosition): Promise<boolean> {
  const fromBit = Math.max(0, bitOffset - BLOCK_BYTES * 8);
  for await (const block of search.blocksBackward(fromBit, bitOffset)) {
    return block.bitOffset + block.bitLength > bitOffset;
  }
  return false;
}

/**
 * Throws Bzip2Error if the block that was found does not follow the good one before it: then there is damage in between, and
 * nobody knows what was in it.
 */
async function refuseLostBlock(search: BlockSearch, found: LocatedBlock, fromBit: number): Promise<void> {
  if (found.bitOffset - fromBit < SHORTEST_BLOCK_BITS) return;
  const { access } = search;
  const before = await blockBefore(search, found);
  // Without a header there is nothing to compare with; who begins behind it need not have one.
  if (before === undefined && fromBit > 0 && streamLevel(await access.window.view(0, 4)) === undefined) return;
  try {
    const next = before === undefined ? await access.first() : await access.next(before);
    if (next?.bitOffset === found.bitOffset) return;
    if (next !== undefined && next.bitOffset < found.bitOffset) await access.read(next);
  } catch (error) {
    if (!(error instanceof Bzip2Error)) throw error;
    throw new Bzip2Error(error.code, error.message, error, { cause: error, remedy: remedyFor(found) });
  }
  const bitOffset = before === undefined ? 0 : before.bitOffset + before.bitLength;
  const what = "No header of a stream follows the end of the one before, but blocks do";
  throw endError("BAD_MAGIC", what, bitOffset, remedyFor(found));
}

function remedyFor({ bitOffset }: LocatedBlock): string {
  return `Fetch the file again, or begin at bit:${bitOffset}, where the next good block is`;
}

async function blockBefore(search: BlockSearch, { bitOffset }: LocatedBlock): Promise<LocatedBlock | undefined> {
  for await (const block of search.blocksBackward(Math.max(0, bitOffset - BLOCK_BYTES * 8), bitOffset)) {
    if (block.bitOffset + block.bitLength <= bitOffset) return block;
  }
  return undefined;
}

/** A page that is open where a block begins. */
export interface OpenPage {
  /** The block in which the page begins. */
  readonly block: LocatedBlock;
  /** Plain bytes of that block before the page and its indent. */
  readonly byteOffset: number;
}

/**
 * The page that begins before a block and goes on in it; undefined if the block begins between pages.
 *
 * Goes back through the file block by block, so it takes as long as the page is. Throws Bzip2Error where there is a gap.
 */
export async function findOpenPage(search: BlockSearch, block: LocatedBlock): Promise<OpenPage | undefined> {
  let later = block;
  for await (const before of search.blocksBackward(0, block.bitOffset)) {
    const next = await search.access.next(before);
    // Bits that look like a block, and even decode, but belong to another one.
    if (next === undefined || next.bitOffset > later.bitOffset) continue;
    if (next.bitOffset < later.bitOffset) await search.access.read(next);
    const joined = concatBytes([before.bytes, later.bytes.subarray(0, TAG_BYTES)]);
    const tag = lastBefore(before.bytes.length, (from) => indexOfPageTag(joined, from));
    const end = lastBefore(before.bytes.length, (from) => indexOfBytes(joined, PAGE_END, from));
    if (tag > end) return { block: before, byteOffset: startOfBlanks(before.bytes, tag) };
    if (end >= 0) return undefined;
    later = before;
  }
  return undefined;
}

/** The last place before `limit`, when `find` gives the first one from a place on. */
function lastBefore(limit: number, find: (from: number) => number): number {
  let last = -1;
  for (let at = find(0); at >= 0 && at < limit; at = find(at + 1)) last = at;
  return last;
}
