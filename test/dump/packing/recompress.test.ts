import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import { decompress } from "../../../lib/bzip2/whole.ts";
import { formatIndexLine, MultistreamIndex } from "../../../lib/dump/index/multistream-index.ts";
import { PairPacker } from "../../../lib/dump/packing/pair-packer.ts";
import {
  recompressDump,
  type RecompressOptions,
  type RecompressSummary,
} from "../../../lib/dump/packing/recompress.ts";
import { plainPacker } from "../../../lib/dump/packing/stream-packer.ts";
import { gzipStream } from "../../../lib/host/gzip.ts";
import { createWorkerPool } from "../../../lib/host/worker-pool.ts";
import { chunkings } from "../../support/chunkings.ts";
import { nearPool } from "../../support/near-pool.ts";
import { skipWithoutCommand } from "../../support/oracle.ts";
import { FOOTER, HEADER, type MadeDump, makeDump, multistream, pageXml } from "../dump-maker.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const EMPTY = compress(new Uint8Array());

interface Recompressed {
  readonly bytes: Uint8Array;
  readonly index: string;
  readonly summary: RecompressSummary;
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

/** Runs it to its end; each chunk is overwritten when the next one is asked for. */
async function recompress(xml: string | readonly Uint8Array[], options?: RecompressOptions): Promise<Recompressed> {
  const chunks = typeof xml === "string" ? [encoder.encode(xml)] : xml;
  const parts: Uint8Array[] = [];
  let index = "";
  let summary: RecompressSummary | undefined;
  for await (const event of recompressDump(streamOf(chunks), options)) {
    if (event.type === "bytes") parts.push(event.bytes);
    else if (event.type === "index") index += event.entries.map(formatIndexLine).join("");
    else summary = event.summary;
  }
  return { bytes: concatBytes(parts), index, summary: summary! };
}

/** The plain text of each stream. */
function streamsOf(file: Uint8Array): string[] {
  const streams: string[] = [];
  const bytes = new Bzip2Decoder({ trailing: "error" });
  for (const event of [...bytes.push(file), ...bytes.finish()]) {
    if (event.type === "stream") streams.push("");
    else if (event.type === "block") streams.push(streams.pop()! + decoder.decode(event.bytes));
  }
  return streams;
}

function dumpOf(pageCount: number, textLength = 400): MadeDump {
  return makeDump(Array.from({ length: pageCount }, (_, i) => 3 * i + 1), () => textLength);
}

test("pages are divided into streams, and the index says where each is, whatever the chunks and the workers", async () => {
  const dump = dumpOf(12);
  const expected = multistream(dump, 5);
  for (const { name, chunks } of chunkings(encoder.encode(dump.xml))) {
    const pool = nearPool(2, chunks.length);
    const { bytes, index, summary } = await recompress(chunks, { pagesPerStream: 5, pool });
    assert.deepEqual(bytes, expected.bytes, name);
    assert.equal(index, expected.index, name);
    assert.deepEqual(summary, {
      pages: 12,
      streams: 6,
      plainByteLength: encoder.encode(dump.xml).length,
      byteLength: bytes.length,
      fault: undefined,
      unclosedAt: undefined,
    }, name);
  }
});

test("where pages fill their streams, an empty stream stands before the footer", async () => {
  const dump = dumpOf(10, 10);
  const { bytes } = await recompress(dump.xml, { pagesPerStream: 5 });
  const [first, second] = [dump.pages.slice(0, 5).join(""), dump.pages.slice(5).join("")];
  assert.deepEqual(streamsOf(bytes), [HEADER, first, second, "", FOOTER, ""]);
  // What tools that join such files look for.
  const tail = decoder.decode(bytes.slice(-100).map((byte) => byte & 0x7f));
  assert.ok(tail.includes("BZh91AY&SY"));
  assert.deepEqual(bytes.slice(-14), EMPTY);
});

test("a dump without pages has a header stream, an empty one, and a footer", async () => {
  const { bytes, index } = await recompress(HEADER + FOOTER);
  assert.deepEqual(streamsOf(bytes), [HEADER, "", FOOTER, ""]);
  assert.equal(index, "");
});

test("header and footer can be left out", async () => {
  const dump = dumpOf(3, 10);
  const pages = dump.pages.join("");
  const { bytes: neither } = await recompress(dump.xml, { isHeaderLeftOut: true, isFooterLeftOut: true });
  assert.deepEqual(streamsOf(neither), ["", pages]);
  const { bytes: full } = await recompress(dump.xml, { pagesPerStream: 3, isFooterLeftOut: true });
  assert.deepEqual(streamsOf(full), [HEADER, pages, ""]);
  const { bytes: noEnd } = await recompress(dump.xml, { hasEmptyEnd: false });
  assert.deepEqual(streamsOf(noEnd), [HEADER, pages, FOOTER]);
});

test("blanks and comments around pages and the footer stay, and the footer's stream has its line only", async () => {
  const [page] = dumpOf(1, 10).pages;
  const xml = `<?xml version="1.0"?>\r\n${HEADER}\n\t${page} <!-- <page> -->\r\n  ${page}\n\n  </mediawiki>\n\n`;
  const { bytes } = await recompress(xml, { pagesPerStream: 1, hasIndex: false });
  const streams = streamsOf(bytes);
  assert.equal(streams.join(""), xml);
  assert.deepEqual(streams.slice(-3), ["\n\n", "  </mediawiki>\n", "\n"]);
});

test("a page of many blocks is one stream of many blocks, at any level", async () => {
  const dump = makeDump([1, 2, 3], (id) => id === 2 ? 450_000 : 100);
  for (const level of [1, 9] as const) {
    const { bytes, index } = await recompress(dump.xml, { pagesPerStream: 1, level, pool: nearPool(3, level) });
    const pages = dump.pages.map((page) => compress(encoder.encode(page), { level }));
    const [header, footer] = [HEADER, FOOTER].map((text) => compress(encoder.encode(text), { level }));
    const empty = compress(new Uint8Array(), { level });
    assert.deepEqual(bytes, concatBytes([header!, ...pages, empty, footer!, empty]));
    const read = await MultistreamIndex.read(new Blob([index]).stream());
    assert.equal(read.streams.length, 3);
    assert.equal(read.streams[2]!.byteOffset, header!.length + pages[0]!.length + pages[1]!.length);
  }
});

test("threads give the same bytes as none, and bzip2 accepts them", { skip: skipWithoutCommand("bzip2") }, async () => {
  const dump = makeDump(Array.from({ length: 40 }, (_, i) => i + 1), (id) => 500 * id);
  const pool = createWorkerPool({ size: 2 });
  try {
    const far = await recompress(dump.xml, { pagesPerStream: 3, pool });
    const near = await recompress(dump.xml, { pagesPerStream: 3 });
    assert.deepEqual(far.bytes, near.bytes);
    assert.equal(far.index, near.index);
    assert.deepEqual(spawnSync("bzip2", ["-dc"], { input: far.bytes }).stdout.toString(), dump.xml);
  } finally {
    await pool.close();
  }
});

test("titles stand in the index as in the XML, however long, on one line", async () => {
  const page = (title: string): string =>
    `  <page>\n    <title>${title}</title>\n    <ns>0</ns>\n    <id>7</id>\n  </page>\n`;
  const titles = ["A &amp; B: &quot;3&quot; &lt;", "T:a:b", "Πάτρα 😀", "L".repeat(5000), "", "<![CDATA[x]]>"];
  for (const title of titles) {
    const { index } = await recompress(HEADER + page(title) + FOOTER, { packer: plainPacker() });
    assert.equal(index, `${HEADER.length}:7:${title}\n`);
  }
  const { index } = await recompress(HEADER + page("a\r\nb") + FOOTER, { packer: plainPacker() });
  assert.equal(index, `${HEADER.length}:7:a b\n`);
});

test("the id of a page is its own, not that of a revision", async () => {
  const page = "<page><title>T</title><revision><id>5</id></revision></page>";
  await assert.rejects(recompress(`<mediawiki>${page}</mediawiki>`), { name: "DumpFormatError", code: "BAD_ID" });
  const { summary } = await recompress(`<mediawiki>${page}</mediawiki>`, { hasIndex: false });
  assert.equal(summary.pages, 1);
});

test("members of gzip take the place of streams", async () => {
  const dump = makeDump(Array.from({ length: 60 }, (_, i) => i + 1), (id) => 200 * id);
  const { bytes, index } = await recompress(dump.xml, {
    pagesPerStream: 4,
    packer: new PairPacker(() => gzipStream()),
  });
  assert.equal(decoder.decode(gunzipSync(bytes)), dump.xml);
  const lines = index.trimEnd().split("\n").map((line) => line.split(":"));
  assert.equal(lines.length, 60);
  for (const [offset, id] of lines) {
    const pages = decoder.decode(gunzipSync(bytes.subarray(Number(offset))));
    assert.ok(pages.startsWith("  <page>\n") && pages.slice(0, 4 * 13_000).includes(`<id>${id}</id>`));
  }
});

test("a dump that is cut, or none, is an error, wherever it is cut", async () => {
  const { xml } = dumpOf(2, 10);
  for (let length = 0; length < xml.trimEnd().length; length += 7) {
    await assert.rejects(recompress(xml.slice(0, length)), { name: "DumpFormatError" }, `cut at ${length}`);
  }
  await assert.rejects(recompress("hello"), { code: "NO_MEDIAWIKI" });
});

test("with isLenient all is passed on, and what was wrong is told", async () => {
  const { xml, pages } = dumpOf(5, 10);
  for (let length = 0; length <= xml.length; length += 11) {
    for (const { name, chunks } of length % 5 === 0 ? chunkings(encoder.encode(xml.slice(0, length))) : []) {
      const { bytes } = await recompress(chunks, { pagesPerStream: 2, isLenient: true, packer: plainPacker() });
      assert.equal(decoder.decode(bytes), xml.slice(0, length), `${length} ${name}`);
    }
  }
  const cut = await recompress(HEADER + pages[0] + "  <page>\n    <tit", { isLenient: true });
  assert.deepEqual(streamsOf(cut.bytes), [HEADER, `${pages[0]}  <page>\n    <tit`]);
  assert.match(String(cut.summary.fault), /DumpFormatError/);
  const noFooter = await recompress(HEADER + pages[0], { isLenient: true });
  assert.equal(noFooter.summary.fault, undefined);
  const noHeader = await recompress(pages.join("") + FOOTER, { isLenient: true, pagesPerStream: 4 });
  assert.deepEqual(streamsOf(noHeader.bytes), ["", pages.slice(0, 4).join(""), pages[4], FOOTER, ""]);
  const text = await recompress("hello\n", { isLenient: true });
  assert.deepEqual(streamsOf(text.bytes), ["hello\n"]);
});

test("with isLenient, an element between pages that never ends is told: it hides what follows", async () => {
  const { pages } = dumpOf(3, 30);
  const before = HEADER + pages[0];
  const xml = `${before}<mistake>\n${pages[1]}${pages[2]}${FOOTER}`;
  for (const { name, chunks } of chunkings(encoder.encode(xml))) {
    const { bytes, index, summary } = await recompress(chunks, { pagesPerStream: 1, isLenient: true });
    assert.equal(streamsOf(bytes).join(""), xml, name);
    assert.equal(index.split("\n").length - 1, summary?.pages, name);
    assert.deepEqual([summary?.pages, summary?.unclosedAt], [1, before.length], name);
  }
});

test("with isLenient, what is not well-formed is cut by lines, where tags stand alone", async () => {
  const { pages } = dumpOf(6, 10);
  const raw = [
    "</page> <page>",
    "<page>",
    "a\n</text",
    " <b>\n<id>7</id>\n<i>",
    "<page >a",
    `${"x".repeat(9000)}</page>`,
  ];
  const wrong = pages.map((page, i) => page.replace("</text>", `${raw[i]}</text>`));
  assert.notDeepEqual(wrong, pages);
  const xml = `${HEADER}${wrong.join("")}${FOOTER}after\n`;
  const streams = [HEADER, wrong.slice(0, 4).join(""), wrong.slice(4).join(""), FOOTER, "after\n"];
  for (const { name, chunks } of chunkings(encoder.encode(xml))) {
    const { bytes, index, summary } = await recompress(chunks, { pagesPerStream: 4, isLenient: true });
    assert.deepEqual(streamsOf(bytes), streams, name);
    assert.deepEqual(
      index.trim().split("\n").map((line) => line.split(":")[1]),
      ["1", "4", "7", "10", "13", "16"],
      name,
    );
    assert.deepEqual([summary.fault?.code, summary.pages], ["BAD_TAG", 6], name);
  }
  const cut = await recompress(xml.slice(0, HEADER.length + wrong[0]!.length - 9), { isLenient: true });
  assert.equal(cut.summary.fault?.code, "TRUNCATED");
});

test("options out of range are refused", async () => {
  for (const pagesPerStream of [0, -1, 1.5, NaN]) {
    await assert.rejects(recompress(HEADER + FOOTER, { pagesPerStream }), RangeError);
  }
  await assert.rejects(recompress(HEADER + FOOTER, { level: 10 as 9 }), RangeError);
});

test("what a worker or the input says goes to the reader, and nothing waits forever", async () => {
  const dump = makeDump([1, 2, 3], () => 400_000);
  const pool = nearPool(2, 1);
  await pool.close();
  await assert.rejects(recompress(dump.xml, { level: 1, pool }), { name: "WorkerError", code: "CLOSED" });
  const failing = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("no more"));
    },
  });
  await assert.rejects(async () => {
    for await (const _ of recompressDump(failing));
  }, /no more/);
});

