/**
 * Last step of encoding: two to six Huffman trees, of which each group of 50 symbols takes the cheapest.
 *
 * The first trees each favour a range of symbols, so that all ranges have about as much to code. Then, some times over,
 * each group picks its tree and each tree is built anew for the groups that picked it.
 */
import type { BitWriter } from "../bits/bit-writer.ts";
import { CodeLengthMaker } from "./code-lengths.ts";
import { MAX_TREES, MIN_TREES, SYMBOLS_PER_GROUP } from "./format.ts";
import { selectTrees } from "./select-trees.ts";
import { MOST_SYMBOLS, type Trees } from "./trees.ts";
import { writeCodes } from "./write-codes.ts";

const REFINEMENTS = 4;
/** Longest code written: as bzip2 1.0.8, though 20 may be read. */
const LONGEST_CODE = 17;
/** What a tree charges at first for symbols out of its range. */
const FOREIGN_COST = 15;
/** So many symbols are worth a tree more, as in bzip2 1.0.8. */
const WORTH_A_TREE: readonly number[] = [200, 600, 1200, 2400];

/** Writes the symbols of blocks with their trees; its memory is kept from one block to the next. */
export class HuffmanEncoder {
  readonly #lengthMaker = new CodeLengthMaker();
  readonly #lengths = new Uint8Array(MAX_TREES * MOST_SYMBOLS);
  readonly #frequencies = new Int32Array(MAX_TREES * MOST_SYMBOLS);
  #selectors = new Uint8Array(0);

  /** Writes trees, selectors and codes of `symbols`, whose `frequencies` are given for the whole alphabet. */
  encode(symbols: Uint16Array, frequencies: Int32Array, writer: BitWriter): void {
    const alphabetSize = frequencies.length;
    const groupCount = Math.ceil(symbols.length / SYMBOLS_PER_GROUP);
    if (this.#selectors.length < groupCount) this.#selectors = new Uint8Array(groupCount + (groupCount >>> 2));
    const selectors = this.#selectors.subarray(0, groupCount);
    const trees: Trees = { lengths: this.#lengths, count: countTrees(symbols.length) };
    this.#divideAlphabet(trees, frequencies, symbols.length);
    for (let i = 0; i < REFINEMENTS; i++) {
      selectTrees(symbols, trees, selectors, this.#frequencies);
      this.#buildTrees(trees, alphabetSize);
    }
    writeSelectors(selectors, trees.count, writer);
    writeLengths(trees, alphabetSize, writer);
    const buffer = writer.reserve(this.#countBits(trees, alphabetSize));
    writer.bitLength = writeCodes(symbols, trees, selectors, { buffer, bitOffset: writer.bitLength });
  }

  /** Gives each tree a range of symbols with its share of what has not been shared out yet. */
  #divideAlphabet(trees: Trees, frequencies: Int32Array, symbolCount: number): void {
    this.#lengths.fill(FOREIGN_COST);
    let left = symbolCount;
    let symbol = 0;
    for (let tree = 0; tree < trees.count; tree++) {
      const share = left / (trees.count - tree);
      let taken = 0;
      while (symbol < frequencies.length && taken + frequencies[symbol]! / 2 < share) {
        taken += frequencies[symbol]!;
        this.#lengths[tree * MOST_SYMBOLS + symbol++] = 0;
      }
      left -= taken;
    }
  }

  #buildTrees(trees: Trees, alphabetSize: number): void {
    for (let tree = 0; tree < trees.count; tree++) {
      const start = tree * MOST_SYMBOLS;
      const end = start + alphabetSize;
      this.#lengthMaker.fill(this.#frequencies.subarray(start, end), this.#lengths.subarray(start, end), LONGEST_CODE);
    }
  }

  #countBits(trees: Trees, alphabetSize: number): number {
    let bits = 0;
    for (let tree = 0; tree < trees.count; tree++) {
      for (let i = tree * MOST_SYMBOLS; i < tree * MOST_SYMBOLS + alphabetSize; i++) {
        bits += this.#frequencies[i]! * this.#lengths[i]!;
      }
    }
    return bits;
  }
}

function countTrees(symbolCount: number): number {
  return MIN_TREES + WORTH_A_TREE.filter((least) => symbolCount >= least).length;
}

/** Trees and selectors: a selector is its place in a list of the trees, moved to the front, in ones with a zero behind. */
function writeSelectors(selectors: Uint8Array, treeCount: number, writer: BitWriter): void {
  writer.writeBits(treeCount, 3);
  writer.writeBits(selectors.length, 15);
  const list = Uint8Array.of(0, 1, 2, 3, 4, 5);
  for (const selector of selectors) {
    let place = 0;
    while (list[place] !== selector) place++;
    list.copyWithin(1, 0, place);
    list[0] = selector;
    writer.writeBits((1 << (place + 1)) - 2, place + 1);
  }
}

/** Lengths: the first in 5 bits, then each from the last by steps, "10" for one more and "11" for one less, and "0". */
function writeLengths(trees: Trees, alphabetSize: number, writer: BitWriter): void {
  for (let tree = 0; tree < trees.count; tree++) {
    const lengths = trees.lengths.subarray(tree * MOST_SYMBOLS, tree * MOST_SYMBOLS + alphabetSize);
    let current = lengths[0]!;
    writer.writeBits(current, 5);
    for (const length of lengths) {
      for (; current < length; current++) writer.writeBits(0b10, 2);
      for (; current > length; current--) writer.writeBits(0b11, 2);
      writer.writeBits(0, 1);
    }
  }
}
