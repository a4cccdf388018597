import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compress } from "../../../lib/bzip2/compress.ts";
import { decompress } from "../../../lib/bzip2/whole.ts";
import { extractRange } from "../../../lib/dump/pages/extract-range.ts";
import { MultistreamIndex } from "../../../lib/dump/index/multistream-index.ts";
import { type PageRange, parsePageRanges } from "../../../lib/dump/pages/page-range.ts";
import { takePages } from "../../../lib/dump/pages/take-pages.ts";
import { type ByteSource, bytesSource } from "../../../lib/streams/byte-source.ts";
import { chunksOf } from "../../../lib/streams/stream-from.ts";
import { chunkings } from "../../support/chunkings.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";
import {
  cutStreams,
  expectedDocument,
  FOOTER,
  HEADER,
  makeDump,
  multistream,
  oneStream,
  textOf,
} from "../dump-maker.ts";

const encoder = new TextEncoder();
const IDS = Array.from({ length: 150 }, (_, i) => 3 * i + 10);
const DUMP = makeDump(IDS, (id) => id === 160 ? 400_000 : 1500);
const MULTI = multistream(DUMP, 7);
const FORMS: readonly (readonly [string, Uint8Array])[] = [
  ["one stream", oneStream(DUMP)],
  ["cut streams", cutStreams(DUMP, 60_001, [1, 9])],
  ["multistream", MULTI.bytes],
];
/** First, last, between, single, below, above, open, several near and far. */
const RANGES = [
  "10",
  "457",
  "10-457",
  "11-12",
  "13-19",
  "1-9",
  "458-",
  "400-",
  "160",
  "159-161",
  "163",
  "157-166,300,449-",
];

function isIn(ranges: readonly PageRange[]): (id: number) => boolean {
  return (id) => ranges.some(({ first, last }) => first <= id && id <= last);
}

function indexOf(text: string): Promise<MultistreamIndex> {
  return MultistreamIndex.read(new Blob([text]).stream());
}

for (const [name, bytes] of FORMS) {
  test(`extractRange takes whole pages, as they stand in the dump: ${name}`, async () => {
    for (const text of RANGES) {
      const ranges = parsePageRanges(text);
      const taken: number[] = [];
      const xml = await textOf(extractRange(bytesSource(bytes), ranges, { onPage: (id) => taken.push(id) }));
      assert.equal(xml, expectedDocument(DUMP, isIn(ranges)), text);
      assert.deepEqual(taken, IDS.filter(isIn(ranges)), text);
    }
  });
}

test("extractRange takes the same pages with an index, and reads only their streams", async () => {
  const index = await indexOf(MULTI.index);
  for (const text of RANGES) {
    const ranges = parsePageRanges(text);
    const xml = await textOf(extractRange(bytesSource(MULTI.bytes), ranges, { index }));
    assert.equal(xml, expectedDocument(DUMP, isIn(ranges)), text);
  }
  const touched: number[] = [];
  const watched: ByteSource = {
    size: MULTI.bytes.length,
    read(start, end) {
      touched.push(start);
      return Promise.resolve(MULTI.bytes.subarray(start, end));
    },
  };
  const { byteOffset } = index.streams.at(-2)!;
  const { pageCount } = index.streams.at(-2)!;
  assert.equal(pageCount, 7);
  await textOf(extractRange(watched, { first: index.streams.at(-2)!.lowestPageId, last: 450 }, { index }));
  // The header is looked for in the first 64 KiB.
  assert.ok(byteOffset > 70_000);
  assert.deepEqual(touched.filter((start) => start > 65_540 && start < byteOffset), []);
});

test("an index that names only some pages of the dump is found out, wherever wanted ids may be missing", async () => {
  const lines = MULTI.index.trimEnd().split("\n");
  const idOf = (line: string): number => Number(line.split(":")[1]);
  const index = await indexOf(MULTI.index);
  const streamOf = (at: number): string[] =>
    lines.filter((line) => line.startsWith(`${index.streams[at]!.byteOffset}:`));
  const without = (left: readonly string[]): string => `${lines.filter((line) => !left.includes(line)).join("\n")}\n`;
  const last = streamOf(index.streams.length - 1);
  const cases: readonly (readonly [string, string, number])[] = [
    ["no lines", "", idOf(lines[0]!)],
    ["a cut index", without(last), idOf(last[0]!)],
    ["no first stream", without(streamOf(0)), idOf(lines[0]!)],
    ["no stream in the middle", without(streamOf(4)), idOf(streamOf(4)[1]!)],
    ["no first line of a stream", without(streamOf(4).slice(0, 1)), idOf(streamOf(4)[0]!)],
    ["no last line of a stream", without(streamOf(4).slice(-1)), idOf(streamOf(4).at(-1)!)],
  ];
  for (const [name, text, id] of cases) {
    const xml = extractRange(bytesSource(MULTI.bytes), { first: id, last: id }, { index: await indexOf(text) });
    await assert.rejects(textOf(xml), { code: "BAD_INDEX", remedy: /index/ }, name);
  }
});

