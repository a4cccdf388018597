import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CODE_LENGTH_MASK,
  CODE_SYMBOL_SHIFT,
  HuffmanTables,
  INDEX_BITS,
  STEP_COUNT_MASK,
  STEP_COUNT_SHIFT,
  STEP_DIGITS_MASK,
  STEP_DIGITS_SHIFT,
  STEP_RUN_MASK,
  STEP_RUN_SHIFT,
  STEP_SYMBOL_SHIFT,
  TABLE_SIZE,
} from "../../lib/bzip2/huffman-decode.ts";

/** The code that ten bits start with. */
function codeAt(tables: HuffmanTables, tree: number, bits: string): string {
  const entry = tables.codes[tree * TABLE_SIZE + parseInt(bits.padEnd(INDEX_BITS, "0"), 2)]!;
  return entry === 0 ? "none" : `symbol ${entry >>> CODE_SYMBOL_SHIFT}, ${entry & CODE_LENGTH_MASK} bits`;
}

function stepAt(tables: HuffmanTables, tree: number, bits: string): string {
  const entry = tables.steps[tree * TABLE_SIZE + parseInt(bits.padEnd(INDEX_BITS, "0"), 2)]!;
  const count = (entry >>> STEP_COUNT_SHIFT) & STEP_COUNT_MASK;
  if (count > 50) return "none";
  const digits = (entry >>> STEP_DIGITS_SHIFT) & STEP_DIGITS_MASK;
  const run = (entry >>> STEP_RUN_SHIFT) & STEP_RUN_MASK;
  return `${entry & CODE_LENGTH_MASK} bits, ${count} symbols, ${digits} digits for ${run}, symbol ${
    entry >>> STEP_SYMBOL_SHIFT
  }`;
}

test("codes are canonical: by length, then by symbol", () => {
  const tables = new HuffmanTables();
  tables.set(3, Uint8Array.of(3, 1, 3, 2));
  assert.equal(codeAt(tables, 3, "0111"), "symbol 1, 1 bits");
  assert.equal(codeAt(tables, 3, "1011"), "symbol 3, 2 bits");
  assert.equal(codeAt(tables, 3, "110"), "symbol 0, 3 bits");
  assert.equal(codeAt(tables, 3, "1111111111"), "symbol 2, 3 bits");
});

test("bits of no code, and of codes longer than the index, are not in the table", () => {
  const tables = new HuffmanTables();
  tables.set(0, Uint8Array.of(2, 2, 11, 20));
  assert.equal(codeAt(tables, 0, "01"), "symbol 1, 2 bits");
  assert.equal(codeAt(tables, 0, "1"), "none");
  assert.equal(codeAt(tables, 0, "11"), "none");
});

test("lengths that ask for too much fill what there is, the first ones first", () => {
  const tables = new HuffmanTables();
  tables.set(0, Uint8Array.of(1, 1, 1, 2));
  assert.equal(codeAt(tables, 0, "0"), "symbol 0, 1 bits");
  assert.equal(codeAt(tables, 0, "1"), "symbol 1, 1 bits");
  assert.equal(codeAt(tables, 0, "1111111111"), "symbol 1, 1 bits");
});

test("filling a tree anew forgets what it was, and leaves the others alone", () => {
  const tables = new HuffmanTables();
  tables.set(0, Uint8Array.of(1, 1));
  tables.set(1, Uint8Array.of(1, 1));
  tables.setSteps(0, 1);
  tables.set(0, Uint8Array.of(2, 2));
  assert.equal(codeAt(tables, 0, "1"), "none");
  assert.equal(stepAt(tables, 0, "0"), "none");
  assert.equal(codeAt(tables, 1, "1"), "symbol 1, 1 bits");
});

test("a step takes the digits of a run and the byte after them, as far as they lie in ten bits", () => {
  const tables = new HuffmanTables();
  // RUNA 0, RUNB 10, symbol 2 110, end 111.
  tables.set(0, Uint8Array.of(1, 2, 3, 3));
  tables.setSteps(0, 3);
  assert.equal(stepAt(tables, 0, "110"), "3 bits, 1 symbols, 0 digits for 0, symbol 2");
  assert.equal(stepAt(tables, 0, "0110"), "4 bits, 2 symbols, 1 digits for 1, symbol 2");
  assert.equal(stepAt(tables, 0, "0100110"), "7 bits, 4 symbols, 3 digits for 9, symbol 2");
  assert.equal(stepAt(tables, 0, "1010101011"), "8 bits, 4 symbols, 4 digits for 30, symbol 0");
  assert.equal(stepAt(tables, 0, "0000110"), "4 bits, 4 symbols, 4 digits for 15, symbol 0");
  assert.equal(stepAt(tables, 0, "10111"), "2 bits, 1 symbols, 1 digits for 2, symbol 0");
  assert.equal(stepAt(tables, 0, "111"), "none");
});
