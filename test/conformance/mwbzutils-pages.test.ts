/**
 * The old writeuptopageid and revsperpage: runs the stored commands of the golden cases, through links as users have them, and
 * compares output, files and exit codes. Where the old tools were wrong, what is done instead is in DIFFERENCES.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";
import { hasCommand } from "../support/oracle.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { sharedPath, skipWithoutShared } from "../support/shared.ts";

const CASES = sharedPath("conformance", "mwbzutils", "cases");
const INPUTS = sharedPath("conformance", "mwbzutils", "inputs");
const skip = skipWithoutShared("conformance", "mwbzutils", "cases") || (hasCommand("bash") ? false : "no bash");

interface Difference {
  readonly why: string;
  readonly exitCode: number;
  /** Undefined: whatever was good before the error. */
  readonly stdout?: string | RegExp;
  /** File → what must be in it. */
  readonly files?: Readonly<Record<string, RegExp>>;
}

const CUT = "a dump that is cut or damaged is told, and gets no footer";

/** Case → what we do where the golden run is a bug, or a limit that is gone. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  "wup-msin": {
    why: "read the first stream only",
    exitCode: 0,
    stdout: /<id>30<\/id>[^]*<id>50<\/id>[^]*<\/mediawiki>\n$/,
  },
  "wup-truncin": { why: CUT, exitCode: 1, stdout: "" },
  "wup-flip": { why: CUT, exitCode: 1 },
  "wup-trunctext": { why: CUT, exitCode: 1 },
  "wup-fs-order": {
    why: "put a page into a file that does not want it",
    exitCode: 0,
    stdout: "",
    files: { "a.xml": /<id>10<[^]*<id>20<[^]*<id>30<\/id>/, "b.xml": /<id>50<\/id>/ },
  },
  "wup-fs-nodir": { why: "crashed", exitCode: 255, stdout: "", files: {} },
  "wup-fs-emptyodir": { why: "crashed after its work", exitCode: 0, stdout: "", files: { "a.xml": /<id>20<\/id>/ } },
  "wup-bigtitle": { why: "had a limit for heads of pages", exitCode: 0, stdout: /<\/mediawiki>\n$/ },
  "wup-p3-cdata": {
    why: "took text in a CDATA section for a page",
    exitCode: 0,
    stdout: /<id>20<[^]*<id>30<[^]*<\/mediawiki>\n$/,
  },
  "wup-p3-comment": { why: "took text in a comment for a page", exitCode: 0, stdout: /<id>10<[^]*<id>20<[^]*<id>30</ },
  "rpp-B2": { why: "pages of other namespaces ended a batch", exitCode: 0, stdout: "revs:4\nrevs:12\n" },
  "rpp-B2b": {
    why: "pages of other namespaces ended a batch",
    exitCode: 0,
    stdout: "bytes:404 revs:4\nbytes:1218 revs:12\n",
  },
  "rpp-nons": { why: "printed nothing for dumps without <ns>", exitCode: 0, stdout: /^page:\d+ revs:\d+ title:/ },
  "rpp-notitle": { why: "crashed", exitCode: 0, stdout: /^page:\d+ revs:\d+ title:/ },
  "rpp-crlf": { why: 'kept a "<" in the title', exitCode: 0, stdout: /^(page:\d+ revs:\d+ title:Page \d+\n){7}$/ },
  "rpp-longattr": {
    why: "saw 4094 bytes of a line only",
    exitCode: 0,
    stdout: /^page:5 bytes:124 revs:2\npage:6 bytes:[1-9]/,
  },
  "rpp-p3-cdata": {
    why: "lost a page with a CDATA section",
    exitCode: 0,
    stdout: "page:10 revs:1 title:Page 10\npage:20 revs:1 title:Page 20\npage:30 revs:1 title:Page 30\n",
  },
};

let program: Promise<string> | undefined;

/** The bundle, executable. */
function bundled(): Promise<string> {
  return program ??= (async () => {
    const path = join(scratchDirectory("old-tools"), "bzdump.mjs");
    await build({
      entryPoints: ["scripts/bzdump.ts"],
      outfile: path,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "error",
    });
    return path;
  })();
}

interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly directory: string;
}

