/**
 * Code lengths → tables that turn bits into symbols.
 *
 * Codes are canonical: shorter codes come first, and among equal lengths smaller symbols. A first table is indexed with
 * the next ten bits and answers all codes of at most ten; longer ones (rare) are found by comparing twenty bits with the
 * upper end of each length.
 *
 *     lengths  a:1 b:2 c:2   →   a 0   b 10   c 11   →   0xxxxxxxxx: a, 1   10xxxxxxxx: b, 2   11xxxxxxxx: c, 2
 *
 * Lengths need not fit together. As bzip2 1.0.8 does, codes that no longer fit are never matched, and bits that match
 * no code are an error only if they occur.
 */

import { MAX_CODE_LENGTH, MAX_TREES } from "./format.ts";

/** Bits that index the first table. */
export const FIRST_BITS = 10;
/** Entries of the first table, for each tree. */
export const FIRST_SIZE: number = 1 << FIRST_BITS;
/** An entry of the first table is `symbol << LENGTH_BITS | length`, or 0 where the code is longer (or none). */
export const LENGTH_BITS = 4;
/** Slots per tree of the tables by length and by rank. */
export const LENGTH_SLOTS: number = MAX_CODE_LENGTH + 1;
export const RANK_SLOTS = 258;

/** The decoding tables of all trees of a block, one after the other; kept and filled anew for each block. */
export class HuffmanTables {
  readonly first: Uint16Array = new Uint16Array(MAX_TREES * FIRST_SIZE);
  /** For each tree and length: the first value of twenty bits that is beyond all codes up to this length. */
  readonly upper: Int32Array = new Int32Array(MAX_TREES * LENGTH_SLOTS);
  /** For each tree and length: what to add to a code to get its rank. */
  readonly rankShift: Int32Array = new Int32Array(MAX_TREES * LENGTH_SLOTS);
  /** For each tree: symbols by rank, that is by length and then by value. */
  readonly byRank: Uint16Array = new Uint16Array(MAX_TREES * RANK_SLOTS);

  /** Fills the tables of one tree. Each length is 1 to 20. */
  set(tree: number, lengths: Uint8Array): void {
    const first = this.first.subarray(tree * FIRST_SIZE, (tree + 1) * FIRST_SIZE).fill(0);
    const byRank = this.byRank.subarray(tree * RANK_SLOTS, (tree + 1) * RANK_SLOTS);
    let code = 0;
    let rank = 0;
    for (let length = 1; length <= MAX_CODE_LENGTH; length++) {
      code <<= 1;
      this.rankShift[tree * LENGTH_SLOTS + length] = rank - code;
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] !== length) continue;
        if (length <= FIRST_BITS && code < 1 << length) {
          const shift = FIRST_BITS - length;
          first.fill((symbol << LENGTH_BITS) | length, code << shift, (code + 1) << shift);
        }
        byRank[rank++] = symbol;
        code++;
      }
      // Lengths that ask for too much would make codes grow without bound; beyond the end they are all the same.
      code = Math.min(code, 1 << length);
      this.upper[tree * LENGTH_SLOTS + length] = code << (MAX_CODE_LENGTH - length);
    }
  }
}
