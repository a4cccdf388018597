/** One history in files of page ranges, packed by a program that goes wrong. */
import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import process from "node:process";
import { test, type TestContext } from "node:test";
import { skipWithoutCommand } from "../support/oracle.ts";
import { TemporaryFarm } from "../support/temporary-farm.ts";
import { tinyDump, type TinyPage } from "../support/tiny-dump.ts";

const DATE = "20260101";
const skip = skipWithoutCommand("bzip2");
const PAGES = Array.from({ length: 30 }, (_, index): TinyPage => {
  const id = index + 1;
  return { id, title: `Page ${id}`, revisions: [{ id, text: `text of page ${id}` }] };
});

/** A farm whose bzip2 is a program of Node: it gets what to pack in `input`, and the packed bytes in `packed`. */
function farmWith(context: TestContext, program: string): TemporaryFarm {
  const farm = new TemporaryFarm(context);
  farm.addWiki("tinywiki", tinyDump(PAGES));
  farm.write(
    "pack.mjs",
    `#!${process.execPath}
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
const input = readFileSync(0);
const packed = spawnSync("bzip2", ["-c"], { input }).stdout;
const isMiddle = input.includes("<title>Page 15</title>") && !input.includes("<title>Page 1</title>");
${program}
`,
  );
  chmodSync(farm.path("pack.mjs"), 0o755);
  farm.extraConfig = `chunksEnabled=1\npagesPerChunkHistory=40\ncheckpointTime=1\nrevsPerJob=10\n[tools]\nbzip2=${
    farm.path("pack.mjs")
  }\n[misc]\nmaxRetries=2\n`;
  return farm;
}

/** Files of the history, and what is unfinished. */
function historyFiles(farm: TemporaryFarm): readonly string[] {
  return farm.list(`public/tinywiki/${DATE}`).filter((name) => /history|inprog/.test(name) && !name.includes("stub"));
}

const dump = (farm: TemporaryFarm, ...args: readonly string[]) =>
  farm.worker("tinywiki", "--date", DATE, "--job", "metahistorybz2dump", "--prereqs", ...args);

for (
  const [what, output] of [
    ["cut", "packed.subarray(0, packed.length - 20)"],
    ["empty", "new Uint8Array(0)"],
    ["whole for bzip2, of a text that is cut", 'spawnSync("bzip2", ["-c"], { input: input.subarray(0, -30) }).stdout'],
  ] as const
) {
  test(`a range whose file is ${what} fails its job, and no other range`, { skip }, async (context) => {
    const farm = farmWith(context, `process.stdout.write(isMiddle ? ${output} : packed);`);
    const { status, stderr } = await dump(farm);
    assert.notEqual(status, 0);
    assert.match(stderr, /history\.xml-p10p19\.bz2/);
    const files = historyFiles(farm);
    assert.equal(files.length, 2, files.join(" "));
    assert.ok(files.every((name) => /-p(?:1p9|20p30)\.bz2$/.test(name)), files.join(" "));
    // What is missing is made without the others being made again.
    farm.write(
      "pack.mjs",
      farm.read("pack.mjs").replace(
        /\nprocess\.stdout[^]*/,
        '\nwriteFileSync(1, packed);\nappendFileSync("packed", "x");\n',
      ),
    );
    const again = await dump(farm, "--skipdone");
    assert.equal(again.status, 0, again.stderr);
    assert.equal(historyFiles(farm).length, 3);
    assert.equal(farm.read("packed"), "x");
  });
}

test(
  "a range whose program fails is tried again; what the first attempt wrote never has a name",
  { skip },
  async (context) => {
    const farm = farmWith(
      context,
      `if (isMiddle) appendFileSync("attempts", "x");
if (isMiddle && readFileSync("attempts").length < 3) {
  writeFileSync(1, packed.subarray(0, 40));
  process.exit(1);
}
writeFileSync(1, packed);`,
    );
    const { status, stderr } = await dump(farm);
    assert.equal(status, 0, stderr);
    assert.equal(farm.read("attempts"), "xxx");
    assert.match(stderr, /-p10p19\.bz2 of job metahistorybz2dump failed: [^\n]*exit code 1[^\n]* Attempt 2 in 0 s/);
    assert.deepEqual(historyFiles(farm).map((name) => /p\d+p\d+/.exec(name)?.[0]), ["p10p19", "p1p9", "p20p30"]);
  },
);

test(
  "a range whose program always fails fails its job when the attempts are used up; the others stay",
  { skip },
  async (context) => {
    const farm = farmWith(
      context,
      `if (isMiddle) {
  appendFileSync("attempts", "x");
  process.exit(1);
}
writeFileSync(1, packed);`,
    );
    const { status, stderr } = await dump(farm);
    assert.equal(status, 7, stderr);
    assert.equal(farm.read("attempts"), "xxx");
    assert.equal(historyFiles(farm).length, 2);
    const { jobs } = JSON.parse(farm.read(`public/tinywiki/${DATE}/dumpstatus.json`)) as {
      readonly jobs: Readonly<Record<string, { readonly status: string }>>;
    };
    assert.equal(jobs["metahistorybz2dump"]?.status, "failed");
  },
);
