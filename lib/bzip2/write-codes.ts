/**
 * Writes the codes of the symbols of a block, each group of 50 with the tree selected for it. A `@kernel`.
 *
 * Bits are held in one number and written two bytes at a time:
 *
 *     held < 16 bits | a code of at most 17 bits      ; at most 32 together
 */
import { MAX_TREES, SYMBOLS_PER_GROUP } from "./format.ts";
import { MOST_SYMBOLS, type Trees } from "./trees.ts";

const LENGTH_BITS = 5;
const LENGTH_MASK = (1 << LENGTH_BITS) - 1;

/** Each symbol's code and, in the low bits, its length; laid out like the lengths of the trees. */
const codes: Int32Array = new Int32Array(MAX_TREES * MOST_SYMBOLS);

/** Where the codes go: a buffer that is zero behind `bitOffset`, with room for all of them and a word. */
export interface BitTarget {
  readonly buffer: Uint8Array;
  readonly bitOffset: number;
}

/** Writes the codes; gives the bit behind the last. The last symbol ends the block and is the highest of the alphabet. */
export function writeCodes(symbols: Uint16Array, trees: Trees, selectors: Uint8Array, target: BitTarget): number {
  assignCodes(trees, symbols[symbols.length - 1]! + 1);
  const { buffer, bitOffset } = target;
  let byteOffset = bitOffset >>> 3;
  let held = bitOffset & 7;
  let bits = buffer[byteOffset]! >>> (8 - held);
  let group = 0;
  for (let start = 0; start < symbols.length; start += SYMBOLS_PER_GROUP) {
    const end = Math.min(start + SYMBOLS_PER_GROUP, symbols.length);
    const base = selectors[group++]! * MOST_SYMBOLS;
    for (let i = start; i < end; i++) {
      const entry = codes[base + symbols[i]!]!;
      const length = entry & LENGTH_MASK;
      bits = (bits << length) | (entry >>> LENGTH_BITS);
      held += length;
      while (held >= 16) {
        held -= 16;
        buffer[byteOffset++] = bits >>> (held + 8);
        buffer[byteOffset++] = bits >>> held;
      }
    }
  }
  const bitEnd = (byteOffset << 3) + held;
  for (; held > 0; held -= 8) buffer[byteOffset++] = held >= 8 ? bits >>> (held - 8) : bits << (8 - held);
  return bitEnd;
}

/** Gives each symbol its code: shorter codes before longer ones, symbols in order within a length. */
function assignCodes(trees: Trees, alphabetSize: number): void {
  for (let tree = 0; tree < trees.count; tree++) {
    const base = tree * MOST_SYMBOLS;
    let code = 0;
    for (let length = 1; length <= LENGTH_MASK; length++) {
      for (let symbol = base; symbol < base + alphabetSize; symbol++) {
        if (trees.lengths[symbol] === length) codes[symbol] = (code++ << LENGTH_BITS) | length;
      }
      code <<= 1;
    }
  }
}
