import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Bzip2Decoder } from "../../lib/bzip2/decoder.ts";
import { CRCS } from "../../scripts/bzdump/crcs.ts";
import { makeDump, multistream, oneStream } from "../dump/dump-maker.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { runVerb } from "./run-verb.ts";

const ROOT = scratchDirectory("crcs");
const DUMP = makeDump(Array.from({ length: 60 }, (_, i) => i + 1), () => 5000);
const FILE = oneStream(DUMP);
const decoder = new Bzip2Decoder();
const EVENTS = [...decoder.push(FILE), ...decoder.finish()];
const BLOCKS = EVENTS.flatMap((event) => event.type === "block" ? [event.info] : []);
const END = EVENTS.find((event) => event.type === "end")!;

function saved(name: string, bytes: Uint8Array): string {
  const path = join(ROOT, name);
  writeFileSync(path, bytes);
  return path;
}

function flipped(bit: number): Uint8Array {
  const bytes = FILE.slice();
  bytes[Math.floor(bit / 8)]! ^= 0x80 >> (bit % 8);
  return bytes;
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

const GOOD = saved("good.xml.bz2", FILE);

test("every block and stream, and that the checksums are the same", async () => {
  const { code, stdout, stderr } = await runVerb(CRCS, GOOD, "--offsets=bit");
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split("\n");
  assert.equal(lines[0], "stream 0\tat 0\tlevel 1");
  assert.deepEqual(
    lines.slice(1, -1),
    BLOCKS.map(({ bitOffset, crc }, i) => `block ${i}\tat ${bitOffset}\tcrc ${hex(crc)}`),
  );
  const crc = hex(END.crc);
  assert.equal(lines.at(-1), `end of stream 0\tat ${END.bitOffset}\tcomputed ${crc}\tstated ${crc}\tsame`);
  assert.equal((await runVerb(CRCS, GOOD, "--verify", "--offsets=bit")).stdout, stdout);
  assert.equal((await runVerb(CRCS, GOOD, "-q")).stdout, "");
});

test("places as bytes and as the old tools say them", async () => {
  const { bitOffset } = BLOCKS[1]!;
  const byte = Math.floor(bitOffset / 8);
  const bytes = (await runVerb(CRCS, GOOD)).stdout.split("\n")[2];
  assert.match(bytes!, new RegExp(`\\tat ${byte}${bitOffset % 8 === 0 ? "" : `\\.${bitOffset % 8}`}\\t`));
  const old = (await runVerb(CRCS, GOOD, "--offsets=old")).stdout.split("\n");
  assert.match(old[1]!, /\tat 3\t/);
  assert.match(old[2]!, new RegExp(`\\tat ${bitOffset % 8 === 0 ? byte - 1 : byte}\\t`));
});

test("--json: a line each", async () => {
  const streams = saved("multi.xml.bz2", multistream(DUMP, 20).bytes);
  const { stdout } = await runVerb(CRCS, "--json", streams);
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.ok(lines.every((line) => line["schema"] === "bzdump/crcs@1" && line["file"] === streams));
  const ends = lines.filter((line) => line["type"] === "end");
  assert.ok(ends.length > 4 && ends.every((line) => line["isSame"] === true));
  assert.deepEqual(lines.slice(0, 2).map((line) => line["type"]), ["stream", "block"]);
});

test("checksums that differ: exit code 3, and which stream", async () => {
  for (const bit of [BLOCKS[1]!.bitOffset + 60, END.bitOffset + 60]) {
    const { code, stdout, stderr } = await runVerb(CRCS, saved("differs.xml.bz2", flipped(bit)));
    assert.equal(code, 3);
    assert.match(stdout, /\tDIFFERENT\n$/);
    assert.match(stderr, /The checksum of stream 0 is [0-9a-f]{8}, but its blocks make [0-9a-f]{8}/);
  }
});

test("--verify names the damaged block; without it damage in the data is not looked for", async () => {
  const path = saved("damaged.xml.bz2", flipped(BLOCKS[1]!.bitOffset + 100_000));
  assert.equal((await runVerb(CRCS, path)).code, 0);
  const { code, stdout, stderr } = await runVerb(CRCS, path, "--verify");
  assert.equal(code, 3);
  assert.match(stdout, /block 1\tat [\d.]+\tcrc [0-9a-f]{8}\tdamaged: /);
  assert.match(stderr, /damaged\.xml\.bz2: .*at byte \d+/);
});

test("a file that is cut off: exit code 4, with all blocks so far", async () => {
  const cut = saved("cut.xml.bz2", FILE.subarray(0, -4));
  const { code, stdout } = await runVerb(CRCS, cut);
  assert.equal(code, 4);
  assert.equal(stdout.split("\n").filter((line) => line.startsWith("block")).length, BLOCKS.length);
  assert.match(stdout, /end of stream 0\tat -\tcomputed [0-9a-f]{8}\tstated -\tend missing\n$/);
});
