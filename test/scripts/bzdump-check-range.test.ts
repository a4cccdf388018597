import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compress } from "../../lib/bzip2/compress.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { tinyDump } from "../support/tiny-dump.ts";
import { runScript, type ScriptRun } from "./run-script.ts";

const PACKED = compress(new TextEncoder().encode(tinyDump()), { level: 1 });
const GOOD = "tinywiki-20260101-pages-articles1.xml-p1p12.bz2";
const WIDE = "tinywiki-20260101-pages-articles1.xml-p1p99.bz2";
const BAD = "tinywiki-20260101-pages-articles1.xml-p000000002p000000012.bz2";
const NAMELESS = "tinywiki-20260101-pages-articles.xml.bz2";

const cwd = scratchDirectory("check-range");
for (const name of [GOOD, WIDE, BAD, NAMELESS, `a b ${BAD}`]) writeFileSync(join(cwd, name), PACKED);
writeFileSync(join(cwd, "cut-p1p12.bz2"), PACKED.subarray(0, -10));
writeFileSync(join(cwd, "text-p1p12.bz2"), "hello\n");
writeFileSync(join(cwd, "empty-p1p12.bz2"), "");

function checkRange(...args: string[]): Promise<ScriptRun> {
  return runScript("bzdump", ["check-range", ...args], { cwd });
}

function text(run: ScriptRun): string {
  return new TextDecoder().decode(run.stdout);
}

test("OK and BAD, and exit code 1 when a file is bad", async () => {
  const good = await checkRange(GOOD, WIDE);
  assert.deepEqual([good.code, text(good), good.stderr], [0, `OK ${GOOD}\nOK ${WIDE}\n`, ""]);
  const bad = await checkRange("-q", GOOD, BAD);
  assert.deepEqual([bad.code, text(bad)], [1, `BAD ${BAD} first_claimed/has: 2 1 last_claimed/has: 12 12\n`]);
  const exact = await checkRange("--exact", GOOD, WIDE);
  assert.deepEqual([exact.code, text(exact)], [
    1,
    `OK ${GOOD}\nBAD ${WIDE} first_claimed/has: 1 1 last_claimed/has: 99 12\n`,
  ]);
});

test("--rename prints commands for the shell, and renames nothing", async () => {
  const run = await checkRange("--rename", GOOD, BAD, `a b ${BAD}`, `./${BAD}`);
  const proper = BAD.replace("p000000002", "p000000001");
  const lines = [
    `mv -n -- ${BAD} ${proper}`,
    `mv -n -- 'a b ${BAD}' 'a b ${proper}'`,
    `mv -n -- ./${BAD} ${proper}`,
  ];
  assert.deepEqual([run.code, text(run)], [1, `${lines.join("\n")}\n`]);
});

test("--json gives one object for each file", async () => {
  const run = await checkRange("--json", BAD);
  assert.deepEqual(JSON.parse(text(run)), {
    schema: "bzdump/check-range@1",
    file: BAD,
    exitCode: 1,
    isGood: false,
    stated: { first: 2, last: 12 },
    found: { first: 1, last: 12 },
    properName: BAD.replace("p000000002", "p000000001"),
  });
});

test("bad input: each with its exit code, and the other files are looked at", async () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["cut-p1p12.bz2", 4, /cut-p1p12\.bz2/],
    ["text-p1p12.bz2", 3, /text-p1p12\.bz2.*mediawiki/],
    ["empty-p1p12.bz2", 3, /empty-p1p12\.bz2.*empty/],
    [NAMELESS, 2, /states no page range/],
    ["missing-p1p2.bz2", 74, /missing-p1p2\.bz2/],
    ["-", 2, /Standard input|page range/],
  ];
  for (const [name, code, message] of cases) {
    const run = await checkRange(name, GOOD);
    assert.deepEqual([run.code, text(run)], [code, `OK ${GOOD}\n`], name);
    assert.match(run.stderr, message);
  }
  assert.equal((await checkRange()).code, 2);
});
