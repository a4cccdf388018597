import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Bzip2Decoder } from "../../lib/bzip2/decoder.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { LAST_BLOCK } from "../../scripts/bzdump/last-block.ts";
import { makeDump, oneStream } from "../dump/dump-maker.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { runVerb, serveFile } from "./run-verb.ts";

const ROOT = scratchDirectory("last-block");
const DUMP = makeDump(Array.from({ length: 120 }, (_, i) => i + 1), () => 5000);
const FILE = oneStream(DUMP);
const decoder = new Bzip2Decoder();
const BLOCKS = [...decoder.push(FILE), ...decoder.finish()].flatMap((event) => event.type === "block" ? [event] : []);
const LAST = BLOCKS.at(-1)!;
const BEFORE = BLOCKS.at(-2)!;

function saved(name: string, bytes: Uint8Array): string {
  const path = join(ROOT, name);
  writeFileSync(path, bytes);
  return path;
}

const GOOD = saved("good.xml.bz2", FILE);

test("the last block of a good file, on stdout or in a file", async () => {
  const { code, bytes, stderr } = await runVerb(LAST_BLOCK, GOOD);
  assert.equal(code, 0, stderr);
  assert.deepEqual(bytes, LAST.bytes);
  const out = join(ROOT, "out.bz2");
  assert.equal((await runVerb(LAST_BLOCK, GOOD, "-o", out)).code, 0);
  assert.deepEqual(decompress(readFileSync(out)), LAST.bytes);
  assert.equal((await runVerb(LAST_BLOCK, GOOD, "-o", out)).code, 74);
  assert.equal((await runVerb(LAST_BLOCK, GOOD, "-f", "-o", out)).code, 0);
});

test("where it is, in all the ways to say it", async () => {
  const { bitOffset } = LAST.info;
  const place = async (...args: string[]): Promise<string> =>
    (await runVerb(LAST_BLOCK, "--place", ...args, GOOD)).stdout;
  const byte = Math.floor(bitOffset / 8);
  const inByte = bitOffset % 8;
  assert.equal(await place(), inByte === 0 ? `${byte}\n` : `${byte}.${inByte}\n`);
  assert.equal(await place("--offsets=bit"), `${bitOffset}\n`);
  assert.equal(await place("--offsets=old"), `${inByte === 0 ? byte - 1 : byte}\n`);
  const json = JSON.parse(await place("--json")) as Record<string, unknown>;
  assert.deepEqual([json["schema"], json["bitOffset"], json["byteLength"], json["crc"], json["goodBytes"]], [
    "bzdump/last-block@1",
    bitOffset,
    LAST.bytes.length,
    LAST.info.crc,
    FILE.length,
  ]);
});

test("one further from the end, or before a place", async () => {
  assert.deepEqual((await runVerb(LAST_BLOCK, GOOD, "-n", "2")).bytes, BEFORE.bytes);
  const { bitOffset } = LAST.info;
  for (const place of [`bit:${bitOffset}`, `${Math.floor(bitOffset / 8)}.${bitOffset % 8}`]) {
    assert.deepEqual((await runVerb(LAST_BLOCK, GOOD, "--before", place)).bytes, BEFORE.bytes);
  }
  assert.deepEqual((await runVerb(LAST_BLOCK, GOOD, "--before", `bit:${bitOffset + 1}`)).bytes, LAST.bytes);
  const none = await runVerb(LAST_BLOCK, GOOD, "-n", String(BLOCKS.length + 1));
  assert.equal(none.code, 1);
  assert.match(none.stderr, /no such block/);
  for (const wrong of ["x", "-1", "3.9", "bit:1.2", "1e3"]) {
    assert.equal((await runVerb(LAST_BLOCK, GOOD, `--before=${wrong}`)).code, 2, wrong);
  }
});

test("a truncated file: the last whole block, what is left of the next one, and exit code 4", async () => {
  const length = Math.floor(LAST.info.bitOffset / 8) + 700;
  const cut = saved("cut.xml.bz2", FILE.subarray(0, length));
  const { code, bytes, stderr } = await runVerb(LAST_BLOCK, cut);
  assert.equal(code, 4);
  assert.deepEqual(bytes, BEFORE.bytes);
  assert.match(stderr, /ends inside a block, of which it has 700 bytes/);
  const out = join(ROOT, "cut-out");
  const { stdout } = await runVerb(LAST_BLOCK, cut, "-o", out, "--json");
  assert.equal((JSON.parse(stdout) as Record<string, unknown>)["problem"], "TRUNCATED");
  assert.ok(existsSync(out));
  const none = await runVerb(LAST_BLOCK, saved("head.xml.bz2", FILE.subarray(0, 3000)));
  assert.deepEqual([none.code, none.stdout], [4, ""]);
});

test("a file on a server: little is read", async () => {
  const dump = makeDump(Array.from({ length: 500 }, (_, i) => i + 1), () => 9000);
  const file = oneStream(dump);
  const server = await serveFile(file, { hasRanges: true });
  try {
    const { code, bytes } = await runVerb(LAST_BLOCK, server.url);
    assert.equal(code, 0);
    assert.ok(bytes.length > 0 && server.sentLength < file.length / 2, `${server.sentLength} of ${file.length}`);
  } finally {
    await server.close();
  }
});

test("standard input, and options that do not fit", async () => {
  assert.equal((await runVerb(LAST_BLOCK, "-")).code, 2);
  assert.equal((await runVerb(LAST_BLOCK, GOOD, "--offsets=bit")).code, 2);
});
