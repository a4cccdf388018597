/**
 * @kernel Bits → the last column of the sorted rotations: Huffman codes, run lengths of zeros and move-to-front at once.
 *
 * Symbols come in groups of 50, each with its own table. RUNA and RUNB are the digits, lowest first, of a number in
 * which they count for 1 and 2: so many times the front of the move-to-front list follows.
 *
 *     RUNA = 1   RUNB = 2   RUNA RUNA = 1 + 2 = 3   RUNB RUNA = 2 + 2 = 4   RUNA RUNB = 1 + 4 = 5
 *
 * Every other symbol s takes the list's entry number s - 1 and moves it to the front; the highest symbol ends the block.
 *
 * What costs time here is branches that go now one way, now the other. So one look-up takes a whole step (the digits of
 * a run and the byte after it), and the list's first 16 bytes live in four words, in which moving to the front is a
 * shift under a mask. (Measured 2026-11 on text: 9.9 ns a byte symbol by symbol with a list in memory, 6.0 as it is.)
 * Where most bytes come from behind those words, the list is left to mtf-decode.ts: the column gets places, most of them
 * from place-decoder.ts.
 *
 * The plain twin is test/support/plain/symbol-decoder.ts.
 */

import { MAX_CODE_LENGTH, RUNB, SYMBOLS_PER_GROUP } from "./format.ts";
import {
  CODE_LENGTH_MASK,
  CODE_SYMBOL_SHIFT,
  INDEX_BITS,
  LENGTH_SLOTS,
  makeStep,
  RANK_SLOTS,
  STEP_COUNT_MASK,
  STEP_COUNT_SHIFT,
  STEP_DIGITS_MASK,
  STEP_DIGITS_SHIFT,
  STEP_RUN_MASK,
  STEP_RUN_SHIFT,
  STEP_SYMBOL_SHIFT,
  TABLE_SIZE,
} from "./huffman-decode.ts";
import { decodePlaces } from "./place-decoder.ts";
import { COLUMN_SLACK, type SymbolState, WORD_BYTES } from "./symbol-state.ts";

/** Why `decodeSymbols` came back. */
export type SymbolStatus =
  | typeof DONE
  | typeof NEED_INPUT
  | typeof NEED_ROOM
  | typeof BAD_CODE
  | typeof TOO_LONG
  | typeof NO_SELECTOR;
/** The symbol that ends the block was read. */
export const DONE = 0;
/** The next symbol does not end before `endBit`. */
export const NEED_INPUT = 1;
/** `column` is too small for what comes next, but the block may be longer. */
export const NEED_ROOM = 2;
/** The bits at `position` are no code. */
export const BAD_CODE = 3;
/** The symbol at `position` makes the block longer than `limit`. */
export const TOO_LONG = 4;
/** There are more groups than selectors. */
export const NO_SELECTOR = 5;

/** A run of 21 digits has two million bytes, more than any block. */
const MAX_RUN_DIGITS = 21;

/** Longer runs are filled faster with one call than in a loop. Few runs are so long, but in dumps most bytes are in them. */
const LONG_RUN = 48;

/** From so many bytes on, moving them with one call is faster than a loop. */
const LONG_MOVE = 24;

