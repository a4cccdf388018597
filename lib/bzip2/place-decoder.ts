/**
 * @kernel Bits → places in the move-to-front list, a whole group of 50 symbols at a time.
 *
 * Made for blocks whose bytes come from far back in the list: runs of the front are rare in them, and codes are of much
 * the same length. Only groups with nothing special are taken: the symbol that ends the block, bits that are no code, and
 * what may be beyond the input or the column are left to symbol-decoder.ts, which also says what is wrong.
 *
 * The plain twin is test/support/plain/symbol-decoder.ts.
 */

import { MAX_CODE_LENGTH, RUNB, SYMBOLS_PER_GROUP } from "./format.ts";
import {
  CODE_LENGTH_MASK,
  CODE_SYMBOL_SHIFT,
  INDEX_BITS,
  LENGTH_SLOTS,
  RANK_SLOTS,
  TABLE_SIZE,
} from "./huffman-decode.ts";
import { COLUMN_SLACK, type SymbolState } from "./symbol-state.ts";

const MOST_GROUP_BITS = SYMBOLS_PER_GROUP * MAX_CODE_LENGTH;
/** Longer runs are left to the other decoder, also where an earlier group began them. */
const MOST_RUN_DIGITS = 12;

/** Decodes groups that end before the bit `endBit` of `input`; eight bytes behind it must be readable. */
export function decodePlaces(state: SymbolState, input: DataView, endBit: number): void {
  const { selectors, column, endSymbol } = state;
  const { codes, upper, rankShift, byRank } = state.tables;
  const lengthLimit = Math.min(column.length - COLUMN_SLACK, state.limit) - SYMBOLS_PER_GROUP;
  const bitLimit = endBit - MOST_GROUP_BITS;

  while (state.group < selectors.length) {
    let { position: bit, length, run, runDigits } = state;
    if (bit > bitLimit || length > lengthLimit) return;
    const tree = selectors[state.group]!;
    const tableBase = tree * TABLE_SIZE;
    for (let left = SYMBOLS_PER_GROUP; left > 0; left--) {
      const next = input.getInt32(bit >>> 3) << (bit & 7);
      const code = codes[tableBase + (next >>> (32 - INDEX_BITS))]!;
      let symbol = code >>> CODE_SYMBOL_SHIFT;
      let usedBits = code & CODE_LENGTH_MASK;
      if (code === 0) {
        const bits = next >>> 12;
        const lengthBase = tree * LENGTH_SLOTS;
        usedBits = INDEX_BITS + 1;
        while (usedBits <= MAX_CODE_LENGTH && bits >= upper[lengthBase + usedBits]!) usedBits++;
        if (usedBits > MAX_CODE_LENGTH) return;
        symbol = byRank[
          tree * RANK_SLOTS + rankShift[lengthBase + usedBits]! + (bits >>> (MAX_CODE_LENGTH - usedBits))
        ]!;
      }
      bit += usedBits;
      if (symbol <= RUNB) {
        if (runDigits >= MOST_RUN_DIGITS) return;
        run += (1 + symbol) << runDigits++;
        continue;
      }
      if (symbol === endSymbol) return;
      if (run > 0) {
        if (length + run > lengthLimit) return;
        column.fill(0, length, length + run);
        length += run;
        run = 0;
        runDigits = 0;
      }
      column[length++] = symbol - 1;
    }
    state.position = bit;
    state.length = length;
    state.run = run;
    state.runDigits = runDigits;
    state.group++;
  }
}
