/** bzdump blocks: whole files, parts of them, maps, and damage; and the library function below it. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { BlockMap } from "../../lib/dump/blocks/block-map.ts";
import { type BlockListItem, lastBlocks, listBlocks } from "../../lib/dump/blocks/list-blocks.ts";
import { bytesSource } from "../../lib/streams/byte-source.ts";
import { bits } from "../support/bit-script.ts";
import { randomBytes } from "../support/hard-inputs.ts";
import { BLOCK_A, crcOf, endAfter, MAP_OF_A } from "../support/small-blocks.ts";
import { bzdump, directoryWith, flip, jsonLines } from "./bzdump-cases.ts";

/** Streams of three, no, and two blocks. */
const FILE = concatBytes([
  compress(randomBytes(250_000, 1), { level: 1 }),
  compress(new Uint8Array()),
  compress(randomBytes(300_000, 2), { level: 2 }),
]);
const MAP = await BlockMap.build(bytesSource(FILE));
const BLOCKS = MAP.blocks;
const CUT = FILE.subarray(0, -1000);

/** The rows of a listing as numbers, without its titles. */
function rowsOf(stdout: Uint8Array): string[][] {
  return new TextDecoder().decode(stdout).trimEnd().split("\n").slice(1).map((line) => line.trim().split(/ +/));
}

const hex = (crc: number | undefined): string => crc!.toString(16).padStart(8, "0");

test("all blocks and streams are listed, with what the map has, from a file and from stdin", async () => {
  const cwd = directoryWith({ "a.bz2": FILE });
  const { code, stdout, stderr } = await bzdump("blocks a.bz2", cwd);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.deepEqual(
    rowsOf(stdout),
    BLOCKS.map((block) =>
      [
        block.streamIndex,
        block.blockIndex,
        block.level,
        block.bitOffset,
        block.bitOffset >> 3,
        block.bitLength,
        hex(block.crc),
        block.byteOffset,
        block.byteLength,
      ].map(String)
    ),
  );
  const streams = rowsOf((await bzdump("blocks --streams -n2 a.bz2", cwd)).stdout);
  assert.deepEqual(streams.map(([index, level, , , crc, blocks]) => [index, level, crc, blocks]), [
    ["0", "1", hex(MAP.streams[0]!.crc), "3"],
    ["1", "9", "00000000", "0"],
    ["2", "2", hex(MAP.streams[2]!.crc), "2"],
  ]);
  const fromStdin = await bzdump("blocks - --json", cwd, { input: concatBytes([FILE, new Uint8Array(9)]) });
  const lines = jsonLines(fromStdin.stdout);
  assert.deepEqual(lines.map(({ type }) => type), [
    ...["block", "block", "block", "stream", "stream", "block", "block", "stream", "trailing", "end"],
  ]);
  for (const [i, block] of lines.filter(({ type }) => type === "block").entries()) {
    for (const [name, value] of Object.entries(BLOCKS[i]!)) assert.equal(block[name], value, name);
    assert.equal(block["schema"], "bzdump/blocks@1");
  }
  assert.deepEqual(lines.at(-1), {
    schema: "bzdump/blocks@1",
    type: "end",
    streams: 3,
    blocks: 5,
    compressedSize: FILE.length + 9,
    byteLength: 550_000,
  });
});

test("the map is saved in both forms when the file is good, and not at all when it is not", async () => {
  const cwd = directoryWith({ "a.bz2": FILE, "cut.bz2": CUT });
  assert.equal((await bzdump("blocks -q --map a.map a.bz2", cwd)).code, 0);
  assert.deepEqual(BlockMap.parse(readFileSync(join(cwd, "a.map"), "utf8")), MAP);
  const text = await bzdump("blocks --map - --format text a.bz2", cwd);
  assert.deepEqual([text.code, new TextDecoder().decode(text.stdout)], [0, MAP.toString()]);
  const again = await bzdump("blocks --map a.map a.bz2", cwd);
  assert.equal(again.code, 74);
  assert.match(again.stderr, /a\.map exists already/);
  assert.equal((await bzdump("blocks -qf --format text --map a.map a.bz2", cwd)).code, 0);
  assert.equal(readFileSync(join(cwd, "a.map"), "utf8"), MAP.toString());
  const cut = await bzdump("blocks --map cut.map cut.bz2", cwd);
  assert.equal(cut.code, 4);
  assert.ok(!existsSync(join(cwd, "cut.map")) && !existsSync(join(cwd, "cut.map.inprog")));
});

