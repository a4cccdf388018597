import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { BwtInverse } from "../../lib/bzip2/bwt-inverse.ts";
import { utf8 } from "../support/collect.ts";
import { plainBwt, plainInverseBwt } from "../support/plain/bwt-inverse.ts";

/** Numbers that look random, the same on every machine. */
function scramble(length: number, alphabet: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % alphabet;
  });
}

function assertLikePlain(bwt: BwtInverse, column: readonly number[], origin: number, name: string): void {
  const found = bwt.invert(Uint8Array.from(column), column.length, origin);
  assert.ok(Buffer.from(found).equals(Buffer.from(plainInverseBwt(column, origin))), name);
}

test("nnbaaa is banana", () => {
  assert.deepEqual([...new BwtInverse().invert(utf8("nnbaaa"), 6, 3)], [...utf8("banana")]);
});

test("the twin's forward transform comes back", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (text) => {
    const { column, origin } = plainBwt([...text]);
    assert.deepEqual([...new BwtInverse().invert(Uint8Array.from(column), column.length, origin)], [...text]);
  }));
});

test("any column and origin give what the plain twin gives, also those that no text has", () => {
  const bwt = new BwtInverse();
  const column = fc.array(fc.oneof(fc.nat(255), fc.nat(3)), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(column, fc.nat(), (bytes, origin) => {
    assertLikePlain(bwt, bytes, origin % bytes.length, "short");
  }));
});

test("long columns, which are followed in lanes, give what the plain twin gives", () => {
  const bwt = new BwtInverse();
  for (const length of [49_151, 49_152, 49_153, 51_200, 70_001]) {
    for (const alphabet of [2, 5, 256]) {
      const column = scramble(length, alphabet, length + alphabet);
      for (const origin of [0, 2048, 4096, length - 1, 12_345]) {
        assertLikePlain(bwt, column, origin, `${length} bytes of ${alphabet}, origin ${origin}`);
      }
    }
  }
});

test("texts that repeat themselves have short chains, which are followed again and again", () => {
  const bwt = new BwtInverse();
  for (const period of [1, 2, 3, 5, 2048, 20_000]) {
    const length = 60_000;
    // Equal rotations stand together, and each chain has the length of the period.
    const unit = plainBwt(scramble(Math.min(period, 400), 200, period));
    const times = Math.floor(length / unit.column.length);
    const column = unit.column.flatMap((byte) => new Array<number>(times).fill(byte));
    for (const origin of [0, 2048, column.length - 1, unit.origin * times]) {
      assertLikePlain(bwt, column, origin, `period ${unit.column.length}, origin ${origin}`);
    }
  }
});

test("a short text after a long one is not disturbed by it", () => {
  const bwt = new BwtInverse();
  assertLikePlain(bwt, scramble(70_000, 90, 1), 7, "long");
  assertLikePlain(bwt, scramble(50_000, 90, 2), 2048, "shorter");
  assertLikePlain(bwt, scramble(10, 3, 3), 5, "short");
});