test("a loop that is left early ends the work and the reading", async () => {
  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(HEADER)),
    pull: (controller) => controller.enqueue(encoder.encode(pageXml(1, 50_000))),
    cancel: () => void (isCancelled = true),
  });
  let events = 0;
  for await (const _ of recompressDump(endless, { level: 1, pagesPerStream: 2, pool: nearPool(2, 5) })) {
    if (++events > 20) break;
  }
  assert.ok(isCancelled);
});

test("what is in the making is bounded", async () => {
  // A page that never ends, and a pool that never answers.
  const stuck = { size: 2, run: () => new Promise<never>(() => {}), close: () => Promise.resolve() };
  let given = 0;
  const source = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(`${HEADER}<page><id>1</id><revision><text>`)),
    pull(controller) {
      given++;
      controller.enqueue(encoder.encode(pageXml(given, 100_000).replaceAll(/[<>]/g, "")));
    },
  });
  const events = recompressDump(source, { level: 1, pool: stuck });
  const work = (async () => {
    for await (const _ of events);
  })();
  work.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(given < 30, `${given} chunks were read`);
});

test("bytes between decompress and the XML agree", async () => {
  const dump = dumpOf(7);
  const { bytes } = await recompress(dump.xml, { pagesPerStream: 2 });
  assert.equal(decoder.decode(decompress(bytes)), dump.xml);
});