test("a part is listed by its bytes, or from the end", async () => {
  const cwd = directoryWith({ "a.bz2": FILE });
  const bitsOf = async (args: string): Promise<number[]> => {
    const { code, stdout, stderr } = await bzdump(`blocks ${args} --json a.bz2`, cwd);
    assert.deepEqual([code, stderr], [0, ""], args);
    return jsonLines(stdout).map(({ bitOffset }) => Number(bitOffset));
  };
  const all = BLOCKS.map(({ bitOffset }) => bitOffset);
  const byteOf = (index: number): number => Math.floor(all[index]! / 8);
  assert.deepEqual(await bitsOf("--from 0"), all);
  assert.deepEqual(await bitsOf("--no-verify"), all);
  assert.deepEqual(await bitsOf(`--from ${byteOf(1)}`), all.slice(1));
  assert.deepEqual(await bitsOf(`--from 5 --to ${byteOf(3) + 1}`), all.slice(1, 4));
  assert.deepEqual(await bitsOf("--last 2"), all.slice(-2));
  assert.deepEqual(await bitsOf("--last 99"), all);
  assert.deepEqual(await bitsOf("--last 2 --no-verify"), all.slice(-2));
  assert.deepEqual(await bitsOf(`--last 1 --to ${byteOf(2)}`), all.slice(1, 2));
});

test("the level of a block in the middle is told only where its header was seen", async () => {
  const items = [];
  for await (const item of listBlocks(bytesSource(FILE), { fromBit: BLOCKS[1]!.bitOffset })) items.push(item);
  assert.deepEqual(items.map((item) => item.type === "block" && item.block.level), [undefined, undefined, 2, 2]);
  for (const [i, item] of items.entries()) {
    const { bitOffset, bitLength, byteLength, crc } = BLOCKS[i + 1]!;
    const block = { ...(item.type === "block" ? item.block : undefined), level: 0 };
    assert.deepEqual(block, { bitOffset, bitLength, byteLength, crc, level: 0 });
  }
  const last = await lastBlocks(bytesSource(FILE), 2);
  assert.deepEqual(last.map((item) => item.type === "block" && item.block.level), [2, 2]);
});

test("of a damaged file, what is good is listed, then the error; a part goes on behind it", async () => {
  const inData = flip(FILE, BLOCKS[1]!.bitOffset + 400_000);
  const header = MAP.streams[2]!.compressedOffset;
  const lost = flip(FILE, (header + 1) * 8);
  const cwd = directoryWith({ "cut.bz2": CUT, "data.bz2": inData, "lost.bz2": lost, "end.bz2": FILE.subarray(0, -1) });
  const cases: readonly (readonly [string, number, readonly number[]])[] = [
    ["cut.bz2", 4, [0, 1, 2, 3]],
    ["--from 0 cut.bz2", 4, [0, 1, 2, 3]],
    ["--last 2 cut.bz2", 4, [2, 3]],
    ["data.bz2", 3, [0]],
    ["--from 0 data.bz2", 3, [0, 2, 3, 4]],
    ["--last 4 data.bz2", 3, [0, 2, 3, 4]],
    ["--last 3 data.bz2", 0, [2, 3, 4]],
    ["lost.bz2", 3, [0, 1, 2]],
    ["--from 0 lost.bz2", 3, [0, 1, 2, 3, 4]],
    ["--last 3 lost.bz2", 3, [2, 3, 4]],
    ["--last 2 lost.bz2", 0, [3, 4]],
    ["end.bz2", 4, [0, 1, 2, 3, 4]],
    ["--last 1 end.bz2", 4, [4]],
    [`--from ${BLOCKS[4]!.bitOffset >> 3} end.bz2`, 4, [4]],
  ];
  for (const [args, exitCode, good] of cases) {
    const { code, stdout, stderr } = await bzdump(`blocks -q ${args}`, cwd);
    assert.equal(code, exitCode, `${args}: ${stderr}`);
    const bits = new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => line.trim().split(/ +/)[3]);
    assert.deepEqual(bits, good.map((i) => String(BLOCKS[i]!.bitOffset)), args);
    assert.equal(stderr.match(/^bzdump blocks: /gm)?.length ?? 0, exitCode === 0 ? 0 : 1, `${args}: ${stderr}`);
  }
});

/** Unused selectors say nothing, so a block can hold any bits there that are ranks: those of a magic are. */
const BLOCK_WITH_MAGIC = bits`
  x314159265359 ${crcOf("a")}:32 0 0:24 ${MAP_OF_A}
  3:3 30:15 0 x314159265359 0
  (2:5 0 0 0)*3
  00 10`;

