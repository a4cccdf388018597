/**
 * The old split_bz2: runs the stored commands of the golden cases through this program under its old name, and compares output,
 * exit code and files. Where the old script was wrong, what is done instead is in DIFFERENCES.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { decompress } from "../../lib/bzip2/whole.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { sharedPath, skipWithoutShared } from "../support/shared.ts";

const CASES = sharedPath("conformance", "mwbzutils", "cases");
const skip = skipWithoutShared("conformance", "mwbzutils", "cases");

interface Difference {
  readonly why: string;
  readonly exitCode: number;
  readonly stderr: RegExp;
  readonly files?: readonly string[];
}

/** Case → what we do where the golden run is a bug. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  "spl-ms": {
    why: "the script could not read multistream files; this one can",
    exitCode: 0,
    stderr: /^$/,
    files: ["s1-ms100.xml-p12p1526.bz2", "s1-ms100.xml-p1527p2796.bz2", "s1-ms100.xml-p2797p4000.bz2"],
  },
  "spl-nofile": {
    why: "a traceback",
    exitCode: 1,
    stderr: /^split_bz2: Cannot read inputs\/nope\.xml-p1p2\.bz2: no such file/,
  },
  "spl-badsize": { why: "a traceback", exitCode: 1, stderr: /^Bad size 100Q, expected bytes/ },
  "spl-size0": { why: "a traceback", exitCode: 1, stderr: /^Bad size 0, expected bytes/ },
};

let scripts = "";

before(async () => {
  if (skip !== false) return;
  scripts = scratchDirectory("split-bz2");
  await build({
    entryPoints: [fileURLToPath(new URL("../../scripts/bzdump.ts", import.meta.url))],
    outfile: join(scripts, "bzdump.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  symlinkSync("bzdump.mjs", join(scripts, "split_bz2.py"));
});

/** A directory as the golden runs had it. */
function caseDirectory(): string {
  const cwd = mkdtempSync(join(scripts, "case-"));
  mkdirSync(join(cwd, "out"));
  symlinkSync(sharedPath("conformance", "mwbzutils", "inputs")!, join(cwd, "inputs"));
  symlinkSync(scripts, join(cwd, "scripts"));
  // "python3" of the commands is this Node: the script under the link is JavaScript.
  symlinkSync(process.execPath, join(cwd, "python3"));
  return cwd;
}

function run(command: string, cwd: string): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, PATH: `${cwd}:${process.env["PATH"]}`, LC_ALL: "C" };
  const args = ["-c", command];
  return spawnSync("bash", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function xmlOf(path: string): string {
  return new TextDecoder().decode(decompress(readFileSync(path)));
}

for (const name of CASES === undefined ? [] : readdirSync(CASES).filter((one) => one.startsWith("spl-"))) {
  const difference = DIFFERENCES[name];
  test(`${name}: ${difference === undefined ? "as the old script" : `differs: ${difference.why}`}`, { skip }, () => {
    const golden = join(CASES!, name);
    const read = (file: string): string => readFileSync(join(golden, file), "utf8");
    const cwd = caseDirectory();
    const { status, stdout, stderr } = run(read("cmd.txt"), cwd);
    const files = readdirSync(join(cwd, "out")).sort();
    if (difference !== undefined) {
      assert.equal(status, difference.exitCode, stderr);
      assert.match(stderr, difference.stderr);
      assert.deepEqual(files, difference.files ?? []);
      return;
    }
    assert.equal(status, Number(read("exit.txt")), stderr);
    assert.equal(stdout, read("stdout"));
    const told = read("stderr.txt").replace(/\[usage text.*\n/, "");
    if (read("stderr.txt") === told) assert.equal(stderr, told);
    else assert.ok(stderr.startsWith(told.trimEnd()) && stderr.includes("Usage: "), stderr);
    const expected = outputs(join(golden, "out"));
    assert.deepEqual(files, expected);
    for (const file of files) assert.equal(xmlOf(join(cwd, "out", file)), xmlOf(join(golden, "out", file)), file);
  });
}

function outputs(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

test("the table of differences names cases that are there", { skip }, () => {
  const names = readdirSync(CASES!);
  for (const name of Object.keys(DIFFERENCES)) assert.ok(names.includes(name), name);
});

test("the pieces of a multistream file are all of it", { skip }, () => {
  const cwd = caseDirectory();
  const { status, stderr } = run(
    "python3 scripts/split_bz2.py --odir out -f inputs/s1-ms100.bz2:4000 --size=20K -b 3",
    cwd,
  );
  assert.equal(status, 0, stderr);
  const ids = readdirSync(join(cwd, "out")).map((file) =>
    [...xmlOf(join(cwd, "out", file)).matchAll(/<page>\s*<title>[^<]*<\/title>\s*(?:<ns>\d+<\/ns>\s*)?<id>(\d+)/g)]
      .map((match) => Number(match[1]))
  );
  const sorted = ids.sort((a, b) => a[0]! - b[0]!).flat();
  const all = decompress(readFileSync(join(cwd, "inputs", "s1-ms100.bz2")));
  assert.equal(sorted.length, new TextDecoder().decode(all).split("<page>").length - 1);
  assert.deepEqual(sorted, [...new Set(sorted)].sort((a, b) => a - b));
});

test("a damaged dump gives exit code 1 and no half piece", { skip }, () => {
  const cwd = caseDirectory();
  const bytes = readFileSync(sharedPath("conformance", "mwbzutils", "inputs", "s1.xml-p12p3790.bz2")!);
  bytes[200_000]! ^= 1;
  writeFileSync(join(cwd, "bad.xml-p12p3790.bz2"), bytes);
  const { status, stderr } = run("python3 scripts/split_bz2.py -o out -f bad.xml-p12p3790.bz2 -s 100K", cwd);
  assert.equal(status, 1);
  assert.match(stderr, /^split_bz2: out\/bad\.xml-p1462p\d+\.bz2 from bad\.xml-p12p3790\.bz2: /);
  const files = readdirSync(join(cwd, "out"));
  assert.ok(files.includes("bad.xml-p12p1461.bz2") && files.every((file) => !file.endsWith(".inprog")), files.join());
  rmSync(cwd, { recursive: true });
});
