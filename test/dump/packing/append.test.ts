import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { BlockEncoder } from "../../../lib/bzip2/block-encoder.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import type { BlockInfo, Level } from "../../../lib/bzip2/format.ts";
import { RunLengthEncoder } from "../../../lib/bzip2/rle1-encode.ts";
import { StreamWriter } from "../../../lib/bzip2/stream-writer.ts";
import { decompress } from "../../../lib/bzip2/whole.ts";
import {
  type AppendOptions,
  appendToDump,
  findAppendPoint,
  type FindAppendPointOptions,
} from "../../../lib/dump/packing/append.ts";
import type { AppendPoint } from "../../../lib/dump/packing/append-point.ts";
import { bytesSource } from "../../../lib/streams/byte-source.ts";
import { nearPool } from "../../support/near-pool.ts";
import { skipWithoutCommand } from "../../support/oracle.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";
import { cutStreams, FOOTER, HEADER, type MadeDump, makeDump, multistream, oneStream } from "../dump-maker.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const METHODS = ["scan", "search"] as const;

interface Appended {
  readonly point: AppendPoint;
  readonly file: Uint8Array;
  readonly text: string;
}

/** Continues a file, and checks what is true of every result: the kept bits are those of the file, and all of it decodes. */
async function append(
  cut: Uint8Array,
  how: FindAppendPointOptions & Omit<AppendOptions, "pages"> & { pages?: string } = {},
): Promise<Appended> {
  const source = bytesSource(cut);
  const point = await findAppendPoint(source, how);
  const pages = how.pages === undefined ? undefined : new Blob([how.pages]).stream();
  const keptBytes = Math.floor(point.keptBitLength / 8);
  const parts: Uint8Array[] = [cut.subarray(0, keptBytes)];
  for await (const bytes of appendToDump(source, point, { ...how, pages })) parts.push(bytes);
  const file = concatBytes(parts);
  assert.deepEqual(bitsOf(file, point.keptBitLength), bitsOf(cut, point.keptBitLength), "kept bits");
  return { point, file, text: decoder.decode(decompress(file, { trailing: "error" })) };
}

function bitsOf(bytes: Uint8Array, bitLength: number): Uint8Array {
  const kept = bytes.slice(0, Math.ceil(bitLength / 8));
  if (bitLength % 8 !== 0) kept[kept.length - 1]! &= 0xff00 >> (bitLength % 8);
  return kept;
}

function blocksOf(file: Uint8Array): BlockInfo[] {
  const bytes = new Bzip2Decoder();
  return [...bytes.push(file), ...bytes.finish()].flatMap((event) => event.type === "block" ? [event.info] : []);
}

/** The plain bytes of the blocks that are whole in a file that was cut. */
function goodText(cut: Uint8Array): string {
  const good: Uint8Array[] = [];
  try {
    const bytes = new Bzip2Decoder();
    for (const event of bytes.push(cut)) if (event.type === "block") good.push(event.bytes);
  } catch {
    // What was good before is what counts.
  }
  return decoder.decode(concatBytes(good));
}

/** What the whole pages of some text are as a dump; undefined if not even the header is there. */
function closed(text: string): string | undefined {
  const end = text.lastIndexOf("</page>\n");
  if (end >= 0) return text.slice(0, end + 8) + FOOTER;
  return text.startsWith(HEADER) ? HEADER + FOOTER : undefined;
}

function lastIdOf(text: string): number | undefined {
  const end = text.lastIndexOf("</page>");
  const ids = [...text.slice(0, Math.max(0, end)).matchAll(/<ns>0<\/ns>\s*<id>(\d+)<\/id>/g)];
  return ids.length === 0 ? undefined : Number(ids.at(-1)![1]);
}

