/** findpageidinbz2xml where pages cannot be found: damage, files that are cut, ids that fall. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeDump, multistream, oneStream } from "../../dump/dump-maker.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { BLOCKS, damageBlock, DUMP, END_BIT, FILE, flip } from "./damaged-dump.ts";
import { runOld } from "./run-ancestor.ts";

const ROOT = scratchDirectory("findpageid");
const MIDDLE = BLOCKS.length >> 1;
const [before, middle, after] = [BLOCKS[MIDDLE - 1]!, BLOCKS[MIDDLE]!, BLOCKS[MIDDLE + 1]!];
const last = BLOCKS.at(-1)!;

function file(bytes: Uint8Array, name = "dump.bz2"): string {
  const path = join(ROOT, name);
  writeFileSync(path, bytes);
  return path;
}

const find = (path: string, pageId: number) => runOld("findpageidinbz2xml", "-f", path, "-p", String(pageId));
const line = ({ position, pageIds }: typeof middle) => `position:${position} page_id:${pageIds[0]}\n`;

test("the dump of these tests has blocks enough, and pages in each", () => {
  assert.ok(BLOCKS.length >= 4 && BLOCKS.every(({ pageIds }) => pageIds.length > 3));
});

test("of a good file, the last block whose first page is smaller is told for every page", async () => {
  const path = file(FILE);
  for (const block of BLOCKS) {
    for (const pageId of [block.pageIds[0]! + 1, block.pageIds[1]!, block.pageIds.at(-1)!]) {
      assert.deepEqual(await find(path, pageId), { code: 0, stdout: line(block), stderr: "" });
    }
  }
});

test("a page that may be in a damaged block is an error, not a guess", async () => {
  const path = file(damageBlock(MIDDLE));
  for (const pageId of [before.pageIds.at(-1)! + 4, middle.pageIds[0]!, middle.pageIds.at(-1)!, after.pageIds[0]!]) {
    const { code, stdout, stderr } = await find(path, pageId);
    assert.deepEqual([code, stdout], [255, ""], `${pageId}: ${stderr}`);
    assert.match(stderr, /^Error encountered during search: Block checksum mismatch.*\(bit \d+\)\n$/);
  }
});

test("pages on both sides of a damaged block are found as before", async () => {
  const path = file(damageBlock(MIDDLE));
  for (const block of [BLOCKS[0]!, before, after, last]) {
    const pageIds = [block.pageIds[1]!, block.pageIds.at(-1)!];
    for (const pageId of pageIds) {
      assert.deepEqual(await find(path, pageId), { code: 0, stdout: line(block), stderr: "" });
    }
  }
});

test("behind the last good block, that block is told, and that what follows is damaged", async () => {
  const trials: readonly [Uint8Array, RegExp][] = [
    [damageBlock(BLOCKS.length - 1), /damaged behind this block: Block checksum mismatch.*\(bit \d+\)/],
    [FILE.subarray(0, (last.bitOffset >> 3) + 2000), /damaged behind this block: .*ends.*\(bit \d+\)/],
    [flip(last.bitOffset + 20), /damaged behind this block: Neither a block.*\(bit \d+\)/],
  ];
  for (const [bytes, told] of trials) {
    const { code, stdout, stderr } = await find(file(bytes), DUMP.ids.at(-1)!);
    assert.deepEqual([code, stdout], [0, line(BLOCKS.at(-2)!)], stderr);
    assert.match(stderr, told);
  }
});

test("a damaged end of the stream hides no page", async () => {
  for (const bytes of [flip(END_BIT + 60), FILE.subarray(0, Math.ceil(END_BIT / 8))]) {
    const { code, stdout } = await find(file(bytes), last.pageIds[1]!);
    assert.deepEqual([code, stdout], [0, line(last)]);
  }
});

test("damage that makes nonsense of the first block hides no page behind it", async () => {
  // Places where the block's XML is broken, too.
  for (const bit of [72_961, 83_928, 118_823, 157_706]) {
    const path = file(flip(BLOCKS[0]!.bitOffset + bit));
    assert.deepEqual(await find(path, last.pageIds[1]!), { code: 0, stdout: line(last), stderr: "" });
    for (const pageId of [BLOCKS[0]!.pageIds[0]!, BLOCKS[0]!.pageIds.at(-1)!]) {
      const { code, stdout, stderr } = await find(path, pageId);
      assert.deepEqual([code, stdout], [255, ""]);
      assert.match(stderr, /^Error encountered during search: Block checksum mismatch.*\(bit 32\)\n$/);
    }
  }
});

test("where ids fall, nothing is guessed", async () => {
  const path = file(oneStream(makeDump(Array.from({ length: 90 }, (_, i) => 500 - 3 * i), () => 5000)));
  for (const pageId of [10, 233, 400, 499]) {
    const { code, stdout, stderr } = await find(path, pageId);
    assert.deepEqual([code, stdout], [255, ""], stderr);
    assert.match(stderr, /^Page requested is less than first page id in file\n$/);
  }
  assert.deepEqual(await find(path, 500), { code: 0, stdout: "position:3 page_id:500\n", stderr: "" });
  const { code, stdout, stderr } = await find(path, 9999);
  assert.deepEqual([code, stdout], [255, ""]);
  assert.match(stderr, /^Error encountered during search: Page \d+ follows page \d+, expected rising page ids\n$/);
});

test("the first page of a multistream file is told from the start of the file, later ones from their streams", async () => {
  const { bytes, index } = multistream(DUMP, 30);
  const path = file(bytes);
  const offsets = [...new Set(index.trimEnd().split("\n").map((one) => Number(one.split(":")[0])))];
  assert.equal((await find(path, 9)).code, 255);
  assert.equal((await find(path, 10)).stdout, "position:3 page_id:10\n");
  assert.equal((await find(path, 13)).stdout, `position:${offsets[0]! + 3} page_id:10\n`);
  assert.equal((await find(path, 9999)).stdout, `position:${offsets[2]! + 3} page_id:${DUMP.ids[60]}\n`);
});

test("files without a block, and such as cannot be opened, give 1", async () => {
  for (
    const bytes of [new Uint8Array(), FILE.subarray(0, 4), new TextEncoder().encode("no dump"), FILE.subarray(0, 800)]
  ) {
    const { code, stdout, stderr } = await find(file(bytes), 20);
    assert.deepEqual([code, stdout, stderr], [1, "", "Failed to find any page from start of file, exiting\n"]);
  }
  for (const path of [join(ROOT, "nothing.bz2"), ROOT]) assert.equal((await find(path, 20)).code, 1);
});