test("ids that the dump does not have are no fault of a whole index", async () => {
  const index = await indexOf(MULTI.index);
  for (const id of [0, 1, 2, 3, 4, 5, 6, 7, 8, 100_000]) {
    const range = { first: id, last: id };
    const xml = await textOf(extractRange(bytesSource(MULTI.bytes), range, { index }));
    assert.equal(xml, await textOf(extractRange(bytesSource(MULTI.bytes), range)), String(id));
  }
});

test("an index that does not fit the dump is found out", async () => {
  const lines = MULTI.index.trimEnd().split("\n");
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["offsets of another dump", MULTI.index.replace(/^(\d+)/gm, (n) => String(Number(n) + 1)), /no bzip2 stream/],
    [
      "ids of another dump",
      MULTI.index.replace(/:(\d+):/g, (_, n) => `:${Number(n) + 1}:`),
      /expected 7 pages from 11/,
    ],
    ["a line is missing", lines.filter((_, i) => i !== 8).join("\n"), /expected 6 pages .* found 7/],
    ["offset of the header", MULTI.index.replace(/^\d+/gm, "0"), /in the stream at byte 0, found none/],
    ["offset behind the end", MULTI.index.replace(/^\d+/gm, "99999999"), /no bzip2 stream/],
  ];
  for (const [name, text, message] of wrong) {
    const index = await indexOf(text);
    const xml = extractRange(bytesSource(MULTI.bytes), { first: 1, last: 99 }, { index });
    await assert.rejects(textOf(xml), { code: "BAD_INDEX", message, remedy: /index/ }, name);
  }
});

test("extractRange reads a dump in which pages and tags are cut by every border", async () => {
  const dump = makeDump([3, 4, 8, 9, 10, 20], () => 40);
  for (let pieceLength = 60; pieceLength < 130; pieceLength += 3) {
    const source = bytesSource(cutStreams(dump, pieceLength));
    for (const text of ["3", "4-8", "9-", "5-7", "3,20"]) {
      const ranges = parsePageRanges(text);
      const xml = await textOf(extractRange(source, ranges));
      assert.equal(xml, expectedDocument(dump, isIn(ranges)), `${text} in pieces of ${pieceLength}`);
    }
  }
});

test("extractRange reads little of a long dump, and goes from range to range", async () => {
  const dump = makeDump(Array.from({ length: 600 }, (_, i) => i + 1), () => 900);
  const bytes = cutStreams(dump, 4000);
  for (const [text, share] of [["300", 0.5], ["10,590", 0.75]] as const) {
    let read = 0;
    const source: ByteSource = {
      size: bytes.length,
      read(start, end) {
        const part = bytes.subarray(start, end);
        read += Math.min(part.length, 4000);
        return Promise.resolve(part);
      },
    };
    const ranges = parsePageRanges(text);
    assert.equal(await textOf(extractRange(source, ranges)), expectedDocument(dump, isIn(ranges)));
    assert.ok(read < share * bytes.length, `${text}: about ${read} of ${bytes.length} bytes`);
  }
});

test("damage and a cut inside the range are an error after all pages before them; elsewhere they do not matter", async () => {
  const bytes = oneStream(DUMP);
  const damaged = bytes.slice();
  damaged[Math.floor(bytes.length * 0.6)]! ^= 8;
  const cut = bytes.subarray(0, Math.floor(bytes.length * 0.6));
  for (const [broken, code] of [[damaged, /./], [cut, /^TRUNCATED$/]] as const) {
    let xml = "";
    const decoder = new TextDecoder();
    await assert.rejects(async () => {
      for await (const chunk of chunksOf(extractRange(bytesSource(broken), { first: 13, last: 9999 }))) {
        xml += decoder.decode(chunk, { stream: true });
      }
    }, (error: Error & { code: string }) => error.name === "Bzip2Error" && code.test(error.code));
    assert.ok(expectedDocument(DUMP, (id) => id >= 13).startsWith(xml), "what came before is good");
    assert.ok(xml.length > DUMP.xml.length / 3, `${xml.length} characters`);
    const early = await textOf(extractRange(bytesSource(broken), { first: 13, last: 40 }));
    assert.equal(early, expectedDocument(DUMP, (id) => id >= 13 && id <= 40));
  }
  const late = await textOf(extractRange(bytesSource(damaged), { first: 430, last: 9999 }));
  assert.equal(late, expectedDocument(DUMP, (id) => id >= 430));
});

test("a stream whose header is damaged does not end the dump silently", async () => {
  const index = await indexOf(MULTI.index);
  const bytes = MULTI.bytes.slice();
  bytes[index.streams[9]!.byteOffset]! ^= 1;
  const [before, damaged] = [index.streams[8]!, index.streams[9]!];
  const across = { first: before.lowestPageId, last: damaged.highestPageId };
  await assert.rejects(textOf(extractRange(bytesSource(bytes), across)), {
    code: "BAD_MAGIC",
    bitOffset: damaged.byteOffset * 8,
    message: /header is damaged/,
  });
  await assert.rejects(textOf(extractRange(bytesSource(bytes), across, { index })), { code: "BAD_INDEX" });
  // The blocks behind the header are good, so what begins there can be had.
  const inside = { first: damaged.lowestPageId, last: damaged.highestPageId };
  const xml = await textOf(extractRange(bytesSource(bytes), inside));
  assert.equal(xml, expectedDocument(DUMP, (id) => id >= inside.first && id <= inside.last));
  const later = { first: index.streams[12]!.lowestPageId, last: 9999 };
  assert.equal(
    await textOf(extractRange(bytesSource(bytes), later)),
    expectedDocument(DUMP, (id) => id >= later.first),
  );
});