async function run(command: string): Promise<Run> {
  const directory = scratchDirectory("old-tool");
  const path = await bundled();
  for (const name of ["writeuptopageid", "revsperpage"]) symlinkSync(path, join(directory, name));
  symlinkSync(INPUTS!, join(directory, "inputs"));
  mkdirSync(join(directory, "out"));
  // Not executed by its first line: which node "env" finds is not for this test to say.
  const script = command.replace(/\.\/(writeuptopageid|revsperpage)/, `"${process.execPath}" ./$1`);
  const child = spawn("bash", ["-c", script], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
  const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exitCode, stdout, stderr, directory };
}

function goldenStdout(name: string): string {
  const plain = join(CASES!, name, "stdout");
  if (existsSync(plain)) return readFileSync(plain, "utf8");
  return gunzipSync(readFileSync(`${plain}.gz`)).toString();
}

function checkAsGolden(name: string, { exitCode, stdout, stderr, directory }: Run): void {
  assert.equal(stdout, goldenStdout(name), stderr);
  assert.equal(exitCode, Number(readFileSync(join(CASES!, name, "exit.txt"), "utf8")), stderr);
  const golden = join(CASES!, name, "out");
  const files = existsSync(golden) ? readdirSync(golden) : [];
  assert.deepEqual(readdirSync(join(directory, "out")).sort(), files.sort());
  for (const file of files) {
    assert.deepEqual(readFileSync(join(directory, "out", file)), readFileSync(join(golden, file)), file);
  }
}

function checkDifference({ stdout: expected, exitCode, files = {} }: Difference, run: Run): void {
  assert.equal(run.exitCode, exitCode, run.stderr);
  if (typeof expected === "string") assert.equal(run.stdout, expected);
  else if (expected !== undefined) assert.match(run.stdout, expected);
  else assert.doesNotMatch(run.stdout, /<\/mediawiki>/);
  if (exitCode !== 0) assert.notEqual(run.stderr, "");
  assert.deepEqual(readdirSync(join(run.directory, "out")).sort(), Object.keys(files).sort());
  for (const [file, content] of Object.entries(files)) {
    assert.match(readFileSync(join(run.directory, "out", file), "utf8"), content);
  }
}

for (const name of CASES === undefined ? [] : readdirSync(CASES).filter((one) => /^(wup|rpp)-/.test(one))) {
  const difference = DIFFERENCES[name];
  const title = `${name}: ${difference === undefined ? "as the old tool" : `differs: ${difference.why}`}`;
  test(title, { skip }, async () => {
    const result = await run(readFileSync(join(CASES!, name, "cmd.txt"), "utf8").trim());
    if (difference === undefined) checkAsGolden(name, result);
    else checkDifference(difference, result);
  });
}

test("the table of differences names cases that are there", { skip }, () => {
  const names = readdirSync(CASES!);
  for (const name of Object.keys(DIFFERENCES)) assert.ok(names.includes(name), name);
});

/** What no golden case says: the old tool ended with 0 each time, and lost a batch that no "</mediawiki>" ended. */
const OTHER_RUNS: readonly (readonly [string, number, string])[] = [
  ["-a -B 2 < inputs/rev-nofooter.xml", 0, "page:20 revs:3\npage:40 revs:7\npage:60 revs:11\npage:70 revs:7\n"],
  ["-a -B 2 < inputs/p12-trunc.xml", 1, "page:20 revs:2\npage:30 revs:1\n"],
  ["-acC 5 < inputs/rev-nons.xml", 0, "60:6\n70:7\n"],
  ["-a -C 6x -t < inputs/rev.xml", 0, "page:70 revs:7 title:Page 70\n"],
  ["-a -B 0 -C 6 < inputs/rev.xml", 0, "page:70 revs:7\n"],
  ["-a -B -1 < inputs/rev.xml", 255, ""],
  ["-a --b 2 < inputs/rev.xml", 255, ""],
];

for (const [args, exitCode, stdout] of OTHER_RUNS) {
  test(`revsperpage ${args}: exit code ${exitCode}`, { skip }, async () => {
    const result = await run(`./revsperpage ${args}`);
    assert.deepEqual([result.exitCode, result.stdout], [exitCode, stdout], result.stderr);
    assert.equal(result.stderr === "", exitCode === 0);
  });
}
