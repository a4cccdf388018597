/**
 * @kernel Bits → the last column of the sorted rotations: Huffman codes, run lengths of zeros and move-to-front at once.
 *
 * Symbols come in groups of 50, each with its own table. RUNA and RUNB are the digits, lowest first, of a number in
 * which they count for 1 and 2: so many times the front of the move-to-front list follows.
 *
 *     RUNA = 1   RUNB = 2   RUNA RUNA = 1 + 2 = 3   RUNB RUNA = 2 + 2 = 4   RUNA RUNB = 1 + 4 = 5
 *
 * Every other symbol s takes the list's entry number s - 1 and moves it to the front; the highest symbol ends the block.
 * The plain twin is test/support/plain/symbol-decoder.ts.
 */

import { RUNB, SYMBOLS_PER_GROUP } from "./format.ts";
import { FIRST_BITS, FIRST_SIZE, HuffmanTables, LENGTH_BITS, LENGTH_SLOTS, RANK_SLOTS } from "./huffman-decode.ts";

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

/** Everything that decoding of a block's symbols remembers between two calls. */
export class SymbolState {
  readonly tables: HuffmanTables = new HuffmanTables();
  selectors: Uint8Array = new Uint8Array(0);
  /** The symbol that ends the block. */
  endSymbol = 0;
  /** The move-to-front list from its 17th byte on; the places before are not used. */
  readonly list: Uint8Array = new Uint8Array(256);
  /** The first 16 bytes of the list, four in a word. */
  readonly words: Int32Array = new Int32Array(4);
  /** How often each byte occurs. */
  readonly counts: Int32Array = new Int32Array(256);
  /** The last column of the sorted rotations: what is being decoded. */
  column: Uint8Array = new Uint8Array(1 << 14);
  /** Bytes of the column that are there. */
  length = 0;
  /** The most bytes that a block may have. */
  limit = 0;
  /** Number of the next group. */
  group = 0;
  /** Symbols that are left in the present group. */
  groupLeft = 0;
  /** The run that is being read, and what its next digit counts for. */
  run = 0;
  runWeight = 1;
  /** The bit of `bytes` at which to go on. */
  position = 0;

  /** Starts the move-to-front list with the bytes that occur. */
  setList(bytes: Uint8Array): void {
    this.list.set(bytes);
    for (let i = 0; i < 4; i++) {
      const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(i * 4, i * 4 + 4);
      this.words[i] = a | (b << 8) | (c << 16) | (d << 24);
    }
  }
}

