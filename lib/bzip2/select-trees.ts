/**
 * Picks the cheapest tree for each group of 50 symbols. A `@kernel`.
 *
 * What a group costs is summed for three trees in one number: a group has at most 50 codes of at most 17 bits, which
 * is below 2^10, and three times 10 bits fit.
 */
import { MAX_TREES, SYMBOLS_PER_GROUP } from "./format.ts";
import { MOST_SYMBOLS, type Trees } from "./trees.ts";

const COST_BITS = 10;
const COST_MASK = (1 << COST_BITS) - 1;

const packedCosts: Int32Array = new Int32Array(2 * MOST_SYMBOLS);
const sums: Int32Array = new Int32Array(MAX_TREES);

/**
 * Fills `selectors` with the tree of each group, the lowest of those that are equally cheap, and counts in
 * `frequencies` (laid out like the lengths) what each tree has to code then.
 */
export function selectTrees(symbols: Uint16Array, trees: Trees, selectors: Uint8Array, frequencies: Int32Array): void {
  packCosts(trees);
  frequencies.fill(0);
  const treeCount = trees.count;
  let group = 0;
  for (let start = 0; start < symbols.length; start += SYMBOLS_PER_GROUP) {
    const end = Math.min(start + SYMBOLS_PER_GROUP, symbols.length);
    let low = 0;
    let high = 0;
    for (let i = start; i < end; i++) {
      const symbol = symbols[i]!;
      low += packedCosts[2 * symbol]!;
      high += packedCosts[2 * symbol + 1]!;
    }
    sums[0] = low & COST_MASK;
    sums[1] = (low >>> COST_BITS) & COST_MASK;
    sums[2] = low >>> (2 * COST_BITS);
    sums[3] = high & COST_MASK;
    sums[4] = (high >>> COST_BITS) & COST_MASK;
    sums[5] = high >>> (2 * COST_BITS);
    let best = 0;
    for (let tree = 1; tree < treeCount; tree++) {
      if (sums[tree]! < sums[best]!) best = tree;
    }
    selectors[group++] = best;
    const base = best * MOST_SYMBOLS;
    for (let i = start; i < end; i++) frequencies[base + symbols[i]!]!++;
  }
}

function packCosts(trees: Trees): void {
  const { lengths } = trees;
  for (let symbol = 0; symbol < MOST_SYMBOLS; symbol++) {
    for (let half = 0; half < 2; half++) {
      const base = 3 * half * MOST_SYMBOLS + symbol;
      packedCosts[2 * symbol + half] = lengths[base]! | (lengths[base + MOST_SYMBOLS]! << COST_BITS) |
        (lengths[base + 2 * MOST_SYMBOLS]! << (2 * COST_BITS));
    }
  }
}