/** One stream of blocks that are cut where these texts are. */
function inBlocks(texts: readonly string[], level: Level = 9): Uint8Array {
  const writer = new StreamWriter(level);
  const blocks = new BlockEncoder();
  const parts: Uint8Array[] = [];
  for (const text of texts.filter((one) => one !== "")) {
    const runs = new RunLengthEncoder(level);
    runs.push(encoder.encode(text), 0);
    runs.flush();
    parts.push(writer.add(blocks.encode(runs.block, runs.crc)));
  }
  return concatBytes([...parts, writer.end()]);
}

const DUMP: MadeDump = makeDump(Array.from({ length: 48 }, (_, i) => 2 * i + 1), (id) => 5000 + 97 * id);
const FILE = oneStream(DUMP, 1);
const FILES: Readonly<Record<string, Uint8Array>> = {
  "one stream": FILE,
  "streams of levels 3, 1 and 9 that are cut anywhere": cutStreams(DUMP, 45_000, [3, 1, 9]),
  "multistream": multistream(DUMP, 7).bytes,
};

for (const [name, file] of Object.entries(FILES)) {
  test(`${name}: cut anywhere, it is closed after its last whole page`, async () => {
    for (let length = file.length; length > 400; length -= 9973) {
      const cut = file.slice(0, length);
      const good = goodText(cut);
      const expected = closed(good);
      for (const method of METHODS) {
        const where = `${method}, cut at ${length}`;
        if (expected === undefined) {
          await assert.rejects(append(cut, { method }), /whole header|Input ends/, where);
          continue;
        }
        const { text, point } = await append(cut, { method });
        assert.equal(text, expected, where);
        assert.equal(point.lastPageId, lastIdOf(good), where);
        assert.equal(point.isWhole, length === file.length, where);
        assert.equal(point.isMultistream, name === "multistream", where);
      }
    }
  });

  test(`${name}: cut, and continued with the whole dump or with its rest, it is the dump again`, async () => {
    for (const part of [0.99, 0.6, 0.35]) {
      const cut = file.slice(0, Math.floor(part * file.length));
      const rest = DUMP.pages.filter((_, i) => DUMP.ids[i]! > (lastIdOf(goodText(cut)) ?? 0));
      for (const method of METHODS) {
        const seen = { added: 0, skipped: 0 };
        const onPage = (_: unknown, isAdded: boolean): void => void seen[isAdded ? "added" : "skipped"]++;
        const whole = await append(cut, { method, pages: DUMP.xml, onPage, pool: nearPool(2, 1) });
        assert.equal(whole.text, DUMP.xml);
        assert.deepEqual(seen, { added: rest.length, skipped: DUMP.pages.length - rest.length });
        const tail = await append(cut, { method, pages: "tail of a page</page>\n" + rest.join("") });
        assert.equal(tail.text, DUMP.xml);
        assert.deepEqual(tail.file, whole.file);
        const all = await append(cut, { method, pages: rest.join(""), which: "all" });
        assert.equal(all.text, DUMP.xml);
      }
    }
  });
}

test("a block can begin at each of the eight bits of a byte", async () => {
  const alignments = new Set<number>();
  const small = Array.from({ length: 24 }, (_, i) => {
    const { pages } = makeDump([1, 2, 3], (id) => 100 + 7 * i * id);
    return inBlocks([HEADER + pages[0], ...pages.slice(1), "  <page>"]);
  });
  for (const file of [FILE, ...small]) {
    for (const { bitOffset, bitLength } of blocksOf(file)) {
      alignments.add((bitOffset + bitLength) % 8);
      // Right behind a block, with the next byte's bits still there.
      const cut = file.slice(0, Math.ceil((bitOffset + bitLength) / 8));
      const expected = closed(goodText(cut)) ?? HEADER + FOOTER;
      for (const method of METHODS) {
        if (!goodText(cut).includes("</siteinfo>")) continue;
        assert.equal((await append(cut, { method })).text, expected);
      }
    }
  }
  assert.equal(alignments.size, 8, "the files of this test have them all");
});

