import assert from "node:assert/strict";
import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Bzip2Decoder } from "../../lib/bzip2/decoder.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { FROM_OFFSET } from "../../scripts/bzdump/from-offset.ts";
import { FOOTER, HEADER, makeDump, multistream, oneStream } from "../dump/dump-maker.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { runVerb, serveFile } from "./run-verb.ts";

const ROOT = scratchDirectory("from-offset");
const DUMP = makeDump(Array.from({ length: 100 }, (_, i) => i + 1), () => 6000);
const FILE = oneStream(DUMP);
const decoder = new Bzip2Decoder();
const BLOCKS = [...decoder.push(FILE), ...decoder.finish()].flatMap((event) => event.type === "block" ? [event] : []);
const SECOND = BLOCKS[1]!;
const PLACE = `bit:${SECOND.info.bitOffset}`;

function saved(name: string, bytes: Uint8Array): string {
  const path = join(ROOT, name);
  writeFileSync(path, bytes);
  return path;
}

const GOOD = saved("good.xml.bz2", FILE);

/** The dump from the first page on that begins behind a place in its text. */
function dumpFrom(byteOffset: number): string {
  return HEADER + DUMP.xml.slice(DUMP.xml.indexOf("  <page>", byteOffset));
}

test("from a place on: a whole document, in all the ways to say the place", async () => {
  const { bitOffset, byteOffset } = SECOND.info;
  const expected = dumpFrom(byteOffset);
  const places = [PLACE, `${Math.floor(bitOffset / 8)}.${bitOffset % 8}`, String(Math.floor(bitOffset / 8))];
  for (const place of places) {
    const { code, stdout, stderr } = await runVerb(FROM_OFFSET, GOOD, place);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, expected);
  }
  assert.equal((await runVerb(FROM_OFFSET, GOOD, "0")).stdout, DUMP.xml);
});

test("parts, raw text, and pages only", async () => {
  const first = await runVerb(FROM_OFFSET, GOOD, "0", "--until", PLACE, "--pages-only");
  const second = await runVerb(FROM_OFFSET, GOOD, PLACE, "--pages-only");
  assert.equal(first.stdout + second.stdout, DUMP.pages.join(""));
  const raw = await runVerb(FROM_OFFSET, GOOD, PLACE, "--raw");
  assert.equal(raw.stdout, DUMP.xml.slice(SECOND.info.byteOffset));
  const open = await runVerb(FROM_OFFSET, GOOD, PLACE, "--open-page");
  assert.equal(open.stdout, dumpFrom(DUMP.xml.lastIndexOf("  <page>", SECOND.info.byteOffset)));
});

test("to files, packed by their names; an error leaves none behind", async () => {
  const out = join(ROOT, "out.xml.bz2");
  const { code, stdout } = await runVerb(FROM_OFFSET, GOOD, PLACE, "-o", out, "--json", "--threads=1");
  assert.equal(code, 0);
  assert.equal(new TextDecoder().decode(decompress(readFileSync(out))), dumpFrom(SECOND.info.byteOffset));
  const json = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
  assert.equal(json["start"]?.["bitOffset"], SECOND.info.bitOffset);
  assert.equal(json["schema"], "bzdump/from-offset@1");
  const cut = saved("cut.xml.bz2", FILE.subarray(0, -5000));
  const none = join(ROOT, "none.xml");
  const failed = await runVerb(FROM_OFFSET, cut, PLACE, "-o", none);
  assert.equal(failed.code, 4);
  assert.match(failed.stderr, /at byte \d+/);
  assert.ok(!existsSync(none) && !existsSync(`${none}.inprog`));
});

test("of a file that is cut off, all good pages go to stdout, and no footer", async () => {
  const cut = saved("cut2.xml.bz2", FILE.subarray(0, -5000));
  const { code, stdout } = await runVerb(FROM_OFFSET, cut, PLACE);
  assert.equal(code, 4);
  assert.ok(stdout.length > 50_000 && dumpFrom(SECOND.info.byteOffset).startsWith(stdout));
  // Only the end of the stream is missing: the text is whole.
  const last = saved("cut3.xml.bz2", FILE.subarray(0, -3));
  const whole = await runVerb(FROM_OFFSET, last, PLACE);
  assert.deepEqual([whole.code, whole.stdout], [4, dumpFrom(SECOND.info.byteOffset)]);
});

test("no page or no block behind the place: exit code 1, and a document without pages", async () => {
  for (const place of [String(FILE.length - 5), String(FILE.length), "99999999999"]) {
    const { code, stdout, stderr } = await runVerb(FROM_OFFSET, GOOD, place);
    assert.deepEqual([code, stdout], [1, HEADER + FOOTER]);
    assert.match(stderr, /No block of .* begins at that place or behind it/);
  }
  const quiet = await runVerb(FROM_OFFSET, GOOD, PLACE, "--until", PLACE, "-q");
  assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [1, HEADER + FOOTER, ""]);
});

test("places above 2^32 in a sparse file", async () => {
  const { bytes } = multistream(DUMP, 10);
  const path = join(ROOT, "sparse.xml.bz2");
  const gap = 5_000_000_000;
  const file = openSync(path, "w");
  writeSync(file, bytes, 0, bytes.length, 0);
  ftruncateSync(file, gap + bytes.length);
  writeSync(file, bytes, 0, bytes.length, gap);
  closeSync(file);
  const { code, stdout, stderr } = await runVerb(FROM_OFFSET, path, String(gap));
  assert.equal(code, 0, stderr);
  assert.equal(stdout, DUMP.xml);
});

test("a file on a server: what lies before the place is not read", async () => {
  const dump = makeDump(Array.from({ length: 500 }, (_, i) => i + 1), () => 9000);
  const file = oneStream(dump);
  const server = await serveFile(file, { hasRanges: true });
  try {
    const { code, stdout } = await runVerb(FROM_OFFSET, server.url, String(file.length - 150_000));
    assert.equal(code, 0);
    assert.ok(stdout.endsWith(dump.pages.slice(-5).join("") + FOOTER));
    assert.ok(server.sentLength < file.length / 2, `${server.sentLength} of ${file.length}`);
  } finally {
    await server.close();
  }
});

test("wrong usage", async () => {
  for (const place of ["x", "1.9", "bit:", "0x10", "-5", "99999999999999999"]) {
    assert.equal((await runVerb(FROM_OFFSET, GOOD, place)).code, 2, place);
  }
  assert.equal((await runVerb(FROM_OFFSET, "-", "0")).code, 2);
  assert.equal((await runVerb(FROM_OFFSET, GOOD, "0", "--raw", "--open-page")).code, 2);
  assert.equal((await runVerb(FROM_OFFSET, GOOD, "500", "--until", "300")).code, 2);
});
