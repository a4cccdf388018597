import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bytes } from "../../../lib/bzip2/format.ts";
import { joinBatches, joinParts } from "../../../lib/dump/reading/join-parts.ts";

const MEMORY = Uint8Array.from({ length: 100 }, (_, i) => i);
const OTHER = MEMORY.slice();

function* parts(chunks: readonly Bytes[], error?: Error): Generator<{ bytes: Bytes }, void, undefined> {
  for (const bytes of chunks) yield { bytes };
  if (error !== undefined) throw error;
}

function joined(chunks: readonly Bytes[]): number[][] {
  return [...joinParts(parts(chunks))].map((bytes) => [...bytes]);
}

test("views that follow each other in memory become one, others stay apart", () => {
  const [start, next, gap] = [MEMORY.subarray(0, 2), MEMORY.subarray(2, 3), MEMORY.subarray(3, 5)];
  assert.deepEqual(joined([start, next, gap]), [[0, 1, 2, 3, 4]]);
  assert.deepEqual(joined([start, OTHER.subarray(2, 3)]), [[0, 1], [2]]);
  assert.deepEqual(joined([start, gap, next]), [[0, 1], [3, 4], [2]]);
  assert.deepEqual(joined([MEMORY.subarray(0, 0), start, MEMORY.subarray(1, 1)]), [[0, 1]]);
  assert.deepEqual(joined([]), []);
});

test("what came before an error is given before the error", () => {
  const found: number[] = [];
  assert.throws(() => {
    for (const bytes of joinParts(parts([MEMORY.subarray(0, 2), MEMORY.subarray(2, 3)], new Error("end")))) {
      found.push(...bytes);
    }
  }, /^Error: end$/);
  assert.deepEqual(found, [0, 1, 2]);
});

test("all of a batch is given before the next one is asked for, which may use its memory", async () => {
  const memory = new Uint8Array(2);
  async function* batches(): AsyncGenerator<Iterable<{ type: "other"; bytes: Bytes; isEnd: boolean }>> {
    for (const value of [1, 2, 3]) {
      memory.fill(value);
      yield [{ type: "other", bytes: memory, isEnd: false }];
    }
  }
  const found: number[] = [];
  for await (const bytes of joinBatches(batches())) found.push(...bytes);
  assert.deepEqual(found, [1, 1, 2, 2, 3, 3]);
});
