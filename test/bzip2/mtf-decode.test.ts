/** The kernel that undoes move-to-front for many places at once, against its plain twin. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MoveToFrontDecoder } from "../../lib/bzip2/mtf-decode.ts";
import { plainMoveToFront } from "../support/plain/mtf-decode.ts";

/** One for all: what a block leaves behind must not be seen by the next. */
const decoder = new MoveToFrontDecoder();

function check(places: Uint8Array, symbolCount: number): void {
  const symbols = Uint8Array.from({ length: symbolCount }, (_, i) => (i * 7 + 3) & 0xff);
  const bytes = places.slice();
  decoder.decode(bytes, symbols);
  assert.deepEqual([...bytes], plainMoveToFront(places, symbols));
}

test("the example of the header: places 2, 1, 1 in a b c d are c, a, c", () => {
  const places = Uint8Array.of(2, 1, 1);
  decoder.decode(places, new TextEncoder().encode("abcd"));
  assert.equal(new TextDecoder().decode(places), "cac");
});

test("any places in lists of any length agree with the plain twin", () => {
  const problem = fc.integer({ min: 1, max: 256 }).chain((symbolCount) =>
    fc.tuple(fc.uint8Array({ maxLength: 400, max: symbolCount - 1 }), fc.constant(symbolCount))
  );
  fc.assert(fc.property(problem, ([places, symbolCount]) => check(places, symbolCount)), { numRuns: 2000 });
});

test("few and many places beside each other, and the front again and again, agree with the plain twin", () => {
  const stretch = fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 200 }), fc.boolean())
    .map(([place, length, isSame]) => Array.from({ length }, (_, i) => isSame ? place : (place * i) & 0xff));
  const places = fc.array(stretch, { maxLength: 12 }).map((stretches) => Uint8Array.from(stretches.flat()));
  fc.assert(fc.property(places, (list) => check(list, 256)), { numRuns: 500 });
});

test("columns of every length around the number that is looked up at once", () => {
  for (let length = 0; length <= 150; length++) {
    check(Uint8Array.from({ length }, (_, i) => (i * i * 31 + 255) & 0xff), 256);
    check(new Uint8Array(length).fill(255), 256);
  }
});
