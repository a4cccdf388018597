import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { CHECK } from "../../scripts/bzdump/check.ts";
import { makeDump, multistream, oneStream } from "../dump/dump-maker.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { runVerb, serveFile } from "./run-verb.ts";

const ROOT = scratchDirectory("check");
const DUMP = makeDump(Array.from({ length: 120 }, (_, i) => i + 1), () => 9000);
const FILE = oneStream(DUMP);

function saved(name: string, bytes: Uint8Array | string): string {
  const path = join(ROOT, name);
  writeFileSync(path, bytes);
  return path;
}

const GOOD = saved("good.xml.bz2", FILE);
const CUT = saved("cut.xml.bz2", FILE.subarray(0, -1));

test("good files: a line for each, exit code 0; nothing with -q", async () => {
  const streams = saved("multi.xml.bz2", multistream(DUMP, 10).bytes);
  const empty = saved("empty-stream.bz2", compress(new Uint8Array()));
  const { code, stdout, stderr } = await runVerb(CHECK, GOOD, streams, empty);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  assert.match(stdout, /^.*good\.xml\.bz2: both ends good.*\n.*multi.*: both ends good.*\n.*no blocks.*\n$/);
  assert.deepEqual(await runVerb(CHECK, "-q", GOOD), { code: 0, bytes: new Uint8Array(), stdout: "", stderr: "" });
});

test("what is missing is named, and the others are looked at all the same", async () => {
  const zeros = saved("zeros.xml.bz2", concatBytes([FILE, new Uint8Array(7)]));
  const text = saved("text.xml.bz2", "hello, world\n");
  const { code, stdout, stderr } = await runVerb(CHECK, CUT, zeros, text, saved("empty", ""), GOOD);
  assert.equal(code, 4);
  assert.match(stderr, /cut\.xml\.bz2: The file ends inside the end of the stream: 1 byte missing/);
  assert.match(stderr, /zeros\.xml\.bz2: 7 bytes after the last stream/);
  assert.match(stderr, new RegExp(`Cut the file to ${FILE.length} bytes`));
  assert.match(stderr, /text\.xml\.bz2: Input starts with the bytes/);
  assert.match(stderr, /empty: Input is empty/);
  assert.match(stdout, /^[^\n]*good\.xml\.bz2: both ends good[^\n]*\n$/);
});

test("--json: one line a file, good or not", async () => {
  const { code, stdout, stderr } = await runVerb(CHECK, "--json", CUT, GOOD);
  assert.equal(code, 4);
  const [cut, good] = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(cut?.["schema"], "bzdump/check@1");
  assert.deepEqual([cut?.["isGood"], cut?.["problem"], cut?.["exitCode"]], [false, "TRUNCATED", 4]);
  assert.deepEqual([good?.["isGood"], good?.["isDeep"], good?.["size"], good?.["goodBytes"]], [
    true,
    false,
    FILE.length,
    FILE.length,
  ]);
  assert.equal((JSON.parse(stderr) as Record<string, unknown>)["code"], "TRUNCATED");
});

test("of a file on a server only the ends are read; without ranges that is told", async () => {
  const large = concatBytes([FILE, FILE, FILE, FILE, FILE, FILE, FILE]);
  const server = await serveFile(large, { hasRanges: true });
  const whole = await serveFile(FILE, { hasRanges: false });
  try {
    const { code, stdout, stderr } = await runVerb(CHECK, server.url);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /both ends good/);
    assert.ok(server.sentLength < large.length / 3, `${server.sentLength} of ${large.length}`);
    const refused = await runVerb(CHECK, whole.url);
    assert.equal(refused.code, 74);
    assert.match(refused.stderr, /does not send parts/);
  } finally {
    await server.close();
    await whole.close();
  }
});

test("--deep reads everything, and sees what the ends do not show", async () => {
  const damaged = FILE.slice();
  damaged[FILE.length >> 1]! ^= 1;
  const path = saved("damaged.xml.bz2", damaged);
  assert.equal((await runVerb(CHECK, path)).code, 0);
  assert.equal((await runVerb(CHECK, "--deep", "--threads=1", path)).code, 3);
});

test("standard input and missing files are told apart from bad ones", async () => {
  const input = await runVerb(CHECK, "-");
  assert.equal(input.code, 2);
  assert.match(input.stderr, /bzdump test/);
  assert.equal((await runVerb(CHECK, join(ROOT, "missing"))).code, 74);
  assert.equal((await runVerb(CHECK)).code, 2);
});
