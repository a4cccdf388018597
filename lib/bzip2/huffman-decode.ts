/**
 * Code lengths → tables that turn bits into symbols.
 *
 * Codes are canonical: shorter codes come first, and among equal lengths smaller symbols. A table that is indexed with
 * the next ten bits answers all codes of at most ten; longer ones (rare) are found by comparing twenty bits with the
 * upper end of each length.
 *
 *     lengths  a:1 b:2 c:2   →   a 0   b 10   c 11   →   0xxxxxxxxx: a, 1   10xxxxxxxx: b, 2   11xxxxxxxx: c, 2
 *
 * A second table, of steps, takes several symbols at once: up to four digits of a run and the byte after them.
 *
 * Lengths need not fit together. As bzip2 1.0.8 does, codes that no longer fit are never matched, and bits that match
 * no code are an error only if they occur.
 */

import { MAX_CODE_LENGTH, MAX_TREES, RUNB } from "./format.ts";

/** Bits that index the tables of codes and of steps. */
export const INDEX_BITS = 10;
/** Entries of such a table, for each tree. */
export const TABLE_SIZE: number = 1 << INDEX_BITS;

/** A code is `symbol << CODE_SYMBOL_SHIFT | length`, or 0 where the code is longer than the index (or none). */
export const CODE_SYMBOL_SHIFT = 4;
export const CODE_LENGTH_MASK = 15;

/**
 * A step is, from the lowest bit: 4 bits for the bits it uses, 6 for its number of symbols, 3 for its number of digits,
 * 5 for what the digits count, and the symbol of the byte after them, or 0. The symbol that ends a block is in no step.
 */
export const STEP_COUNT_SHIFT = 4;
export const STEP_COUNT_MASK = 63;
export const STEP_DIGITS_SHIFT = 10;
export const STEP_DIGITS_MASK = 7;
export const STEP_RUN_SHIFT = 13;
export const STEP_RUN_MASK = 31;
export const STEP_SYMBOL_SHIFT = 18;
/** No step: more symbols than any group holds. */
const NO_STEP: number = STEP_COUNT_MASK << STEP_COUNT_SHIFT;
/** Four digits count at most 30. */
const MOST_DIGITS = 4;

/** Slots per tree of the tables by length and by rank. */
export const LENGTH_SLOTS: number = MAX_CODE_LENGTH + 1;
export const RANK_SLOTS = 258;

/** The decoding tables of all trees of a block, one after the other; kept, and filled anew for each block. */
export class HuffmanTables {
  readonly codes: Uint16Array = new Uint16Array(MAX_TREES * TABLE_SIZE);
  readonly steps: Int32Array = new Int32Array(MAX_TREES * TABLE_SIZE);
  /** For each tree and length: the first value of twenty bits that is beyond all codes up to this length. */
  readonly upper: Int32Array = new Int32Array(MAX_TREES * LENGTH_SLOTS);
  /** For each tree and length: what to add to a code to get its rank. */
  readonly rankShift: Int32Array = new Int32Array(MAX_TREES * LENGTH_SLOTS);
  /** For each tree: symbols by rank, that is by length and then by value. */
  readonly byRank: Uint16Array = new Uint16Array(MAX_TREES * RANK_SLOTS);

  /** Fills the tables of one tree, but for its steps, which become none. Each length is 1 to 20. */
  set(tree: number, lengths: Uint8Array): void {
    const codes = this.codes.subarray(tree * TABLE_SIZE, (tree + 1) * TABLE_SIZE).fill(0);
    const byRank = this.byRank.subarray(tree * RANK_SLOTS, (tree + 1) * RANK_SLOTS);
    this.steps.fill(NO_STEP, tree * TABLE_SIZE, (tree + 1) * TABLE_SIZE);
    let code = 0;
    let rank = 0;
    for (let length = 1; length <= MAX_CODE_LENGTH; length++) {
      code <<= 1;
      this.rankShift[tree * LENGTH_SLOTS + length] = rank - code;
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] !== length) continue;
        if (length <= INDEX_BITS && code < 1 << length) {
          const shift = INDEX_BITS - length;
          codes.fill((symbol << CODE_SYMBOL_SHIFT) | length, code << shift, (code + 1) << shift);
        }
        byRank[rank++] = symbol;
        code++;
      }
      // Lengths that ask for too much would make codes grow without bound; beyond the end they are all the same.
      code = Math.min(code, 1 << length);
      this.upper[tree * LENGTH_SLOTS + length] = code << (MAX_CODE_LENGTH - length);
    }
  }

  /** Fills the steps of one tree, whose codes are set. */
  setSteps(tree: number, endSymbol: number): void {
    const codes = this.codes.subarray(tree * TABLE_SIZE, (tree + 1) * TABLE_SIZE);
    for (let index = 0; index < TABLE_SIZE; index++) {
      this.steps[tree * TABLE_SIZE + index] = findStep(codes, index, endSymbol);
    }
  }
}

/** The symbols that lie wholly within the bits of an index. */
function findStep(codes: Uint16Array, index: number, endSymbol: number): number {
  let usedBits = 0;
  let digits = 0;
  let run = 0;
  while (digits < MOST_DIGITS) {
    const code = codes[(index << usedBits) & (TABLE_SIZE - 1)]!;
    const length = code & CODE_LENGTH_MASK;
    const symbol = code >>> CODE_SYMBOL_SHIFT;
    if (code === 0 || usedBits + length > INDEX_BITS || symbol === endSymbol) break;
    usedBits += length;
    if (symbol > RUNB) return makeStep(usedBits, digits, run, symbol);
    run += 1 << (digits + symbol);
    digits++;
  }
  return digits === 0 ? NO_STEP : makeStep(usedBits, digits, run, 0);
}

/** A step of some digits, which count `run`, and then the byte of a symbol (or 0: none). */
export function makeStep(usedBits: number, digits: number, run: number, symbol: number): number {
  const count = digits + (symbol === 0 ? 0 : 1);
  return usedBits | (count << STEP_COUNT_SHIFT) | (digits << STEP_DIGITS_SHIFT) | (run << STEP_RUN_SHIFT) |
    (symbol << STEP_SYMBOL_SHIFT);
}
