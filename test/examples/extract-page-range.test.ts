import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { expectedDocument, makeDump, oneStream } from "../dump/dump-maker.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/extract-page-range.ts", import.meta.url));
const DENO = fileURLToPath(new URL("../../node_modules/.bin/deno", import.meta.url));
const DIRECTORY = mkdtempSync(join(tmpdir(), "example-"));
after(() => rmSync(DIRECTORY, { recursive: true }));

const DUMP = makeDump([1, 2, 5, 8], () => 500);
const PATH = join(DIRECTORY, "dump.xml.bz2");
writeFileSync(PATH, oneStream(DUMP));

function check(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, [...args, EXAMPLE, PATH, "2", "6"], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.equal(stdout, expectedDocument(DUMP, (id) => id === 2 || id === 5));
  assert.match(stderr, /2 pages/);
}

test("the example takes a range of pages out of a dump under Node", () => {
  check(process.execPath, ["--import", import.meta.resolve("tsx")]);
});

test("the example does the same as a Deno script that may only read", {
  skip: existsSync(DENO) ? false : "deno is not installed here",
}, () => {
  check(DENO, ["run", "--quiet", "--no-prompt", "--allow-read"]);
});