/** Decodes symbols that end before the bit `endBit` of `bytes`; eight bytes behind it must be readable. */
export function decodeSymbols(state: SymbolState, bytes: Uint8Array, endBit: number): SymbolStatus {
  if (state.position >= endBit) return NEED_INPUT;
  const { selectors, list, words, column, limit, endSymbol, isPlaces } = state;
  const { codes, steps, upper, rankShift, byRank } = state.tables;
  const input = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const capacity = Math.min(column.length - COLUMN_SLACK, limit);
  let { position: bit, length, group, groupLeft, run, runDigits } = state;
  let word0 = words[0]!;
  let word1 = words[1]!;
  let word2 = words[2]!;
  let word3 = words[3]!;
  let tree = groupLeft > 0 ? selectors[group - 1]! : 0;
  let tableBase = tree * TABLE_SIZE;
  /** Symbols are taken one at a time: a step did not fit, and it must be known which of its symbols does not. */
  let isCareful = false;
  let usedBits = 0;
  let status: SymbolStatus = NEED_INPUT;

  for (;;) {
    // The next 25 bits or more, at the top.
    const next = input.getInt32(bit >>> 3) << (bit & 7);
    let step = steps[tableBase + (next >>> (32 - INDEX_BITS))]!;
    let count = (step >>> STEP_COUNT_SHIFT) & STEP_COUNT_MASK;
    if (count > groupLeft || isCareful) {
      // No step here, or the group ends within it.
      if (groupLeft === 0) {
        if (isPlaces) {
          // Whole groups, as many as can be; then the one that is left, symbol by symbol.
          state.position = bit;
          state.length = length;
          state.group = group;
          state.run = run;
          state.runDigits = runDigits;
          decodePlaces(state, input, endBit);
          ({ position: bit, length, group, run, runDigits } = state);
          if (bit >= endBit) {
            usedBits = 0;
            break;
          }
        }
        if (group === selectors.length) {
          usedBits = 0;
          status = NO_SELECTOR;
          break;
        }
        tree = selectors[group++]!;
        tableBase = tree * TABLE_SIZE;
        groupLeft = SYMBOLS_PER_GROUP;
        continue;
      }
      const code = codes[tableBase + (next >>> (32 - INDEX_BITS))]!;
      let symbol = code >>> CODE_SYMBOL_SHIFT;
      usedBits = code & CODE_LENGTH_MASK;
      if (code === 0) {
        const bits = next >>> 12;
        const lengthBase = tree * LENGTH_SLOTS;
        usedBits = INDEX_BITS + 1;
        while (usedBits <= 20 && bits >= upper[lengthBase + usedBits]!) usedBits++;
        if (usedBits > 20) {
          usedBits = 0;
          // bzip2 looks at a 21st bit before it gives up: a file that is cut before it is short, and not damaged.
          status = bit + MAX_CODE_LENGTH + 1 > endBit ? NEED_INPUT : BAD_CODE;
          break;
        }
        symbol = byRank[tree * RANK_SLOTS + rankShift[lengthBase + usedBits]! + (bits >>> (20 - usedBits))]!;
      }
      count = 1;
      step = symbol <= RUNB ? makeStep(0, 1, 1 + symbol, 0) : makeStep(0, 0, 0, symbol);
    } else {
      usedBits = step & CODE_LENGTH_MASK;
    }
    bit += usedBits;
    if (bit > endBit) {
      if (count === 1) break;
      bit -= usedBits;
      isCareful = true;
      continue;
    }

    const symbol = step >>> STEP_SYMBOL_SHIFT;
    const newRun = run + (((step >>> STEP_RUN_SHIFT) & STEP_RUN_MASK) << runDigits);
    if (length + newRun >= capacity) {
      if (count > 1) {
        bit -= usedBits;
        isCareful = true;
        continue;
      }
      if (symbol === 0) {
        // How long a run is counts when the symbol behind it is known, as in bzip2; but no run has so many digits.
        if (runDigits === MAX_RUN_DIGITS) {
          status = TOO_LONG;
          break;
        }
      } else {
        const needed = length + newRun + (symbol === endSymbol ? 0 : 1);
        if (needed > capacity) {
          status = needed > limit ? TOO_LONG : NEED_ROOM;
          break;
        }
      }
    }
    groupLeft -= count;
    if (symbol === 0) {
      run = newRun;
      runDigits += (step >>> STEP_DIGITS_SHIFT) & STEP_DIGITS_MASK;
      continue;
    }
    const front = word0 & 0xff;
    const runEnd = length + newRun;
    column[length] = front;
    column[length + 1] = front;
    column[length + 2] = front;
    column[length + 3] = front;
    if (newRun >= LONG_RUN) column.fill(front, length + 4, runEnd);
    else for (let i = length + 4; i < runEnd; i++) column[i] = front;
    length = runEnd;
    run = 0;
    runDigits = 0;
    if (symbol === endSymbol) {
      usedBits = 0;
      status = DONE;
      break;
    }

    const rank = symbol - 1;
    if (isPlaces) {
      column[length++] = rank;
      continue;
    }
    const shift = (rank & 3) << 3;
    let byte: number;
    if (rank < 8) {
      // Without a branch: `inSecond` is all ones when the byte is in word 1, and `moved` covers the bytes up to it.
      const inSecond = -(rank >>> 2);
      const moved = (((1 << shift) - 1) << 8) | 0xff;
      byte = ((word0 ^ ((word0 ^ word1) & inSecond)) >>> shift) & 0xff;
      word1 ^= (word1 ^ ((word1 << 8) | (word0 >>> 24))) & moved & inSecond;
      word0 ^= (word0 ^ ((word0 << 8) | byte)) & (moved | inSecond);
    } else {
      const below = (1 << shift) - 1;
      const above = -256 << shift;
      if (rank < 12) {
        byte = (word2 >>> shift) & 0xff;
        word2 = (word2 & above) | ((word2 & below) << 8) | (word1 >>> 24);
      } else {
        if (rank < WORD_BYTES) {
          byte = (word3 >>> shift) & 0xff;
          word3 = (word3 & above) | ((word3 & below) << 8) | (word2 >>> 24);
        } else {
          byte = list[rank]!;
          if (rank >= WORD_BYTES + LONG_MOVE) list.copyWithin(WORD_BYTES + 1, WORD_BYTES, rank);
          else for (let i = rank; i > WORD_BYTES; i--) list[i] = list[i - 1]!;
          list[WORD_BYTES] = word3 >>> 24;
          word3 = (word3 << 8) | (word2 >>> 24);
        }
        word2 = (word2 << 8) | (word1 >>> 24);
      }
      word1 = (word1 << 8) | (word0 >>> 24);
      word0 = (word0 << 8) | byte;
    }
    column[length++] = byte;
  }

  words[0] = word0;
  words[1] = word1;
  words[2] = word2;
  words[3] = word3;
  // All ways out but `DONE` leave the last symbol unread.
  state.position = bit - usedBits;
  state.length = length;
  state.group = group;
  state.groupLeft = groupLeft;
  state.run = run;
  state.runDigits = runDigits;
  return status;
}
