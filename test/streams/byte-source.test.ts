import assert from "node:assert/strict";
import { test } from "node:test";
import { blobSource, type ByteSource, bytesSource } from "../../lib/streams/byte-source.ts";

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);
const SOURCES: readonly (readonly [string, () => ByteSource])[] = [
  ["bytesSource", () => bytesSource(BYTES)],
  ["blobSource", () => blobSource(new Blob([BYTES]))],
];

for (const [name, make] of SOURCES) {
  test(`${name} reads any range and leaves out what lies beyond the end`, async () => {
    const source = make();
    assert.equal(source.size, 100);
    for (
      const [start, end] of [[0, 100], [0, 0], [10, 11], [90, 200], [100, 120], [500, 600], [3, Infinity]] as const
    ) {
      assert.deepEqual([...(await source.read(start, end))], [...BYTES.subarray(start, end)], `${start} to ${end}`);
    }
  });

  test(`${name} refuses what is no range`, async () => {
    for (const [start, end] of [[-1, 3], [5, 4], [0.5, 4], [NaN, 4], [1, NaN]] as const) {
      await assert.rejects(make().read(start, end), RangeError, `${start} to ${end}`);
    }
  });

  test(`${name} ends with the reason of an aborted signal`, async () => {
    const reason = new Error("no more");
    await assert.rejects(make().read(0, 4, { signal: AbortSignal.abort(reason) }), reason);
  });
}
