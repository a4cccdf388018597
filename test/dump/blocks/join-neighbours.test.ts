import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bytes } from "../../../lib/bzip2/format.ts";
import { joinNeighbours } from "../../../lib/dump/blocks/join-neighbours.ts";

const MEMORY = Uint8Array.from({ length: 100 }, (_, i) => i);
const OTHER = MEMORY.slice();

async function* stream(chunks: readonly Bytes[], error?: Error): AsyncGenerator<Bytes, void, undefined> {
  yield* chunks;
  if (error !== undefined) throw error;
}

async function joined(chunks: readonly Bytes[]): Promise<number[][]> {
  const found: number[][] = [];
  for await (const bytes of joinNeighbours(stream(chunks))) found.push([...bytes]);
  return found;
}

test("views that follow each other in memory become one, others stay apart", async () => {
  assert.deepEqual(await joined([MEMORY.subarray(0, 2), MEMORY.subarray(2, 3), MEMORY.subarray(3, 5)]), [[
    0,
    1,
    2,
    3,
    4,
  ]]);
  assert.deepEqual(await joined([MEMORY.subarray(0, 2), OTHER.subarray(2, 3)]), [[0, 1], [2]]);
  assert.deepEqual(await joined([MEMORY.subarray(0, 2), MEMORY.subarray(3, 4), MEMORY.subarray(2, 3)]), [[0, 1], [3], [
    2,
  ]]);
  assert.deepEqual(await joined([MEMORY.subarray(0, 0), MEMORY.subarray(0, 1), MEMORY.subarray(1, 1)]), [[0]]);
  assert.deepEqual(await joined([]), []);
});

test("what came before an error is given before the error", async () => {
  const found: number[] = [];
  const chunks = joinNeighbours(stream([MEMORY.subarray(0, 2), MEMORY.subarray(2, 3)], new Error("end")));
  await assert.rejects(async () => {
    for await (const bytes of chunks) found.push(...bytes);
  }, /^Error: end$/);
  assert.deepEqual(found, [0, 1, 2]);
});
