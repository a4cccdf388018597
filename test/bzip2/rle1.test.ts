import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { freshRoom } from "../../lib/bits/buffer-store.ts";
import { RunUnpacker } from "../../lib/bzip2/rle1.ts";
import { utf8 } from "../support/collect.ts";
import { plainUnpackRuns } from "../support/plain/rle1.ts";

function unpack(...bytes: number[]): number[] | undefined {
  const plain = new RunUnpacker().unpack(Uint8Array.from(bytes), freshRoom);
  return plain === undefined ? undefined : [...plain];
}

test("the byte after four equal ones says how many more follow", () => {
  assert.deepEqual(unpack(1, 2, 2, 2, 2, 3, 4), [1, 2, 2, 2, 2, 2, 2, 2, 4]);
  assert.deepEqual(unpack(2, 2, 2, 2, 0, 2), [2, 2, 2, 2, 2]);
  assert.deepEqual(unpack(2, 2, 2, 5), [2, 2, 2, 5]);
  assert.equal(unpack(9, 9, 9, 9, 255)!.length, 259);
});

test("a count that equals its run's byte is a count, and the next run starts after it", () => {
  assert.deepEqual(unpack(2, 2, 2, 2, 2, 2, 2, 2, 2, 2), new Array(12).fill(2));
});

test("four equal bytes at the end have no count", () => {
  assert.equal(unpack(7, 7, 7, 7), undefined);
  assert.equal(unpack(7, 7, 7, 7, 1, 7, 7, 7, 7), undefined);
  assert.deepEqual(unpack(7, 7, 7), [7, 7, 7]);
  assert.deepEqual(unpack(), []);
});

test("any bytes give what the plain twin gives", () => {
  const unpacker = new RunUnpacker();
  const run = fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 9 })).map(([byte, times]) =>
    new Array<number>(times).fill(byte)
  );
  const stretch = fc.uint8Array({ maxLength: 120 }).map((bytes) => [...bytes]);
  const input = fc.array(fc.oneof({ weight: 4, arbitrary: run }, stretch), { maxLength: 40 }).map((parts) =>
    parts.flat()
  );
  fc.assert(
    fc.property(input, (packed) => {
      const plain = unpacker.unpack(Uint8Array.from(packed), freshRoom);
      assert.deepEqual(plain === undefined ? undefined : [...plain], plainUnpackRuns(packed));
    }),
    { numRuns: 500 },
  );
});

test("many runs with text between them", () => {
  const parts: number[] = [];
  for (let i = 0; i < 1000; i++) {
    parts.push(
      ...utf8("line\n"),
      32,
      32,
      32,
      32,
      i % 7,
      ...new Array(i % 90).fill(0).map((_, k) => k),
    );
  }
  assert.deepEqual(unpack(...parts), plainUnpackRuns(parts));
});

test("the output is where it was told to be, and room is asked for once, for just its length", () => {
  const rooms: number[] = [];
  const room = new Uint8Array(8);
  const plain = new RunUnpacker().unpack(Uint8Array.of(1, 2, 3), (byteLength) => {
    rooms.push(byteLength);
    return room.subarray(0, byteLength);
  })!;
  assert.deepEqual(rooms, [3]);
  assert.equal(plain.buffer, room.buffer);
});