/** Decodes symbols that end before the bit `endBit` of `bytes`; eight bytes behind it must be readable. */
export function decodeSymbols(state: SymbolState, bytes: Uint8Array, endBit: number): SymbolStatus {
  const { selectors, list, words, counts, column, limit, endSymbol } = state;
  const { first, upper, rankShift, byRank } = state.tables;
  const capacity = column.length;
  let { length, group, groupLeft, run, runWeight } = state;
  let tree = groupLeft > 0 ? selectors[group - 1]! : 0;
  let firstBase = tree * FIRST_SIZE;

  let word0 = words[0]!;
  let word1 = words[1]!;
  let word2 = words[2]!;
  let word3 = words[3]!;

  // The bit buffer: its low `have` bits are the next bits of input.
  //
  //     buffer  | used … | next bits, `have` of them |      next byte to load: bytes[at]
  let at = state.position >>> 3;
  let have = 8 - (state.position & 7);
  let buffer = bytes[at++]!;
  let usedBits = 0;
  let status: SymbolStatus = NEED_INPUT;

  for (;;) {
    if (groupLeft === 0) {
      if (group === selectors.length) {
        usedBits = 0;
        status = NO_SELECTOR;
        break;
      }
      tree = selectors[group++]!;
      firstBase = tree * FIRST_SIZE;
      groupLeft = SYMBOLS_PER_GROUP;
    }
    if (have < 16) {
      buffer = (buffer << 16) | (bytes[at]! << 8) | bytes[at + 1]!;
      at += 2;
      have += 16;
    }
    let symbol: number;
    const entry = first[firstBase + ((buffer >>> (have - FIRST_BITS)) & (FIRST_SIZE - 1))]!;
    if (entry !== 0) {
      usedBits = entry & ((1 << LENGTH_BITS) - 1);
      symbol = entry >>> LENGTH_BITS;
    } else {
      if (have < 20) {
        buffer = (buffer << 8) | bytes[at++]!;
        have += 8;
      }
      const bits = (buffer >>> (have - 20)) & 0xfffff;
      const lengthBase = tree * LENGTH_SLOTS;
      usedBits = FIRST_BITS + 1;
      while (usedBits <= 20 && bits >= upper[lengthBase + usedBits]!) usedBits++;
      if (usedBits > 20) {
        usedBits = 0;
        status = at * 8 - have + 20 > endBit ? NEED_INPUT : BAD_CODE;
        break;
      }
      symbol = byRank[tree * RANK_SLOTS + rankShift[lengthBase + usedBits]! + (bits >>> (20 - usedBits))]!;
    }
    have -= usedBits;
    if (at * 8 - have > endBit) break;

    if (symbol <= RUNB) {
      run += runWeight << symbol;
      runWeight <<= 1;
      // Also keeps the weight from overflowing: the limit is below 2 to the 20th.
      if (run > limit) {
        run -= (runWeight >>> 1) << symbol;
        runWeight >>>= 1;
        status = TOO_LONG;
        break;
      }
      groupLeft--;
      continue;
    }
    if (run > 0) {
      const runEnd = length + run;
      if (runEnd > capacity || runEnd > limit) {
        status = runEnd > limit ? TOO_LONG : NEED_ROOM;
        break;
      }
      const front = word0 & 0xff;
      counts[front] = counts[front]! + run;
      while (length < runEnd) column[length++] = front;
      run = 0;
      runWeight = 1;
    }
    if (symbol === endSymbol) {
      groupLeft--;
      usedBits = 0;
      status = DONE;
      break;
    }
    if (length >= capacity || length >= limit) {
      status = length >= limit ? TOO_LONG : NEED_ROOM;
      break;
    }
    // The list's first sixteen bytes live in four words, the lowest byte of each first: moving to the front shifts words.
    const rank = symbol - 1;
    const shift = (rank & 3) << 3;
    const below = (1 << shift) - 1;
    const above = -256 << shift;
    let byte: number;
    if (rank < 4) {
      byte = (word0 >>> shift) & 0xff;
      word0 = (word0 & above) | ((word0 & below) << 8) | byte;
    } else {
      const carry0 = word0 >>> 24;
      if (rank < 8) {
        byte = (word1 >>> shift) & 0xff;
        word1 = (word1 & above) | ((word1 & below) << 8) | carry0;
      } else {
        const carry1 = word1 >>> 24;
        if (rank < 12) {
          byte = (word2 >>> shift) & 0xff;
          word2 = (word2 & above) | ((word2 & below) << 8) | carry1;
        } else {
          const carry2 = word2 >>> 24;
          if (rank < 16) {
            byte = (word3 >>> shift) & 0xff;
            word3 = (word3 & above) | ((word3 & below) << 8) | carry2;
          } else {
            byte = list[rank]!;
            for (let i = rank; i > 16; i--) list[i] = list[i - 1]!;
            list[16] = word3 >>> 24;
            word3 = (word3 << 8) | carry2;
          }
          word2 = (word2 << 8) | carry1;
        }
        word1 = (word1 << 8) | carry0;
      }
      word0 = (word0 << 8) | byte;
    }
    counts[byte] = counts[byte]! + 1;
    column[length++] = byte;
    groupLeft--;
  }

  words[0] = word0;
  words[1] = word1;
  words[2] = word2;
  words[3] = word3;
  // All ways out but `DONE` leave the last symbol unread.
  state.position = at * 8 - have - usedBits;
  state.length = length;
  state.group = group;
  state.groupLeft = groupLeft;
  state.run = run;
  state.runWeight = runWeight;
  return status;
}