test("a place that looks like a block inside of a good one is no damage, from any bit on, and from the end", async () => {
  const file = bits`"BZh9" ${BLOCK_A} (${BLOCK_WITH_MAGIC})*3 ${BLOCK_A} ${endAfter(5)} |`.bytes;
  const source = bytesSource(file);
  const all = (await BlockMap.build(source)).blocks.map(({ bitOffset }) => bitOffset);
  for (let fromBit = 0; fromBit < file.length * 8; fromBit++) {
    const found: number[] = [];
    for await (const item of listBlocks(source, { fromBit })) {
      assert.ok(item.type === "block", `from bit ${fromBit}`);
      found.push(item.block.bitOffset);
    }
    assert.deepEqual(found, all.filter((bitOffset) => bitOffset >= fromBit), `from bit ${fromBit}`);
  }
  for (let count = 1; count <= 6; count++) {
    const items = await lastBlocks(source, count);
    assert.deepEqual(items.map((item) => item.type === "block" && item.block.bitOffset), all.slice(-count));
  }
});

test("a file that is cut anywhere gives its good blocks and one error, forwards and from the end", async () => {
  const file = bits`"BZh9" (${BLOCK_A})*3 ${endAfter(3)} |`.bytes;
  const { blocks } = await BlockMap.build(bytesSource(file));
  for (let length = 1; length < file.length; length++) {
    const source = bytesSource(file.subarray(0, length));
    const good = blocks.filter(({ bitOffset, bitLength }) => bitOffset + bitLength! <= length * 8);
    const items: BlockListItem[] = [];
    for await (const item of listBlocks(source)) items.push(item);
    for (const list of [items, await lastBlocks(source, 9)]) {
      const found = list.filter((item) => item.type === "block");
      assert.deepEqual(found.map(({ block }) => block.bitOffset), good.map(({ bitOffset }) => bitOffset), `${length}`);
      const faults = list.filter((item) => item.type === "fault");
      // Without a single magic there is nothing to tell.
      const isSilent = length * 8 < blocks[0]!.bitOffset + 48;
      assert.deepEqual(faults.map(({ error }) => error.code), isSilent ? [] : ["TRUNCATED"], `${length}`);
    }
  }
});

test("the end of a big file on a server is listed without reading the rest", async () => {
  let sent = 0;
  const server = createServer((request, response) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "")!.map(Number);
    const part = big.subarray(start, end! + 1);
    sent += part.length;
    response.writeHead(206, { "content-range": `bytes ${start}-${start! + part.length - 1}/${big.length}` }).end(part);
  });
  const big = concatBytes(Array.from({ length: 12 }, () => FILE));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dump.xml.bz2`;
    const { code, stdout, stderr } = await bzdump(`blocks --last 1 ${url}`, directoryWith({}));
    assert.deepEqual([code, stderr], [0, ""]);
    const bitOffset = (big.length - FILE.length) * 8 + BLOCKS.at(-1)!.bitOffset;
    assert.equal(rowsOf(stdout)[0]?.[3], String(bitOffset));
    assert.ok(sent < big.length / 3, `${sent} of ${big.length} bytes`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("what cannot be meant, and what is no bzip2 file, is told", async () => {
  const cwd = directoryWith({ "a.bz2": FILE, text: "hello\n", empty: "" });
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["--last 1 -", 2, /Standard input cannot be read at any place/],
    ["--no-verify", 2, /Standard input cannot be read at any place/],
    ["--map m --from 3 a.bz2", 2, /--map needs the whole file/],
    ["--streams --last 3 a.bz2", 2, /--streams needs the whole file/],
    ["--format text a.bz2", 2, /no --map was given/],
    ["--from 9 --to 9 a.bz2", 2, /must be below/],
    ["--last 0 a.bz2", 2, /whole number from 1/],
    ["text", 3, /text: Input starts with the bytes/],
    ["empty", 3, /empty/],
    ["--from 0 text", 1, /text has no block there/],
    [`--from ${FILE.length} a.bz2`, 1, /has no block there/],
    ["gone", 74, /gone: no such file/],
    ["--last 1 gone", 74, /gone: no such file/],
    [". ", 74, /is a directory/],
  ];
  for (const [args, exitCode, message] of cases) {
    const { code, stdout, stderr } = await bzdump(`blocks ${args}`.trim(), cwd);
    assert.equal(code, exitCode, `${args}: ${stderr}`);
    assert.match(stderr, message, args);
    assert.equal(stdout.length, 0, args);
  }
});
