/** Where the old tools write to: files, through links, devices; and the numbers of appendbz2. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { scratchDirectory } from "../../support/scratch.ts";

const ROOT = scratchDirectory("old-output");
const OUT = join(ROOT, "out");

before(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL("../../../scripts/bzdump.ts", import.meta.url))],
    outfile: join(ROOT, "bzdump.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  for (const name of ["appendbz2", "recompressxml", "writeuptopageid"]) symlinkSync("bzdump.mjs", join(ROOT, name));
});

function run(name: string, args: readonly string[], input = "hello\n"): {
  status: number | null;
  stdout: Uint8Array;
  stderr: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, name), ...args], { input, cwd: ROOT });
  return { status, stdout, stderr: stderr.toString() };
}

/** The combined checksum that "hello" gets when it starts from one. */
function appended(crc: string): { status: number | null; stderr: string; end: number | undefined } {
  const { status, stderr } = run("appendbz2", ["-c", crc, "-o", OUT], "");
  return { status, stderr, end: status === 0 ? readFileSync(OUT).readUInt32BE(6) : undefined };
}

test("appendbz2 reads its checksum as C does: 64 bits at most, of which 32 count", () => {
  const trials: readonly (readonly [string, number])[] = [
    ["5abc", 5],
    [" +7", 7],
    ["-5", 0xfffffffb],
    ["4294967297", 1],
    ["18446744073709551615", 0xffffffff],
    ["18446744073709551617", 0xffffffff],
    ["-9223372036854775809", 0xffffffff],
    ["99999999999999999999999999", 0xffffffff],
  ];
  for (const [text, end] of trials) assert.deepEqual(appended(text), { status: 0, stderr: "", end }, text);
  for (const text of ["0", "-0", "abc", "0x10", "", "4294967296", "9223372036854775808"]) {
    const { status, stderr } = appended(text);
    assert.equal(status, 255, text);
    assert.match(stderr, /^Missing crc argument\.\n\nUsage/);
  }
});

test("appendbz2 reads the size of its buffer as C does, and refuses what is not above 0", () => {
  const size = (text: string) => run("appendbz2", ["-c", "5", "-o", OUT, "-b", text]);
  for (const text of ["1", "5x", "+5", "4294967297", "99999999999"]) assert.equal(size(text).status, 0, text);
  const trials: readonly (readonly [string, string])[] = [
    ["-1", "failed to allocate -1 for input buffer\n"],
    ["2147483648", "failed to allocate -2147483648 for input buffer\n"],
    ["99999999999999999999", "failed to allocate -1 for input buffer\n"],
    ["0", "The buffer size must be 1 or more\n"],
    ["x", "The buffer size must be 1 or more\n"],
    ["4294967296", "The buffer size must be 1 or more\n"],
  ];
  for (const [text, told] of trials) {
    const { status, stderr } = size(text);
    assert.deepEqual([status, stderr], [1, told]);
  }
});

test("a link stays a link: what it points to is written", () => {
  symlinkSync("target", join(ROOT, "link"));
  for (const content of [undefined, "old"]) {
    if (content !== undefined) writeFileSync(join(ROOT, "target"), content);
    assert.equal(run("appendbz2", ["-c", "5", "-o", "link"]).status, 0);
    if (content === undefined) continue;
    assert.ok(lstatSync(join(ROOT, "link")).isSymbolicLink());
    assert.equal(readFileSync(join(ROOT, "target"))[0], 0x31);
  }
});

test("devices are written to", { skip: !existsSync("/dev/stdout") }, () => {
  const xml = "<mediawiki>\n  </siteinfo>\n  <page>\n    <title>A</title>\n    <id>1</id>\n  </page>\n</mediawiki>\n";
  assert.equal(run("appendbz2", ["-c", "5", "-o", "/dev/null"]).status, 0);
  assert.ok(lstatSync("/dev/null").isCharacterDevice());
  assert.equal(run("recompressxml", ["-p", "1", "-o", "/dev/null", "-b", OUT], xml).status, 0);
  assert.match(readFileSync(OUT, "utf8"), /^\d+:1:A\n$/);
  // A pipe: spawnSync's are sockets, which nobody can open.
  const shell = `${process.execPath} recompressxml -p 1 -o /dev/stdout | cat`;
  const { stdout } = spawnSync("sh", ["-c", shell], { input: xml, cwd: ROOT });
  assert.equal(stdout.toString(), xml);
});

test("what cannot be opened is told in the words of the old tool, and nothing is left", () => {
  for (const path of ["", ROOT, join(ROOT, "no", "out")]) {
    const { status, stderr } = run("appendbz2", ["-c", "5", "-o", path]);
    assert.deepEqual([status, stderr], [1, `failed to open output file ${path}\n`]);
  }
  assert.ok(!existsSync(join(ROOT, ".inprog")));
});
