/**
 * The head of a block: everything between its magic and its first symbol.
 *
 *     crc:32  randomised:1  origin:24
 *     symbol map    16 bits say which sixteenths of the byte values occur, then 16 bits for each of those
 *     trees:3       number of code tables, 2 to 6
 *     selectors:15  number of groups of 50 symbols; then, for each, the rank of its table in a move-to-front list, in unary
 *     code lengths  per table: 5 bits for the first length, then per symbol "0" = next, "10" = one more, "11" = one less
 */

import type { BitReader } from "../bits/bit-reader.ts";
import { Fault } from "./fault.ts";
import { BYTES_PER_LEVEL, type Level, MAX_CODE_LENGTH, MAX_SELECTORS, MAX_TREES, MIN_TREES } from "./format.ts";
import { needBits, needInput, type Step } from "./need-bits.ts";

/** bzip2 1.0.8 lets the origin go this far beyond the block size before it looks at the data. */
const ORIGIN_SLACK = 10;

/** What the head of a block says. */
export interface BlockHeader {
  readonly crc: number;
  readonly isRandomised: boolean;
  /** The row of the sorted rotations that is the text itself. */
  readonly origin: number;
  readonly originBitOffset: number;
  /** The byte values that occur, rising. */
  readonly symbols: Uint8Array;
  /** For each group of 50 symbols, the number of its table. */
  readonly selectors: Uint8Array;
  /** For each table, the code length of each symbol. */
  readonly codeLengths: readonly Uint8Array[];
}

/** Reads the head of a block; the magic has been read. */
export function* readBlockHeader(bits: BitReader, level: Level): Step<BlockHeader> {
  yield* needBits(bits, 32 + 1 + 24);
  const crc = bits.read32();
  const isRandomised = bits.read(1) === 1;
  const originBitOffset = bits.bitOffset;
  const origin = bits.read(24);
  if (origin > level * BYTES_PER_LEVEL + ORIGIN_SLACK) {
    throw new Fault("BAD_ORIGIN", `Origin ${origin} is beyond the largest block of level ${level}`, originBitOffset);
  }
  const symbols = yield* readSymbolMap(bits);
  const treeCount = yield* readTreeCount(bits);
  const selectors = yield* readSelectors(bits, treeCount);
  const codeLengths: Uint8Array[] = [];
  for (let tree = 0; tree < treeCount; tree++) codeLengths.push(yield* readCodeLengths(bits, symbols.length + 2));
  return { crc, isRandomised, origin, originBitOffset, symbols, selectors, codeLengths };
}

function* readSymbolMap(bits: BitReader): Step<Uint8Array> {
  yield* needBits(bits, 16);
  const bitOffset = bits.bitOffset;
  const sixteenths = bits.read(16);
  const symbols: number[] = [];
  for (let high = 0; high < 16; high++) {
    if ((sixteenths & (0x8000 >>> high)) === 0) continue;
    yield* needBits(bits, 16);
    const present = bits.read(16);
    for (let low = 0; low < 16; low++) {
      if ((present & (0x8000 >>> low)) !== 0) symbols.push(high * 16 + low);
    }
  }
  if (symbols.length === 0) throw new Fault("BAD_SYMBOL_MAP", "Symbol map of a block names no byte", bitOffset);
  return Uint8Array.from(symbols);
}

function* readTreeCount(bits: BitReader): Step<number> {
  yield* needBits(bits, 3);
  const bitOffset = bits.bitOffset;
  const count = bits.read(3);
  if (count < MIN_TREES || count > MAX_TREES) {
    throw new Fault(
      "BAD_TREE_COUNT",
      `Block has ${count} code tables, expected ${MIN_TREES} to ${MAX_TREES}`,
      bitOffset,
    );
  }
  return count;
}

function* readSelectors(bits: BitReader, treeCount: number): Step<Uint8Array> {
  yield* needBits(bits, 15);
  const countBitOffset = bits.bitOffset;
  const count = bits.read(15);
  if (count === 0) throw new Fault("BAD_SELECTOR", "Block has no selectors, expected at least one", countBitOffset);
  // More than a block can use are read and forgotten, as bzip2 1.0.8 does: some encoders round up.
  const selectors = new Uint8Array(Math.min(count, MAX_SELECTORS));
  const ranks = Uint8Array.of(0, 1, 2, 3, 4, 5);
  for (let i = 0; i < count; i++) {
    const rank = bits.has(treeCount) ? peekRank(bits, treeCount) : yield* readLastRank(bits, treeCount);
    if (rank >= treeCount) {
      throw new Fault(
        "BAD_SELECTOR",
        `Selector ${i} of a block has rank ${rank} or more, but there are ${treeCount} tables`,
        bits.bitOffset,
      );
    }
    bits.skip(rank + 1);
    const tree = ranks[rank]!;
    ranks.copyWithin(1, 0, rank);
    ranks[0] = tree;
    if (i < MAX_SELECTORS) selectors[i] = tree;
  }
  return selectors;
}

/** A rank in unary, which stays unread: the ones before the next zero, of `bitCount` bits that must be there. */
function peekRank(bits: BitReader, bitCount: number): number {
  return bitCount === 0 ? 0 : Math.clz32(~(bits.peek(bitCount) << (32 - bitCount)));
}

/** The same where the data may end: fewer bits than the longest rank has can be enough. */
function* readLastRank(bits: BitReader, treeCount: number): Step<number> {
  for (;;) {
    let bitCount = treeCount;
    while (!bits.has(bitCount)) bitCount--;
    const rank = peekRank(bits, bitCount);
    if (rank < bitCount || rank === treeCount) return rank;
    yield* needInput(bits);
  }
}

function* readCodeLengths(bits: BitReader, alphabetSize: number): Step<Uint8Array> {
  const lengths = new Uint8Array(alphabetSize);
  yield* needBits(bits, 5);
  let bitOffset = bits.bitOffset;
  let length = bits.read(5);
  for (let symbol = 0; symbol < alphabetSize; symbol++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE_LENGTH) throw badCodeLength(length, symbol, bitOffset);
      if (!bits.has(2)) yield* needBits(bits, 2);
      bitOffset = bits.bitOffset;
      const step = bits.peek(2);
      bits.skip(step < 2 ? 1 : 2);
      if (step < 2) break;
      length += step === 2 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return lengths;
}

function badCodeLength(length: number, symbol: number, bitOffset: number): Fault {
  return new Fault(
    "BAD_CODE_LENGTH",
    `Code length of symbol ${symbol} becomes ${length}, expected 1 to ${MAX_CODE_LENGTH}`,
    bitOffset,
  );
}
