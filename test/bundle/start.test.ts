/** What a run of bzdump loads before it does its work: a module of Node that it has no use for costs milliseconds. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { before, test } from "node:test";
import { compress } from "../../lib/bzip2/compress.ts";
import { bundleScripts } from "../../tools/bundle.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { tinyDump } from "../support/tiny-dump.ts";

const EXPENSIVE = ["child_process", "crypto", "http", "worker_threads"];
const scratch = scratchDirectory("start");
const dump = join(scratch, "dump.xml.bz2");
const hook = join(scratch, "hook.cjs");

before(async () => {
  await bundleScripts(scratch);
  writeFileSync(dump, compress(new TextEncoder().encode(tinyDump())));
  writeFileSync(hook, `process.on("exit", () => process.stderr.write(JSON.stringify(process.moduleLoadList)));`);
});

/** Names of the modules of Node that were loaded. */
function loadedBy(...args: readonly string[]): readonly string[] {
  const command = ["--require", hook, join(scratch, "bzdump.mjs"), ...args];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return (JSON.parse(stderr) as string[]).map((name) => name.replace(/^NativeModule /, ""));
}

for (
  const args of [["decompress", "-c", dump], ["last-id", dump, "page"], ["find-page", dump, "1"], ["pages", dump, "1"]]
) {
  test(`bzdump ${args[0]} loads no module of Node that it has no use for`, () => {
    const loaded = loadedBy(...args);
    assert.ok(loaded.includes("fs/promises"));
    assert.deepEqual(EXPENSIVE.filter((name) => loaded.includes(name)), []);
  });
}
