/** The other old tools on files that are damaged, cut, empty or odd: what is good comes out, what is missing is told. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { decompress } from "../../../lib/bzip2/whole.ts";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { multistream } from "../../dump/dump-maker.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { BLOCKS, damageBlock, DUMP, END_BIT, FILE, flip } from "./damaged-dump.ts";
import { runOld } from "./run-ancestor.ts";

const ROOT = scratchDirectory("old-tools-damage");
const OUT = join(ROOT, "out");
const EMPTY_STREAM = compress(new Uint8Array());
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const last = BLOCKS.at(-1)!;
const beforeLast = BLOCKS.at(-2)!;
const LAST_ID = DUMP.ids.at(-1)!;

beforeEach(() => {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT);
});

function file(bytes: Uint8Array, name = "dump.xml.bz2"): string {
  const path = join(ROOT, name);
  writeFileSync(path, bytes);
  return path;
}

test("checkforbz2footer: only the last bytes count, all bits of them", async () => {
  const trials: readonly [Uint8Array, number][] = [
    [FILE, 0],
    [damageBlock(1), 0],
    [flip(END_BIT + 60), 0],
    [EMPTY_STREAM, 0],
    [concatBytes([FILE, EMPTY_STREAM]), 0],
    [concatBytes([text("no bzip2 at all"), EMPTY_STREAM.subarray(4)]), 0],
    ...Array.from({ length: 48 }, (_, bit): [Uint8Array, number] => [flip(END_BIT + bit), 255]),
    ...[1, 2, 9, 10, 11, 500].map((count): [Uint8Array, number] => [FILE.subarray(0, -count), 255]),
    [concatBytes([FILE, new Uint8Array(1)]), 255],
    [concatBytes([FILE, text("garbage")]), 255],
    [new Uint8Array(), 255],
    [FILE.subarray(0, 10), 255],
  ];
  for (const [i, [bytes, expected]] of trials.entries()) {
    const { code, stdout } = await runOld("checkforbz2footer", file(bytes));
    assert.deepEqual([code, stdout], [expected, ""], `trial ${i}`);
  }
});

test("dumplastbz2block: the last block that is whole, whatever the end of the file is", async () => {
  const endByte = Math.ceil(END_BIT / 8);
  const multi = multistream(DUMP, 30).bytes;
  const trials: readonly [Uint8Array, number, string | undefined, RegExp][] = [
    [FILE, 0, last.text, /^$/],
    [FILE.subarray(0, -1), 0, last.text, /ends inside the end of the stream.*\(bit \d+\)/],
    [FILE.subarray(0, endByte), 0, last.text, /\(bit \d+\)/],
    [flip(END_BIT + 3), 0, last.text, /\(bit \d+\)/],
    [concatBytes([FILE, text("garbage")]), 0, last.text, /7 bytes after the last stream/],
    [concatBytes([FILE, EMPTY_STREAM]), 0, last.text, /^$/],
    [FILE.subarray(0, endByte - 3000), 0, beforeLast.text, /ends inside a block.*\(bit \d+\)/],
    [damageBlock(BLOCKS.length - 1), 1, beforeLast.text, /checksum mismatch.*\(bit \d+\)/],
    [damageBlock(0), 0, last.text, /^$/],
    [multi, 0, "</mediawiki>\n", /^$/],
    [multi.subarray(0, -20), 0, undefined, /\(bit \d+\)/],
    [FILE.subarray(0, 3000), 255, "", /failed to find block in bz2file/],
    [FILE.subarray(0, 12), 255, "", /lseek of file failed\nfailed to find block/],
    [EMPTY_STREAM, 255, "", /failed to find block/],
    // The header of the file itself.
    [flip(8), 255, "", /^failed to find block/],
    [flip(27), 255, "", /^failed to find block/],
    [concatBytes([new Uint8Array(4), FILE]), 255, "", /^failed to find block/],
    [new Uint8Array(), 255, "", /failed to find block/],
    [text("hello, world\n".repeat(50)), 255, "", /^failed to find block in bz2file\n$/],
  ];
  for (const [i, [bytes, expected, written, told]] of trials.entries()) {
    const { code, stdout, stderr } = await runOld("dumplastbz2block", file(bytes));
    assert.equal(code, expected, `trial ${i}: ${stderr}`);
    if (written !== undefined) assert.equal(stdout, written, `trial ${i}`);
    assert.match(stderr, told, `trial ${i}`);
  }
});

test("getlastidinbz2xml: the last id that can be read, of pages and of revisions", async () => {
  const endByte = Math.ceil(END_BIT / 8);
  const lastOf = ({ pageIds }: typeof last): number => pageIds.at(-1)!;
  const trials: readonly [Uint8Array, number, RegExp][] = [
    [FILE, LAST_ID, /^$/],
    [damageBlock(1), LAST_ID, /^$/],
    [multistream(DUMP, 30).bytes, LAST_ID, /^$/],
    [multistream(DUMP, 89).bytes, LAST_ID, /^$/],
    [concatBytes([FILE, new Uint8Array(16)]), LAST_ID, /^$/],
    [FILE.subarray(0, endByte), LAST_ID, /after this id the file is not whole: .*\(bit \d+\)/],
    [flip(END_BIT + 3), LAST_ID, /after this id the file is not whole/],
    [damageBlock(BLOCKS.length - 1), lastOf(beforeLast), /after this id the file is not whole: Block checksum/],
    [FILE.subarray(0, endByte - 3000), lastOf(beforeLast), /after this id the file is not whole/],
  ];
  for (const [i, [bytes, pageId, told]] of trials.entries()) {
    const path = file(bytes);
    const page = await runOld("getlastidinbz2xml", "-f", path, "-t", "page");
    assert.deepEqual([page.code, page.stdout], [0, `page_id:${pageId}\n`], `trial ${i}: ${page.stderr}`);
    assert.match(page.stderr, told);
    const revision = await runOld("getlastidinbz2xml", "-f", path, "-t", "rev");
    assert.deepEqual([revision.code, revision.stdout], [0, `rev_id:${pageId * 10}\n`]);
  }
  for (const bytes of [new Uint8Array(), EMPTY_STREAM, text("text"), FILE.subarray(0, 3000), compress(text("text"))]) {
    const { code, stdout, stderr } = await runOld("getlastidinbz2xml", "-f", file(bytes), "-t", "page");
    assert.deepEqual([code, stdout, stderr], [1, "", "Failed to find any id tags in file, exiting\n"]);
  }
});

test("showcrcs: a line for each block that is found, and 1 without an end", async () => {
  const offsets = async (bytes: Uint8Array): Promise<unknown[]> => {
    const { code, stdout } = await runOld("showcrcs", "-f", file(bytes));
    const lines = stdout.trimEnd().split("\n");
    return [code, lines.filter((line) => line.startsWith("offset")).map((line) => Number(/\d+/.exec(line)![0]))];
  };
  const all = BLOCKS.map(({ position }) => position);
  assert.deepEqual(await offsets(FILE), [0, all]);
  assert.deepEqual(await offsets(FILE.subarray(0, -11)), [1, all]);
  assert.deepEqual(await offsets(damageBlock(1)), [0, all]);
  assert.deepEqual(await offsets(flip(BLOCKS[1]!.bitOffset + 20)), [0, all.toSpliced(1, 1)]);
  assert.deepEqual(await offsets(new Uint8Array()), [1, []]);
  assert.deepEqual(await offsets(EMPTY_STREAM), [0, []]);
});

test("recompressxml: what could be read is written and told, and an empty input makes a file that is one", async () => {
  const out = join(OUT, "out.bz2");
  const run = async (bytes: Uint8Array, name?: string): Promise<unknown[]> => {
    const { code, stderr } = await runOld("recompressxml", "-p", "5", "-i", file(bytes, name), "-o", out);
    return [code, new TextDecoder().decode(decompress(readFileSync(out))), stderr];
  };
  assert.deepEqual(await run(FILE), [0, DUMP.xml, ""]);
  assert.deepEqual(await run(EMPTY_STREAM), [0, "", ""]);
  assert.deepEqual(new Uint8Array(readFileSync(out)), EMPTY_STREAM);
  for (const bytes of [damageBlock(2), FILE.subarray(0, FILE.length >> 1)]) {
    const [code, written, told] = await run(bytes);
    assert.equal(code, 1);
    assert.ok((written as string).length > 100_000 && DUMP.xml.startsWith(written as string));
    assert.match(
      told as string,
      /^recompressxml: the input is not whole, what could be read of it is written: .*bit \d+/,
    );
  }
  const [code, written, told] = await run(text(DUMP.xml.slice(0, 30_000)), "cut.xml");
  assert.deepEqual([code, written], [1, DUMP.xml.slice(0, 30_000)]);
  assert.match(told as string, /the last page is \d+/);
});

test("writeuptopageid: no footer behind what is cut, files whole or absent, a place and a remedy", async () => {
  const path = file(FILE.subarray(0, FILE.length >> 1));
  const range = await runOld("writeuptopageid", "-i", path, "100");
  assert.equal(range.code, 1);
  assert.ok(range.stdout.endsWith(">") === false && !range.stdout.includes("</mediawiki>"));
  assert.match(range.stderr, /^writeuptopageid: .*bit \d+\)\n[A-Z]/);
  const files = await runOld("writeuptopageid", "-i", path, "-o", OUT, "-f", "a.bz2:10:40;b:100");
  assert.equal(files.code, 1);
  assert.ok(!existsSync(join(OUT, "a.bz2")) && !existsSync(join(OUT, "b")));
  // What lies behind the last wanted page does not matter.
  const early = await runOld("writeuptopageid", "-i", path, "-o", OUT, "-f", "a.bz2:10:40;b:40:70");
  assert.deepEqual([early.code, early.stderr], [0, ""]);
  assert.match(readFileSync(join(OUT, "b"), "utf8"), /^<mediawiki [^]*<\/mediawiki>\n$/);
});
