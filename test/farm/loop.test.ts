import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { loopWorkers } from "../../lib/farm/loop.ts";
import { scratchDirectory } from "../support/scratch.ts";

const LONG_MS = 24 * 3_600_000;

/** Loops over workers that end with these codes. */
async function loopOver(codes: readonly number[], ends: "never" | "when-idle" | "after-one", exitAfter = Infinity) {
  const directory = scratchDirectory("loop");
  const lines: string[] = [];
  let runs = 0;
  const code = await loopWorkers({
    runOnce: () => {
      if (++runs === exitAfter) writeFileSync(join(directory, "exit.txt"), "");
      return Promise.resolve(codes[runs - 1] ?? assert.fail("one worker too many"));
    },
    ends,
    maxFails: 2,
    maxSleepMs: exitAfter === Infinity ? 0 : LONG_MS,
    directories: [directory],
    signal: AbortSignal.timeout(20_000),
    log: (line) => lines.push(line),
  });
  return { code, runs, lines };
}

test("exit.txt that comes while a worker is at work ends the loop behind it, without a pause", async () => {
  assert.deepEqual(await loopOver([0], "never", 1), {
    code: 0,
    runs: 1,
    lines: ["exit.txt is there: the loop ends"],
  });
});

test("a loop ends when there is nothing to do, or after one worker, if that is wanted", async () => {
  const idle = await loopOver([0, 1, EXIT.NOTHING_TO_DO], "when-idle");
  assert.deepEqual([idle.code, idle.runs], [0, 3]);
  const one = await loopOver([7], "after-one");
  assert.deepEqual([one.code, one.runs], [7, 1]);
});

test("more failures in a row than are borne end the loop; others are forgotten", async () => {
  const { code, runs, lines } = await loopOver([1, 1, 0, 1, 7, EXIT.COMMAND], "never");
  assert.deepEqual([code, runs, lines], [1, 6, ["3 workers failed in a row: the loop ends"]]);
});
