import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { getHeapSpaceStatistics } from "node:v8";
import { keepNurserySmall } from "../../lib/host/nursery.ts";

const { deno, bun } = process.versions as Readonly<Record<string, string | undefined>>;

/** Makes objects, some of which stay for a while: what lets a nursery grow. Gives its size afterwards. */
function nurseryBytesAfterWork(): number {
  const kept: object[] = [];
  for (let round = 0; round < 3e6; round++) kept[round % 100_000] = { round, list: [round] };
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space")!.space_size;
}

test("the nursery stays as it is, where it would grow otherwise", {
  skip: deno === undefined && bun === undefined ? false : "only Node lets a program say so",
}, () => {
  keepNurserySmall();
  const small = nurseryBytesAfterWork();
  assert.ok(small <= 4e6, `${small} bytes`);
});