test("every level goes on as it was, and bzip2 accepts the result", { skip: skipWithoutCommand("bzip2") }, async () => {
  for (const level of [1, 2, 3, 4, 5, 6, 7, 8, 9] as const) {
    const file = oneStream(DUMP, level);
    const cut = level === 9 ? file.slice(0, -3) : file.slice(0, Math.floor(0.9 * file.length));
    const result = await append(cut, { pages: DUMP.xml }).catch((error: Error) => error);
    // At high levels all of it is one block.
    if (result instanceof Error) {
      assert.equal((result as { code?: string }).code, "TRUNCATED", `level ${level}`);
      continue;
    }
    assert.deepEqual(spawnSync("bzip2", ["-dc"], { input: result.file }).stdout.toString(), DUMP.xml, `level ${level}`);
    assert.equal(result.file[3], 0x30 + level);
    assert.equal(result.point.level, level);
  }
});

test("an end tag that lies across blocks is found, wherever it is cut", async () => {
  const [first = "", second = ""] = makeDump([1, 2], () => 100).pages;
  const before = HEADER + first;
  const middle = before + second;
  for (let at = middle.length - 12; at <= middle.length; at++) {
    const texts = [before, middle.slice(before.length, at), middle.slice(at) + "  <page>\n <title>x", "more"];
    const file = inBlocks(texts);
    for (const method of METHODS) {
      const { text, point } = await append(file.slice(0, -8), { method });
      assert.equal(text, middle + FOOTER, `${method}, cut ${middle.length - at} before the end`);
      assert.equal(point.lastPageId, 2);
    }
  }
});

test("a search goes back over a page of many blocks, and knows what it saw before", async () => {
  const [first = "", second = ""] = makeDump([1, 2], () => 100).pages;
  const middle = HEADER + first + second;
  const filler = (letter: string): string => `${letter}bc`.repeat(1000);
  const tagCut = middle.length - 4;
  const open = [middle.slice(tagCut) + "  <page>\n <title>" + filler("a"), filler("d"), filler("e")];
  const { text, point } = await append(
    inBlocks([HEADER + first, middle.slice(HEADER.length + first.length, tagCut), ...open]),
    {
      method: "search",
    },
  );
  assert.deepEqual([text, point.lastPageId, point.isWhole], [middle + FOOTER, 2, false]);

  const head = second.slice(0, second.indexOf("</id>") + "</id>".length);
  const last = `${filler("e")}</page>\n${FOOTER}`;
  // As long as the last one, so that it would fit into its memory.
  const long = [HEADER + head + filler("a"), filler("d").padEnd(last.length, "fg"), last];
  const whole = await findAppendPoint(bytesSource(inBlocks(long)), { method: "search" });
  assert.deepEqual([whole.lastPageId, whole.isWhole], [2, true]);
});

test("a head that lies across blocks is known", async () => {
  const [first = "", second = ""] = makeDump([1, 22], () => 100).pages;
  for (let at = 1; at < 80; at += 3) {
    const file = inBlocks([HEADER + first + second.slice(0, at), second.slice(at), "  <page>"]);
    for (const method of METHODS) {
      assert.equal((await append(file.slice(0, -2), { method })).point.lastPageId, 22, `${method}, cut at ${at}`);
    }
  }
});

test("what ends with a page is kept to its last bit", async () => {
  const { bytes } = multistream(DUMP, 7);
  const streams = [...blocksOf(bytes)].filter(({ bitOffset }) => bitOffset % 8 === 0);
  const start = streams[4]!.bitOffset / 8 - 4;
  const { point, file } = await append(bytes.slice(0, start + 30));
  assert.equal(point.rest.length, 0);
  // The end of the stream is written again, with the same checksum.
  assert.deepEqual(file.subarray(0, start), bytes.subarray(0, start));
});

