/**
 * The bundles under the runtime that runs this file, whichever it is: files go through bzdump and back, with threads and without, and
 * pages are taken out. `npm run test:runtimes` runs this under other versions of Node, Deno and Bun.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeEnglish } from "../../bench/english.ts";
import { VERSION } from "../../lib/cli/version.ts";
import { bundleScripts } from "../../tools/bundle.ts";
import { scratchDirectory } from "../support/scratch.ts";

const EXPORTS = fileURLToPath(new URL("../../examples/farm/exports", import.meta.url));
const START = "Deno" in globalThis ? ["run", "--no-prompt", "--allow-all"] : [];
const scratch = scratchDirectory("bundles");
/** Several blocks, above the size from which threads are used by themselves. */
const plain = makeEnglish(2_500_000);
const path = join(scratch, "english.txt");

before(async () => {
  await bundleScripts(scratch);
  writeFileSync(path, plain);
});

function run(script: string, ...args: readonly string[]): { exitCode: number | null; stdout: string; stderr: string } {
  const command = [...START, join(scratch, `${script}.mjs`), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  return { exitCode: status, stdout, stderr };
}

function bzdump(...args: readonly string[]): string {
  const { exitCode, stdout, stderr } = run("bzdump", ...args);
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

for (const threads of ["1", "2"]) {
  test(`a file goes through compress, test and decompress with --threads ${threads}`, () => {
    const [packed, again] = [`${path}.${threads}.bz2`, `${path}.${threads}`];
    bzdump("compress", "-1", "--threads", threads, "-o", packed, path);
    bzdump("test", "--threads", threads, packed);
    bzdump("decompress", "--threads", threads, "-o", again, packed);
    assert.ok(readFileSync(again).equals(plain));
  });
}

test("a truncated file gives exit code 4, a damaged one 3, with one thread and with two", () => {
  const whole = readFileSync(`${path}.1.bz2`);
  const damaged = Uint8Array.from(whole);
  damaged[100_000]! ^= 0xff;
  for (const [bytes, expected] of [[whole.subarray(0, -5), 4], [damaged, 3]] as const) {
    writeFileSync(join(scratch, "bad.bz2"), bytes);
    for (const threads of ["1", "2"]) {
      assert.equal(run("bzdump", "test", "--threads", threads, join(scratch, "bad.bz2")).exitCode, expected);
    }
  }
});

test("pages are taken out of a dump, which is read at random", () => {
  const xml = bzdump("pages", join(EXPORTS, "lighthousewiki.xml.bz2"), "5-8");
  assert.ok((xml.match(/<page>/g) ?? []).length > 0);
  assert.match(xml, /<\/mediawiki>\s*$/);
});

test("worker, monitor and bzdump say their version and the runtime", () => {
  for (const script of ["worker", "monitor", "bzdump"]) {
    const { stdout } = run(script, "--version");
    assert.ok(stdout.startsWith(`${script} ${VERSION} (`), stdout);
  }
});

test("no bundle imports the module of the process, which opens three streams at the start", () => {
  for (const name of ["bzdump", "worker", "monitor"]) {
    assert.doesNotMatch(readFileSync(join(scratch, `${name}.mjs`), "utf8"), /from "node:process"/, name);
  }
});
