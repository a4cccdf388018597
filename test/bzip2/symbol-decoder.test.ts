/** The kernel that decodes symbols against its plain twin, on good and on damaged bits, with and without steps. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import {
  BAD_CODE,
  decodeSymbols,
  DONE,
  NEED_INPUT,
  NEED_ROOM,
  NO_SELECTOR,
  type SymbolStatus,
  TOO_LONG,
} from "../../lib/bzip2/symbol-decoder.ts";
import { MoveToFrontDecoder } from "../../lib/bzip2/mtf-decode.ts";
import { COLUMN_SLACK, SymbolState } from "../../lib/bzip2/symbol-state.ts";
import { toBits } from "../support/bit-script.ts";
import { plainDecodeSymbols, type PlainSymbolInput } from "../support/plain/symbol-decoder.ts";

const NAMES: Readonly<Record<SymbolStatus, string>> = {
  [DONE]: "done",
  [NEED_INPUT]: "input",
  [NEED_ROOM]: "room",
  [BAD_CODE]: "code",
  [TOO_LONG]: "long",
  [NO_SELECTOR]: "selector",
};

interface Setting {
  /** With tables of steps, without, or by way of places in the list. */
  readonly way: "steps" | "codes" | "places";
  /** Bits that are shown at a time. */
  readonly bitsAtOnce: number;
  /** Bytes of the column at first. */
  readonly room: number;
}

const mtf = new MoveToFrontDecoder();

/** Runs the kernel as its caller does: more bits when it needs input, a larger column when it needs room. */
function runKernel(input: PlainSymbolInput, { way, bitsAtOnce, room }: Setting) {
  const state = new SymbolState();
  state.selectors = input.selectors;
  state.endSymbol = input.symbols.length + 1;
  state.limit = input.limit;
  state.position = input.position;
  state.column = new Uint8Array(room + COLUMN_SLACK);
  if (way === "places") state.setPlaces();
  else state.setList(input.symbols);
  input.codeLengths.forEach((lengths, tree) => {
    state.tables.set(tree, lengths);
    if (way === "steps") state.tables.setSteps(tree, state.endSymbol);
  });
  const { text } = input;
  const bytes = Buffer.alloc(Math.ceil(text.length / 8) + 8);
  for (let i = 0; i < text.length; i++) if (text[i] === "1") bytes[i >> 3]! |= 0x80 >> (i & 7);
  let shown = input.position;
  for (;;) {
    const status = decodeSymbols(state, bytes, shown);
    if (status === NEED_INPUT && shown < text.length) shown = Math.min(shown + bitsAtOnce, text.length);
    else if (status === NEED_ROOM) state.column = grow(state.column, input.limit);
    else {
      const column = state.column.subarray(0, state.length);
      if (way === "places") mtf.decode(column, input.symbols);
      return { status: NAMES[status], position: state.position, column };
    }
  }
}

function grow(column: Uint8Array, limit: number): Uint8Array {
  const larger = new Uint8Array(Math.min(column.length * 2, limit) + COLUMN_SLACK);
  larger.set(column);
  return larger;
}

const byteCount = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 60 }), fc.constant(256));

/** Code lengths near those of a full code, or none that fit at all. */
function codeLengths(alphabetSize: number): fc.Arbitrary<Uint8Array> {
  const even = Math.ceil(Math.log2(alphabetSize));
  return fc.oneof(
    fc.constant(new Uint8Array(alphabetSize).fill(Math.max(1, even))),
    // 1, 2, 3, … and then all the same: what remains is left for the others.
    fc.integer({ min: 1, max: 11 }).map((steep) =>
      Uint8Array.from({ length: alphabetSize }, (_, symbol) => Math.min(20, symbol < steep ? symbol + 1 : steep + even))
    ),
    fc.uint8Array({ minLength: alphabetSize, maxLength: alphabetSize, min: 1, max: 20 }),
  );
}

const problem: fc.Arbitrary<PlainSymbolInput> = byteCount.chain((count) =>
  fc.record({
    codeLengths: fc.array(codeLengths(count + 2), { minLength: 2, maxLength: 6 }),
    groups: fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
    words: fc.array(fc.integer(), { maxLength: 160 }),
    zeros: fc.nat(300),
    position: fc.nat(7),
    limit: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(20_000)),
  }).map(({ codeLengths, groups, words, zeros, position, limit }) => ({
    codeLengths,
    selectors: Uint8Array.from(groups, (group) => group % codeLengths.length),
    symbols: Uint8Array.from({ length: count }, (_, i) => (i * 7 + 3) & 0xff),
    limit,
    text: "0".repeat(position) + toBits(new Uint8Array(Int32Array.from(words).buffer)) + "0".repeat(zeros),
    position,
  }))
);

const setting: fc.Arbitrary<Setting> = fc.record({
  way: fc.constantFrom("steps", "codes", "places"),
  bitsAtOnce: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(1_000_000)),
  room: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constant(40_000)),
});

test("symbols of any bits and any tables come out as from the plain twin, and stop at the same bit", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(problem, setting, (input, how) => {
      const found = runKernel(input, how);
      const expected = plainDecodeSymbols(input);
      seen.set(found.status, (seen.get(found.status) ?? 0) + 1);
      assert.deepEqual({ ...found, column: [...found.column] }, expected);
    }),
    { numRuns: 3000, seed: 20261122 },
  );
  for (const status of ["done", "input", "code", "long", "selector"]) {
    assert.ok((seen.get(status) ?? 0) > 20, `only ${seen.get(status) ?? 0} cases of "${status}"`);
  }
});

test("a run too long for any block is found, too, where its digits go on from one group to the next", () => {
  // Codes of three bits: 36 bytes and the first 14 digits are a group, the other 18 digits are in the second one.
  const text = "010".repeat(36) + "000".repeat(32) + "010".repeat(600);
  const codeLengths = [new Uint8Array(8).fill(3), new Uint8Array(8).fill(3)];
  const symbols = Uint8Array.of(10, 20, 30, 40, 50, 60);
  const input = { codeLengths, selectors: new Uint8Array(20), symbols, limit: 900_000, text, position: 0 };
  const expected = plainDecodeSymbols(input);
  assert.equal(expected.status, "long");
  for (const way of ["steps", "codes", "places"] as const) {
    for (const bitsAtOnce of [1, 1_000_000]) {
      const found = runKernel(input, { way, bitsAtOnce, room: 40_000 });
      assert.deepEqual({ ...found, column: [...found.column] }, expected, `${way}, ${bitsAtOnce} at once`);
    }
  }
});
