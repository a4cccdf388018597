/** The fuzz command runs, gives the same cases for the same seed, and its corpus stays small. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Cases, CORPUS, TARGETS } from "../../tools/fuzz/cases.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

function fuzz(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ["--import", "tsx", "tools/fuzz.ts", ...args], { cwd: ROOT, encoding: "utf8" });
}

for (const target of Object.keys(TARGETS)) {
  test(`fuzzing the ${target} a little finds nothing, in the thread that the command starts`, () => {
    const { status, stdout, stderr } = fuzz(target, "--runs", "300", "--seed", "1", "--no-oracle");
    assert.match(
      stdout,
      new RegExp(`^${target}: 300 cases of seed 1 in .*\\noutcomes: .*good \\d+[^]*no findings\\n$`),
      stderr,
    );
    assert.equal(status, 0);
  });

  test(`a case of the ${target} is the same whichever cases were made before`, () => {
    const [one, other, others] = [
      new Cases(TARGETS[target]!, 5),
      new Cases(TARGETS[target]!, 5),
      new Cases(TARGETS[target]!, 6),
    ];
    for (const index of [7, 3]) assert.deepEqual(one.bytes(index), other.bytes(index));
    const isOther = Array.from({ length: 20 }, (_, i) => i).some((i) => one.bytes(i).join() !== others.bytes(i).join());
    assert.ok(isOther, "another seed gives the same cases");
  });
}

test("what is no order of the fuzz command is refused", () => {
  for (
    const args of [[], ["nothing"], ["decoder", "splitter"], ["decoder", "--runs", "many"], ["decoder", "--wrong"]]
  ) {
    const { status, stderr } = fuzz(...args);
    assert.equal(status, 2, args.join(" "));
    assert.match(stderr, /npm run fuzz/);
  }
});

test("the corpus of the fuzz command has files of each target, less than 300 kB together", () => {
  const names = readdirSync(CORPUS);
  for (const { suffix } of Object.values(TARGETS)) assert.ok(names.some((name) => name.endsWith(`.${suffix}`)));
  const byteLength = names.reduce((sum, name) => sum + statSync(new URL(name, CORPUS)).size, 0);
  assert.ok(byteLength < 300_000, `${byteLength} bytes`);
});
