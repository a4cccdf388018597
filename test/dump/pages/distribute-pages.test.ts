import assert from "node:assert/strict";
import { test } from "node:test";
import { distributePages } from "../../../lib/dump/pages/distribute-pages.ts";
import { MultistreamIndex } from "../../../lib/dump/index/multistream-index.ts";
import { pageRecords, revisionRecords } from "../../../lib/dump/pages/page-records.ts";
import { type PageRange, parsePageRanges } from "../../../lib/dump/pages/page-range.ts";
import { type ByteSource, bytesSource } from "../../../lib/streams/byte-source.ts";
import { streamFrom } from "../../../lib/streams/stream-from.ts";
import { chunkings } from "../../support/chunkings.ts";
import { TINY_PAGES, tinyDump, tinyHeader } from "../../support/tiny-dump.ts";
import { cutStreams, expectedDocument, makeDump, multistream, oneStream, textOf } from "../dump-maker.ts";

const encoder = new TextEncoder();
const DUMP = makeDump(Array.from({ length: 150 }, (_, i) => 3 * i + 10), (id) => id === 160 ? 400_000 : 1500);
const MULTI = multistream(DUMP, 7);
/** Near and far, overlapping, between, below and above all pages. */
const RANGES = ["10-40", "25-31,400-403", "160", "161-162", "1-5", "430-", "455-500"];

function isIn(ranges: readonly PageRange[]): (id: number) => boolean {
  return (id) => ranges.some(({ first, last }) => first <= id && id <= last);
}

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

/** Distributes to all RANGES; gives the documents. */
async function documents(
  dump: ByteSource | ReadableStream<Uint8Array>,
  options: Parameters<typeof distributePages>[2] = {},
): Promise<string[]> {
  const pipes = RANGES.map(() => new TransformStream<Uint8Array, Uint8Array>());
  const texts = Promise.all(pipes.map(({ readable }) => textOf(readable)));
  const outputs = pipes.map(({ writable }, i) => ({ ranges: parsePageRanges(RANGES[i]!), writable }));
  await distributePages(dump, outputs, options);
  return await texts;
}

const EXPECTED = RANGES.map((text) => expectedDocument(DUMP, isIn(parsePageRanges(text))));

test("distributePages gives every output its dump, in one pass, from every kind of input", async () => {
  const index = await MultistreamIndex.read(new Blob([MULTI.index]).stream());
  assert.deepEqual(await documents(bytesSource(oneStream(DUMP))), EXPECTED);
  assert.deepEqual(await documents(bytesSource(cutStreams(DUMP, 60_001, [1, 9]))), EXPECTED);
  assert.deepEqual(await documents(bytesSource(MULTI.bytes), { index }), EXPECTED);
  for (const { name, chunks } of chunkings(encoder.encode(DUMP.xml))) {
    assert.deepEqual(await documents(streamFrom(each(chunks))), EXPECTED, name);
  }
});

test("distributePages reads each place of a source once, and nothing far from the ranges", async () => {
  const bytes = oneStream(makeDump(Array.from({ length: 400 }, (_, i) => i + 1), () => 8000));
  const source = bytesSource(bytes);
  let read = 0;
  const counting: ByteSource = {
    size: source.size,
    async read(start, end) {
      read += end - start;
      return await source.read(start, end);
    },
  };
  const pipes = [new TransformStream<Uint8Array, Uint8Array>(), new TransformStream<Uint8Array, Uint8Array>()];
  const texts = Promise.all(pipes.map(({ readable }) => textOf(readable)));
  await distributePages(counting, [
    { ranges: { first: 3, last: 5 }, writable: pipes[0]!.writable },
    { ranges: { first: 390, last: 391 }, writable: pipes[1]!.writable },
  ]);
  assert.match((await texts)[1]!, /<id>390<[^]*<id>391</);
  assert.ok(read < bytes.length, `${read} of ${bytes.length}`);
});

test("distributePages aborts every output when the dump is damaged, and when one output fails", async () => {
  const cut = encoder.encode(DUMP.xml.slice(0, 5000));
  const reasons: unknown[] = [];
  const sink = (): WritableStream<Uint8Array> => new WritableStream({ abort: (reason) => void reasons.push(reason) });
  const everything = { first: 0, last: Infinity };
  await assert.rejects(
    distributePages(new Blob([cut]).stream(), [{ ranges: everything, writable: sink() }, {
      ranges: everything,
      writable: sink(),
    }]),
    { code: "TRUNCATED" },
  );
  assert.equal(reasons.length, 2);
  const full = new Error("the disk is full");
  const failing = new WritableStream<Uint8Array>({ write: () => Promise.reject(full) });
  reasons.length = 0;
  const outputs = [{ ranges: everything, writable: sink() }, { ranges: everything, writable: failing }];
  await assert.rejects(distributePages(new Blob([DUMP.xml]).stream(), outputs), full);
  assert.deepEqual(reasons, [full]);
});

