/** The cheapest tree for each group, and the codes of symbols, written plainly: twins of select-trees.ts and write-codes.ts. */
import { bitsOf } from "./bit-string.ts";

/** The number of the cheapest tree for each group of 50, given the lengths of each tree. */
export function cheapestTrees(symbols: ArrayLike<number>, trees: readonly (readonly number[])[]): number[] {
  return groupsOf(symbols).map((group) => {
    const costs = trees.map((lengths) => group.reduce((sum, symbol) => sum + lengths[symbol]!, 0));
    return costs.indexOf(Math.min(...costs));
  });
}

/** The codes of all symbols as a string of bits. */
export function codeBits(
  symbols: ArrayLike<number>,
  trees: readonly (readonly number[])[],
  selectors: number[],
): string {
  const codes = trees.map(canonicalCodes);
  return groupsOf(symbols).map((group, i) => group.map((symbol) => codes[selectors[i]!]![symbol]!).join("")).join("");
}

/** The code of each symbol: shorter codes are lower, and among equal lengths the lower symbol has the lower code. */
function canonicalCodes(lengths: readonly number[]): string[] {
  const codes: string[] = [];
  const symbols = lengths.map((_, symbol) => symbol).sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  let code = 0;
  let previous = 0;
  for (const symbol of symbols) {
    code <<= lengths[symbol]! - previous;
    previous = lengths[symbol]!;
    codes[symbol] = bitsOf(code++, previous);
  }
  return codes;
}

function groupsOf(symbols: ArrayLike<number>): number[][] {
  const all = Array.from(symbols);
  return Array.from({ length: Math.ceil(all.length / 50) }, (_, i) => all.slice(50 * i, 50 * i + 50));
}