test("extractRange tells what is no dump, and ids that fall", async () => {
  const of = (xml: string): Promise<string> =>
    textOf(extractRange(bytesSource(compress(encoder.encode(xml))), { first: 1, last: 9 }));
  await assert.rejects(of("hello"), { name: "DumpFormatError" });
  await assert.rejects(of(""), { name: "DumpFormatError" });
  await assert.rejects(of("<html></html>"), { code: "NO_MEDIAWIKI" });
  const falling = makeDump([5, 4], () => 10);
  await assert.rejects(of(falling.xml), { code: "ID_ORDER", message: /Page 4 follows page 5/, remedy: /--scan/ });
  await assert.rejects(textOf(extractRange(bytesSource(encoder.encode(DUMP.xml)), { first: 1, last: 2 })), {
    code: "NOT_BZIP2",
  });
});

test("a dump without pages gives a document without pages", async () => {
  for (const xml of [HEADER + FOOTER, "<mediawiki>\n</mediawiki>\n"]) {
    const bytes = compress(encoder.encode(xml));
    assert.equal(await textOf(extractRange(bytesSource(bytes), { first: 1, last: 9 })), xml);
  }
});

test("extractRange ends with the reason of the signal, and reads no more when it is cancelled", async () => {
  const reason = new Error("stop");
  const source = bytesSource(oneStream(DUMP));
  await assert.rejects(
    textOf(extractRange(source, { first: 1, last: 99 }, { signal: AbortSignal.abort(reason) })),
    reason,
  );
  const reader = extractRange(source, { first: 1, last: 9999 }).getReader();
  await reader.read();
  await reader.cancel();
  assert.equal((await reader.read()).done, true);
});

test("takePages takes the same pages from XML that is read from its start, however it is cut", async () => {
  const dump = makeDump([3, 4, 8, 9], () => 30);
  for (const text of ["4-8", "1", "9-"]) {
    const ranges = parsePageRanges(text);
    for (const { name, chunks } of chunkings(encoder.encode(dump.xml))) {
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk);
          controller.close();
        },
      });
      assert.equal(await textOf(takePages(stream, ranges)), expectedDocument(dump, isIn(ranges)), `${text}: ${name}`);
    }
  }
});

test("takePages reads no further than it must, unless ids come in any order", async () => {
  const dump = makeDump([1, 2, 9, 5], () => 30);
  const endless = (): ReadableStream<Uint8Array> => {
    let isFirst = true;
    return new ReadableStream({
      pull(controller) {
        if (isFirst) controller.enqueue(encoder.encode(dump.xml.slice(0, -FOOTER.length)));
        else controller.error(new Error("read too far"));
        isFirst = false;
      },
    }, { highWaterMark: 0 });
  };
  const range = { first: 2, last: 5 };
  assert.equal(await textOf(takePages(endless(), range)), expectedDocument(dump, (id) => id === 2));
  await assert.rejects(textOf(takePages(endless(), range, { order: "any" })), /read too far/);
  const all = new Blob([dump.xml]).stream();
  assert.equal(
    await textOf(takePages(all, range, { order: "any" })),
    expectedDocument(dump, (id) => id === 2 || id === 5),
  );
  await assert.rejects(textOf(takePages(new Blob([dump.xml]).stream(), { first: 2, last: 99 })), { code: "ID_ORDER" });
  await assert.rejects(
    textOf(takePages(new Blob([dump.xml.slice(0, -30)]).stream(), { first: 2, last: 5 }, { order: "any" })),
    {
      code: "TRUNCATED",
    },
  );
});

test("the C tools' golden dumps give what a full decode gives", {
  skip: skipWithoutShared("conformance", "mwbzutils", "inputs"),
}, async () => {
  for (const name of ["mrev-l1", "concat-l1-l9", "s1-l1", "block2-shift7", "emptymiddle"]) {
    const bytes = readFileSync(sharedPath("conformance", "mwbzutils", "inputs", `${name}.bz2`)!);
    const xml = decompress(bytes);
    const ids = [
      ...new TextDecoder("latin1").decode(xml).matchAll(/<page>\s*<title>[^<]*<\/title>\s*<ns>0<\/ns>\s*<id>(\d+)</g),
    ];
    const first = Number(ids[Math.floor(ids.length / 2)]![1]);
    const range = { first, last: first + 200 };
    const sought = await textOf(extractRange(bytesSource(bytes), range));
    const read = await textOf(takePages(new Blob([xml]).stream(), range));
    assert.equal(sought, read, name);
    assert.ok(read.includes(`<id>${first}</id>`));
  }
});
