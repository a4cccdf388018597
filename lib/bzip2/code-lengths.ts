/**
 * Lengths of the codes of a Huffman tree, none longer than a limit.
 *
 * bzip2 needs a code for every symbol of the alphabet, so that one which does not come counts as if it came once.
 * Where the best tree is deeper than the limit, its deep codes are cut to the limit and others made longer, the
 * rarest first, until there is room for all; what room is then left goes to the most frequent.
 */

import { MOST_SYMBOLS } from "./trees.ts";

/** Symbols and their numbers are sorted as one number: frequency, then symbol. */
const SYMBOL_BITS = 9;
const SYMBOL_MASK = (1 << SYMBOL_BITS) - 1;

/** Makes code lengths; its memory is kept from one tree to the next. */
export class CodeLengthMaker {
  readonly #sorted = new Int32Array(MOST_SYMBOLS);
  /** Leaves in sorted order, then inner nodes: the weight of each, and the inner node above it. */
  readonly #weights = new Int32Array(2 * MOST_SYMBOLS);
  readonly #parents = new Int32Array(2 * MOST_SYMBOLS);
  readonly #depths = new Int32Array(2 * MOST_SYMBOLS);

  /** Fills `lengths` for the symbols with these `frequencies`, which are 2 or more and below 2^22 each. */
  fill(frequencies: Int32Array, lengths: Uint8Array, longest: number): void {
    const count = frequencies.length;
    const sorted = this.#sorted.subarray(0, count);
    for (let symbol = 0; symbol < count; symbol++) {
      sorted[symbol] = (Math.max(frequencies[symbol]!, 1) << SYMBOL_BITS) | symbol;
    }
    sorted.sort();
    this.#buildTree(count);
    const depths = this.#depths;
    if (depths[0]! > longest) limitDepths(depths.subarray(0, count), longest);
    for (let i = 0; i < count; i++) lengths[sorted[i]! & SYMBOL_MASK] = depths[i]!;
  }

  /** Joins the two lightest nodes until one is left: leaves and inner nodes are each in order of weight. */
  #buildTree(count: number): void {
    const weights = this.#weights;
    const parents = this.#parents;
    for (let i = 0; i < count; i++) weights[i] = this.#sorted[i]! >>> SYMBOL_BITS;
    const root = 2 * count - 2;
    let leaf = 0;
    let inner = count;
    for (let node = count; node <= root; node++) {
      const first = leaf < count && (inner >= node || weights[leaf]! <= weights[inner]!) ? leaf++ : inner++;
      const second = leaf < count && (inner >= node || weights[leaf]! <= weights[inner]!) ? leaf++ : inner++;
      weights[node] = weights[first]! + weights[second]!;
      parents[first] = node;
      parents[second] = node;
    }
    this.#depths[root] = 0;
    for (let node = root - 1; node >= 0; node--) this.#depths[node] = this.#depths[parents[node]!]! + 1;
  }
}

/** Cuts `depths` (of leaves, rarest first) to `longest`, and keeps the codes possible. */
function limitDepths(depths: Int32Array, longest: number): void {
  let room = 1 << longest;
  for (let i = 0; i < depths.length; i++) {
    if (depths[i]! > longest) depths[i] = longest;
    room -= 1 << (longest - depths[i]!);
  }
  for (let i = 0; room < 0; i++) {
    while (room < 0 && depths[i]! < longest) {
      depths[i]!++;
      room += 1 << (longest - depths[i]!);
    }
  }
  for (let i = depths.length - 1; i >= 0; i--) {
    while (room >= 1 << (longest - depths[i]!)) {
      room -= 1 << (longest - depths[i]!);
      depths[i]!--;
    }
  }
}