test("only pages of the wanted namespaces are taken, also from dumps that do not state them", async () => {
  const without = tinyDump().replaceAll(/ *<ns>.*<\/ns>\n/g, "");
  for (const xml of [tinyDump(), without]) {
    const ids: number[] = [];
    const options = { namespaces: [1, 10] };
    for await (const { id } of pageRecords(new Blob([xml]).stream(), { first: 1, last: 99 }, options)) ids.push(id);
    assert.deepEqual(ids, [2, 12]);
  }
});

test("pageRecords and revisionRecords tell what the dump says, whichever way it is cut", async () => {
  const xml = encoder.encode(tinyDump());
  const everything = { first: 0, last: Infinity };
  for (const { name, chunks } of chunkings(xml)) {
    const pages = [];
    for await (const page of pageRecords(streamFrom(each(chunks)), everything)) pages.push(page);
    assert.deepEqual(
      pages.map((
        { id, namespace, title, revisions, lastRevisionId },
      ) => [id, namespace, title, revisions, lastRevisionId]),
      TINY_PAGES.map((
        { id, namespace = 0, title, revisions },
      ) => [id, namespace, title, revisions.length, revisions.at(-1)!.id]),
      name,
    );
    const texts = [];
    for await (const revision of revisionRecords(streamFrom(each(chunks)), everything, { withText: true })) {
      texts.push([revision.pageId, revision.id, revision.text, revision.textBytes, revision.userName]);
    }
    const expected = TINY_PAGES.flatMap((page) =>
      page.revisions.map(({ id, text }) => [page.id, id, text, encoder.encode(text).length, "Ann"])
    );
    assert.deepEqual(texts, expected, name);
  }
});

test("what is hidden or missing is null in a record, and every record has all keys", async () => {
  const bare = "<page><title>A</title><ns>0</ns><id>1</id><revision><id>5</id>" +
    '<contributor deleted="deleted" /><comment deleted="deleted" /><text bytes="7" deleted="deleted" /></revision></page>';
  const full = "<page><title>B</title><ns>0</ns><id>2</id><revision><id>6</id><parentid>5</parentid>" +
    "<timestamp>2020-01-01T00:00:00Z</timestamp><contributor><ip>::1</ip></contributor><minor/><comment>c</comment>" +
    '<model>wikitext</model><format>text/x-wiki</format><text bytes="1">x</text><sha1>s</sha1></revision></page>';
  const stub =
    '<page><title>C</title><ns>0</ns><id>3</id><revision><id>7</id><text bytes="9" id="4" /></revision></page>';
  const xml = `${tinyHeader()}${bare}${full}${stub}</mediawiki>`;
  const records = [];
  const options = { withText: true };
  for await (const record of revisionRecords(new Blob([xml]).stream(), { first: 1, last: 9 }, options)) {
    records.push(record);
  }
  assert.deepEqual(records.map((record) => Object.keys(record).join()), Array(3).fill(Object.keys(records[0]!).join()));
  const [hidden, known, stubbed] = records;
  assert.deepEqual([hidden!.userName, hidden!.comment, hidden!.text, hidden!.textBytes], [null, null, null, 7]);
  assert.deepEqual([hidden!.isUserHidden, hidden!.isCommentHidden, hidden!.isTextHidden], [true, true, true]);
  assert.deepEqual([known!.parentId, known!.ip, known!.isMinor, known!.text, known!.sha1], [5, "::1", true, "x", "s"]);
  assert.deepEqual([stubbed!.text, stubbed!.textBytes, stubbed!.timestamp], [null, 9, ""]);
});

test("a revision that is too long for memory is an error only when its text is wanted", async () => {
  const big = "y".repeat(3_000_000);
  const xml =
    `${tinyHeader()}<page><title>A</title><ns>0</ns><id>1</id><revision><id>5</id><text>${big}</text></revision></page></mediawiki>`;
  const lengths: number[] = [];
  const all = { first: 0, last: 9 };
  for await (const { textBytes } of revisionRecords(new Blob([xml]).stream(), all, { maxRevisionBytes: 1000 })) {
    lengths.push(textBytes);
  }
  assert.deepEqual(lengths, [big.length]);
  const withText = revisionRecords(new Blob([xml]).stream(), all, { withText: true, maxRevisionBytes: 1000 });
  await assert.rejects(withText.next(), { code: "TOO_LARGE", pageId: 1 });
});
