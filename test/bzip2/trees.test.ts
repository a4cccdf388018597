import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CodeLengthMaker } from "../../lib/bzip2/code-lengths.ts";
import { selectTrees } from "../../lib/bzip2/select-trees.ts";
import { MOST_SYMBOLS } from "../../lib/bzip2/trees.ts";
import { writeCodes } from "../../lib/bzip2/write-codes.ts";
import { bitsOfBytes } from "../support/plain/bit-string.ts";
import { cheapestTrees, codeBits } from "../support/plain/tree-choice.ts";

interface Case {
  readonly symbols: Uint16Array;
  readonly alphabetSize: number;
  readonly trees: number[][];
}

/** Symbols that end with the highest of the alphabet, and trees made from random frequencies. */
const cases: fc.Arbitrary<Case> = fc.tuple(fc.integer({ min: 3, max: 258 }), fc.integer({ min: 2, max: 6 })).chain(
  ([alphabetSize, treeCount]) => {
    const frequency = fc.oneof(fc.nat(3), fc.nat(500_000));
    const frequencies = fc.array(frequency, { minLength: alphabetSize, maxLength: alphabetSize });
    const symbols = fc.array(fc.integer({ min: 0, max: alphabetSize - 2 }), { maxLength: 400 });
    return fc.tuple(symbols, fc.array(frequencies, { minLength: treeCount, maxLength: treeCount })).map(
      ([body, lists]) => ({
        symbols: Uint16Array.from([...body, alphabetSize - 1]),
        alphabetSize,
        trees: lists.map((list) => {
          const lengths = new Uint8Array(alphabetSize);
          new CodeLengthMaker().fill(Int32Array.from(list), lengths, 17);
          return [...lengths];
        }),
      }),
    );
  },
);

function packTrees(trees: readonly number[][]): { lengths: Uint8Array; count: number } {
  const lengths = new Uint8Array(6 * MOST_SYMBOLS);
  trees.forEach((tree, i) => lengths.set(tree, i * MOST_SYMBOLS));
  return { lengths, count: trees.length };
}

test("each group gets its cheapest tree, and the frequencies are those of the trees' groups", () => {
  fc.assert(fc.property(cases, ({ symbols, trees, alphabetSize }) => {
    const expected = cheapestTrees(symbols, trees);
    const selectors = new Uint8Array(expected.length);
    const frequencies = new Int32Array(6 * MOST_SYMBOLS).fill(9);
    selectTrees(symbols, packTrees(trees), selectors, frequencies);
    assert.deepEqual([...selectors], expected);
    const counted = new Int32Array(6 * MOST_SYMBOLS);
    symbols.forEach((symbol, i) => counted[expected[Math.floor(i / 50)]! * MOST_SYMBOLS + symbol]!++);
    assert.deepEqual(frequencies, counted);
    assert.ok(alphabetSize <= MOST_SYMBOLS);
  }));
});

test("a group of 50 codes of 17 bits is summed without a carry", () => {
  const trees = Array.from({ length: 6 }, (_, tree) => new Array<number>(MOST_SYMBOLS).fill(tree === 4 ? 16 : 17));
  const selectors = new Uint8Array(1);
  selectTrees(new Uint16Array(50).fill(257), packTrees(trees), selectors, new Int32Array(6 * MOST_SYMBOLS));
  assert.equal(selectors[0], 4);
});

test("codes are written as the plain twin writes them, from any bit on", () => {
  fc.assert(fc.property(cases, fc.integer({ min: 0, max: 31 }), ({ symbols, trees }, bitOffset) => {
    const selectors = cheapestTrees(symbols, trees);
    const expected = "1".repeat(bitOffset) + codeBits(symbols, trees, selectors);
    const buffer = new Uint8Array(Math.ceil(expected.length / 8) + 4);
    for (let bit = 0; bit < bitOffset; bit++) buffer[bit >> 3]! |= 0x80 >> (bit & 7);
    const bitEnd = writeCodes(symbols, packTrees(trees), Uint8Array.from(selectors), { buffer, bitOffset });
    assert.equal(bitEnd, expected.length);
    assert.equal(bitsOfBytes(buffer), expected.padEnd(buffer.length * 8, "0"));
  }));
});

test("codes of 17 bits in a row lose nothing", () => {
  const lengths = [...Array.from({ length: 16 }, (_, i) => i + 1), 17, 17];
  const symbols = new Uint16Array(60).fill(17);
  for (let bitOffset = 0; bitOffset < 16; bitOffset++) {
    const buffer = new Uint8Array(200);
    writeCodes(symbols, packTrees([lengths, lengths]), Uint8Array.of(0, 1), { buffer, bitOffset });
    assert.equal(
      bitsOfBytes(buffer),
      "0".repeat(bitOffset) + codeBits(symbols, [lengths], [0, 0]).padEnd(1600 - bitOffset, "0"),
    );
  }
});
