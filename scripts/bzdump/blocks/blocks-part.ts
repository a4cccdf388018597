/**
 * The blocks of a part of a bzip2 file, without reading the rest: a range of bytes, the last ones, or just the places that look
 * like blocks.
 */
import { EXIT, exitCodeFor } from "../../../lib/cli/exit-codes.ts";
import { findBlocks } from "../../../lib/dump/blocks/blocks.ts";
import { type BlockListItem, lastBlocks, listBlocks } from "../../../lib/dump/blocks/list-blocks.ts";
import type { ByteSource } from "../../../lib/streams/byte-source.ts";
import type { BlockRow, BlockRows } from "./block-rows.ts";

export interface PartListing {
  readonly rows: BlockRows;
  readonly signal: AbortSignal;
  /** Bytes of the file in which blocks begin. */
  readonly fromByte: number | undefined;
  readonly toByte: number | undefined;
  /** Only so many, counted from the end. */
  readonly last: number | undefined;
  /** Do not decode what looks like a block. */
  readonly isQuick: boolean;
  onFault(error: unknown): Promise<void>;
}

/** What was listed. */
export interface PartListed {
  readonly blocks: number;
  /** That of the first damage that was met. */
  readonly exitCode: number;
}

/** Lists a part of a source. Damage is told, and passed over. */
export async function listPart(source: ByteSource, listing: PartListing): Promise<PartListed> {
  const { rows, isQuick, onFault } = listing;
  let [blocks, exitCode] = [0, EXIT.DONE as number];
  for await (const item of isQuick ? places(source, listing) : items(source, listing)) {
    if ("bitOffset" in item) {
      blocks++;
      rows.addBlock(item);
      await rows.flush();
    } else {
      if (exitCode === EXIT.DONE) exitCode = exitCodeFor(item.error);
      await onFault(item.error);
    }
  }
  return { blocks, exitCode };
}

type Item = BlockRow | { readonly error: unknown };

async function* items(source: ByteSource, listing: PartListing): AsyncGenerator<Item, void, undefined> {
  const { last } = listing;
  const range = rangeOf(source, listing);
  const found: AsyncIterable<BlockListItem> | Iterable<BlockListItem> = last === undefined
    ? listBlocks(source, range)
    : await lastBlocks(source, last, range);
  for await (const item of found) yield item.type === "block" ? item.block : { error: item.error };
}

/** Places with the magic of a block, and the checksum that is stated behind it. */
async function* places(source: ByteSource, listing: PartListing): AsyncGenerator<Item, void, undefined> {
  const { last, signal } = listing;
  const range = rangeOf(source, listing);
  const direction = last === undefined ? "forward" : "backward";
  const tail: BlockRow[] = [];
  for await (const { bitOffset } of findBlocks(source, { ...range, direction, verify: false })) {
    const row = await statedBlock(source, bitOffset, signal);
    if (last === undefined) yield row;
    else if (tail.unshift(row) === last) break;
  }
  yield* tail;
}

function rangeOf(
  { size }: ByteSource,
  { fromByte = 0, toByte = size, signal }: PartListing,
): { fromBit: number; toBit: number; signal: AbortSignal } {
  return { fromBit: fromByte * 8, toBit: Math.min(size, toByte) * 8, signal };
}

const MAGIC_BITS = 48;
const CRC_BITS = 32;
const HEADER_BITS = 32;

async function statedBlock(source: ByteSource, bitOffset: number, signal: AbortSignal): Promise<BlockRow> {
  const firstBit = Math.max(0, bitOffset - HEADER_BITS);
  const startByte = Math.floor(firstBit / 8);
  const bytes = await source.read(startByte, Math.ceil((bitOffset + MAGIC_BITS + CRC_BITS) / 8), { signal });
  const header = bitOffset - firstBit === HEADER_BITS ? bitsAt(bytes, firstBit - startByte * 8) : 0;
  // "BZh1" … "BZh9", which stand on a byte.
  const isHeader = bitOffset % 8 === 0 && header >= 0x425a6831 && header <= 0x425a6839;
  const crc = bitsAt(bytes, bitOffset + MAGIC_BITS - startByte * 8);
  return { bitOffset, level: isHeader ? header & 15 : undefined, crc };
}

/** 32 bits; those beyond the end are 0. */
function bitsAt(bytes: Uint8Array, bit: number): number {
  let value = 0;
  for (let i = bit; i < bit + 32; i++) value = value * 2 + (((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1);
  return value;
}
