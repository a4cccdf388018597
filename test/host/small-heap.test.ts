import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { transformSync } from "esbuild";

const { deno, bun } = process.versions as Readonly<Record<string, string | undefined>>;
const MODULE = new URL("../../lib/host/small-heap.ts", import.meta.url);

/** A thread, and what whoever starts one has to do. */
const THREAD = `
import { Worker } from "node:worker_threads";
const thread = new Worker("", { eval: true });
thread.on("online", remindOfSmallHeap);
await new Promise((resolve) => thread.on("exit", resolve));
`;

/** Makes objects, some of which stay for a while: what lets a nursery grow. Prints the largest size that it had. */
const WORK = `
import { getHeapSpaceStatistics } from "node:v8";
const kept = [];
let largest = 0;
for (let round = 0; round < 3e6; round++) {
  kept[round % 100_000] = { round, list: [round] };
  if (round % 100_000 !== 0) continue;
  const { space_size } = getHeapSpaceStatistics().find((space) => space.space_name === "new_space");
  largest = Math.max(largest, space_size);
}
console.log(largest);
`;

/** Does the work in a fresh process: that of a test has a large nursery already. */
function nurseryBytes(firstLine: string): number {
  const { code } = transformSync(readFileSync(MODULE, "utf8"), { loader: "ts" });
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code + firstLine + WORK], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  assert.equal(stderr, "");
  return Number(stdout);
}

test("the nursery stays as it is, where it would grow otherwise", {
  skip: deno === undefined && bun === undefined ? false : "only Node lets a program say so",
}, () => {
  const large = nurseryBytes("");
  for (const lines of ["keepHeapSmall();", `keepHeapSmall();${THREAD}`]) {
    const small = nurseryBytes(lines);
    assert.ok(small > 0 && small < 0.75 * large, `${small} bytes, ${large} without a word`);
  }
  const untouched = nurseryBytes(THREAD);
  assert.ok(untouched > 0.75 * large, `${untouched} bytes with a thread, ${large} without`);
});