test("added pages of a multistream dump have streams of their own", async () => {
  const { bytes } = multistream(DUMP, 7);
  const { file } = await append(bytes.slice(0, bytes.length >> 1), { pages: DUMP.xml, pagesPerStream: 4 });
  const counts: number[] = [];
  const events = new Bzip2Decoder();
  for (const event of [...events.push(file), ...events.finish()]) {
    if (event.type === "stream") counts.push(0);
    else if (event.type === "block") {
      counts[counts.length - 1]! += decoder.decode(event.bytes).split("</page>").length - 1;
    }
  }
  assert.equal(counts.reduce((sum, count) => sum + count), 48);
  assert.equal(counts[0], 0);
  assert.deepEqual(counts.slice(-2), [0, 0]);
  assert.ok(counts.includes(7) && counts.includes(4));
});

test("what lies behind damage is dropped when all is read", async () => {
  for (const part of [0.4, 0.61, 0.85, 0.999]) {
    const bit = Math.floor(part * 8 * FILE.length);
    const damaged = FILE.slice();
    damaged[bit >>> 3]! ^= 0x80 >> (bit & 7);
    const { point, text } = await append(damaged);
    assert.equal(text, closed(goodText(damaged)));
    assert.equal(point.trouble?.name, "Bzip2Error");
    assert.equal((await append(damaged, { pages: DUMP.xml })).text, DUMP.xml);
  }
});

test("a whole dump is known as one, and can get more pages", async () => {
  const more = makeDump([1001, 1002], () => 50);
  for (const file of Object.values(FILES)) {
    for (const method of METHODS) {
      const { point, text } = await append(file, { method, pages: more.xml });
      assert.ok(point.isWhole);
      assert.equal(text, HEADER + DUMP.pages.join("") + more.pages.join("") + FOOTER);
    }
  }
});

test("log items count as pages", async () => {
  const item = (id: number): string => `  <logitem>\n    <id>${id}</id>\n  </logitem>\n`;
  const file = inBlocks([HEADER + item(1) + item(2), item(3) + "  <logitem>", "cut"]);
  for (const method of METHODS) {
    assert.equal((await append(file.slice(0, -1), { method })).text, HEADER + item(1) + item(2) + item(3) + FOOTER);
  }
});

test("what is no dump has nothing to continue", async () => {
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [new Uint8Array(), /NOT_BZIP2/],
    [encoder.encode("hello, world\n"), /NOT_BZIP2/],
    [encoder.encode("BZh9"), /TRUNCATED/],
    [compress(encoder.encode("hello\n")), /NO_MEDIAWIKI/],
    [compress(new Uint8Array()), /NO_MEDIAWIKI/],
    [FILE.slice(0, 5000), /TRUNCATED/],
  ];
  for (const [file, code] of cases) {
    for (const method of METHODS) {
      await assert.rejects(
        append(file, { method }),
        (error) => code.test((error as { code: string }).code),
        `${code} ${method}`,
      );
    }
  }
});

test("pages that end too early are an error, and so are pages without an id", async () => {
  const cut = FILE.slice(0, FILE.length >> 1);
  await assert.rejects(append(cut, { pages: DUMP.xml.slice(0, -500) }), { name: "DumpFormatError" });
  const page = "<page><title>T</title></page>";
  await assert.rejects(append(cut, { pages: page }), { code: "BAD_ID" });
  assert.ok((await append(cut, { pages: page, which: "all" })).text.includes(page));
});

test("a magic inside of a block is not taken for a block", {
  skip: skipWithoutShared("conformance", "mwbzutils", "inputs"),
}, async () => {
  for (const name of ["falsemagic-middle", "falsemagic-lastblock-at500", "falsemagic-lastblock-at2000"]) {
    const file = new Uint8Array(readFileSync(sharedPath("conformance", "mwbzutils", "inputs", `${name}.bz2`)!));
    for (const length of [file.length, file.length - 7]) {
      const cut = file.slice(0, length);
      const [scan, search] = [await append(cut, { method: "scan" }), await append(cut, { method: "search" })];
      assert.deepEqual(search.file, scan.file, `${name} ${length}`);
    }
  }
});
