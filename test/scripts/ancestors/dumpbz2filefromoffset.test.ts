/** dumpbz2filefromoffset where the header, the block at the offset or the text is not what it should be. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { HEADER } from "../../dump/dump-maker.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { BLOCKS, damageBlock, DUMP, FILE, flip } from "./damaged-dump.ts";
import { type AncestorRun, runOld } from "./run-ancestor.ts";

const ROOT = scratchDirectory("dumpbz2filefromoffset");
const NO_FILE = "failed to initialize bz2file\n";
const NO_HEADER = "incomplete or no mediawiki header found\n";
const [first, second, third] = BLOCKS as [typeof BLOCKS[0], typeof BLOCKS[0], typeof BLOCKS[0]];
const last = BLOCKS.at(-1)!;

function dump(bytes: Uint8Array, ...words: readonly (string | number)[]): Promise<AncestorRun> {
  const path = join(ROOT, "dump.bz2");
  writeFileSync(path, bytes);
  return runOld("dumpbz2filefromoffset", path, ...words.map(String));
}

const pack = (text: string): Uint8Array => compress(new TextEncoder().encode(text));

/** The pages that begin in a block or behind it. */
function pagesFrom(block: typeof first): string {
  return DUMP.xml.slice(DUMP.xml.indexOf(DUMP.pages[DUMP.ids.indexOf(block.pageIds[0]!)]!));
}

test("a block of the header whose checksum is wrong hides no page behind it", async () => {
  const bytes = flip(first.bitOffset + 60);
  for (const block of [second, third, last]) {
    const { code, stdout, stderr } = await dump(bytes, block.position);
    assert.equal(code, 0);
    assert.equal(stdout, HEADER + pagesFrom(block));
    assert.match(stderr, /^dumpbz2filefromoffset: Block checksum mismatch.*\(bit 32\)\n$/);
  }
  const { code, stdout, stderr } = await dump(bytes, 0);
  assert.equal(code, 0);
  assert.ok(stdout.startsWith(HEADER + DUMP.pages[0]!) && DUMP.xml.startsWith(stdout));
  assert.match(stderr, /error from BZ decompress -4 \(1\)\n$/);
});

test("without a header, because its block cannot be read, the pages come alone", async () => {
  for (const bytes of [flip(first.bitOffset + 20), flip(first.bitOffset + 85)]) {
    const { code, stdout, stderr } = await dump(bytes, second.position);
    assert.deepEqual([code, stdout], [0, pagesFrom(second)]);
    assert.match(stderr, /^dumpbz2filefromoffset: .*\(bit \d+\)\n$/);
  }
});

test("a block whose magic is damaged is passed over and told", async () => {
  const bytes = flip(second.bitOffset + 20);
  for (const [words, expected] of [[[], HEADER + pagesFrom(third)], [["raw"], textFrom(third)]] as const) {
    const { code, stdout, stderr } = await dump(bytes, second.position, ...words);
    assert.deepEqual([code, stdout], [0, expected]);
    assert.match(stderr, /^dumpbz2filefromoffset: Neither a block nor the end of the stream follows \(bit \d+\)\n$/);
  }
});

function textFrom(block: typeof first): string {
  return BLOCKS.slice(BLOCKS.indexOf(block)).map(({ text }) => text).join("");
}

test("behind the last block there is nothing, also if that one is damaged", async () => {
  const cut = FILE.subarray(0, (last.bitOffset >> 3) + 2000);
  for (const bytes of [FILE, damageBlock(BLOCKS.length - 1), cut]) {
    assert.deepEqual(await dump(bytes, last.position + 2, "raw"), { code: 0, stdout: "", stderr: NO_FILE });
    assert.deepEqual(await dump(bytes, last.position + 2), { code: 0, stdout: HEADER, stderr: NO_FILE });
    const { stdout, stderr } = await dump(bytes, bytes.length, "raw");
    assert.deepEqual([stdout, stderr], ["", `asked for position past end of file\n${NO_FILE}`]);
  }
});

test("a file whose own header is damaged is no bzip2 file", async () => {
  for (const bit of [0, 8, 16, 24, 27]) {
    assert.deepEqual(await dump(flip(bit), 0, "raw"), { code: 0, stdout: "", stderr: NO_FILE });
    assert.deepEqual(await dump(flip(bit), 0), { code: 0, stdout: "", stderr: `${NO_FILE}${NO_HEADER}${NO_FILE}` });
  }
});

test("a text that is no dump is written from the offset on if it is short, and never with an end tag", async () => {
  const short = "a line of a text\n".repeat(290);
  assert.deepEqual(await dump(pack(short), 0), { code: 0, stdout: short, stderr: NO_HEADER });
  assert.deepEqual(await dump(pack(short), 4), { code: 0, stdout: "", stderr: NO_HEADER + NO_FILE });
  const long = "a line of a text\n".repeat(3000);
  const missing = "missing mediawiki header from bz2 xml file\n";
  assert.deepEqual(await dump(pack(long), 0), { code: 0, stdout: "", stderr: missing });
  const both = concatBytes([pack(long), pack(short)]);
  assert.deepEqual(await dump(both, 40), { code: 0, stdout: short, stderr: missing });
  const pages = DUMP.pages.slice(0, 3).join("");
  assert.deepEqual(await dump(pack(long + pages), 0), { code: 0, stdout: pages, stderr: missing });
});

test("a page whose indent lies before the offset begins there, however its tag is cut", async () => {
  const [before, page, after] = DUMP.pages as [string, string, string];
  for (const cut of [1, 3, 5]) {
    const start = pack(`${HEADER}${before}  `);
    const file = concatBytes([
      start,
      pack(page.slice(2, 2 + cut)),
      pack(`${page.slice(2 + cut)}${after}</mediawiki>\n`),
    ]);
    const { stdout } = await dump(file, start.length + 3);
    assert.equal(stdout, `${HEADER}${after}</mediawiki>\n`);
  }
});
