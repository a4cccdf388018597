import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { concatBytes, equalBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { decompress } from "../../../lib/bzip2/whole.ts";
import { checkDump, type CheckDumpOptions } from "../../../lib/dump/check/check-dump.ts";
import type { DumpCheck } from "../../../lib/dump/check/check-report.ts";
import { gunzipStream } from "../../../lib/host/gzip.ts";
import { bytesSource } from "../../../lib/streams/byte-source.ts";
import { chunkings, pieces } from "../../support/chunkings.ts";
import { nearPool } from "../../support/near-pool.ts";
import {
  escapeXml,
  sha1Base36Of,
  TINY_PAGES,
  tinyDump,
  tinyHeader,
  type TinyPage,
  tinyPage,
} from "../../support/tiny-dump.ts";
import { randomFrom } from "../dump-maker.ts";

const encoder = new TextEncoder();
const makeSha1 = () => createHash("sha1");
const OPTIONS: CheckDumpOptions = { makeSha1, makeGunzip: gunzipStream };
const XML = tinyDump();
const TIME = "2026-01-01T00:00:00Z";

/** A dump of pages whose texts do not compress well. */
function bigPages(count: number, textLength: number): TinyPage[] {
  return Array.from({ length: count }, (_, i) => {
    const random = randomFrom(i);
    let text = "";
    while (text.length < textLength) text += `${random().toString(36).slice(2)} & <b>"é"</b>\n`;
    return {
      id: 2 * i + 1,
      title: `Page ${i}`,
      revisions: [{ id: 10 * i + 1, text, timestamp: TIME }, { id: 10 * i + 2, text: "short", timestamp: TIME }],
    };
  });
}

const BIG = tinyDump(bigPages(120, 4000));
const ONE = compress(encoder.encode(BIG), { level: 1 });

function checkBytes(bytes: Uint8Array, options: CheckDumpOptions = {}): Promise<DumpCheck> {
  return checkDump(bytesSource(bytes), { ...OPTIONS, ...options });
}

function checkXml(xml: string, options: CheckDumpOptions = {}): Promise<DumpCheck> {
  return checkBytes(encoder.encode(xml), options);
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
  return flipped;
}

/** What was found, in one line for each problem. */
function linesOf(check: DumpCheck): string[] {
  return check.problems.map(({ code, place }) => [code, place.pageId ?? "-", place.revisionId ?? "-"].join(" "));
}

test("a good dump is good in every packing, and is counted", async () => {
  const bytes = encoder.encode(XML);
  for (
    const packed of [
      bytes,
      compress(bytes),
      gzipSync(bytes),
      concatBytes([gzipSync(bytes.subarray(0, 500)), gzipSync(bytes.subarray(500))]),
    ]
  ) {
    const check = await checkBytes(packed);
    assert.deepEqual([check.verdict, check.problems, check.errors], ["good", [], 0]);
    assert.deepEqual([check.pages, check.revisions, check.textsChecked], [5, 6, 5]);
    assert.deepEqual([check.firstPageId, check.lastPageId, check.schemaVersion], [1, 12, "0.11"]);
    assert.equal(check.lastGoodPage?.pageId, 12);
    assert.equal(check.lastGoodPage?.endByteOffset, bytes.length - "</mediawiki>\n".length);
    assert.deepEqual([check.bytesIn, check.bytesOut], [packed.length, bytes.length]);
  }
});

test("all ways of cutting the input, with and without faults, give the same", async () => {
  const third = XML.replace("a question", "a  question");
  const nested = XML.replace(
    "</revision>\n  </page>\n  <page>\n    <title>User",
    "</revision>\n  <page>\n    <title>User",
  );
  for (
    const xml of [XML, third, nested, XML.replace("<ns>2</ns>", ""), XML.slice(0, -60), XML.replace("&amp;", "&amp")]
  ) {
    const bytes = encoder.encode(xml);
    const expected = await checkBytes(bytes);
    for (const { name, chunks } of chunkings(bytes)) {
      const check = await checkDump(streamOf(chunks), OPTIONS);
      // Small pieces know no blocks, and lines a long way back.
      assert.deepEqual(check, expected, name);
    }
  }
});

/** What is changed, and what is found: code, page, revision, and the text on whose line it is. */
interface Fault {
  readonly what: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly found:
    readonly (readonly [code: string, pageId: number | undefined, revisionId: number | undefined, at: string])[];
  readonly verdict: string;
}

const QUESTION = 'bytes="10"';
const FAULTS: readonly Fault[] = [
  {
    what: "a text of another length",
    from: "a question",
    to: "no question at all",
    found: [["TEXT_LENGTH", 2, 2, QUESTION], ["TEXT_SHA1", 2, 2, QUESTION]],
    verdict: "wrong",
  },
  {
    what: "a text with another letter",
    from: "a question",
    to: "a puestion",
    found: [["TEXT_SHA1", 2, 2, QUESTION]],
    verdict: "wrong",
  },
  {
    what: "an entity that XML does not know",
    from: "second &amp;",
    to: "second &nbsp;",
    found: [["BAD_ENTITY", 1, 4, "&nbsp;"]],
    verdict: "damaged",
  },
  {
    what: "such an entity in a title",
    from: "Talk:Home",
    to: "Talk &nbsp; Home",
    found: [["BAD_ENTITY", 2, undefined, "&nbsp;"]],
    verdict: "damaged",
  },
  {
    what: "such an entity in the name of a user",
    from: "Ann",
    to: "Ann & Bob",
    found: [["BAD_ENTITY", 1, 1, "Ann & Bob"]],
    verdict: "damaged",
  },
  {
    what: "a page without an id",
    from: "    <id>2</id>\n    <rev",
    to: "    <rev",
    found: [["MISSING", undefined, undefined, "  <page>\n    <title>Talk"]],
    verdict: "damaged",
  },
  {
    what: "a page without a title",
    from: "<title>Talk:Home</title>",
    to: "<!-- here -->",
    found: [["MISSING", 2, undefined, "  <page>\n    <!-- here"]],
    verdict: "damaged",
  },
  {
    what: "an empty title",
    from: "<title>Talk:Home</title>",
    to: "<title></title>",
    found: [["MISSING", 2, undefined, "<title></title>"]],
    verdict: "damaged",
  },
  {
    what: "a page without a namespace",
    from: "<ns>1</ns>",
    to: "",
    found: [["MISSING", 2, undefined, "  <page>\n    <title>Talk"]],
    verdict: "damaged",
  },
  {
    what: "a namespace that is no number",
    from: "<ns>1</ns>",
    to: "<ns>one</ns>",
    found: [["BAD_ID", 2, undefined, "<ns>one"]],
    verdict: "damaged",
  },
  {
    what: "the id of a revision that is no number",
    from: "<id>2</id>\n      <time",
    to: "<id>2x</id>\n      <time",
    found: [["BAD_ID", 2, undefined, "<id>2x"]],
    verdict: "damaged",
  },
  {
    what: "a second id",
    from: "<id>2</id>\n      <time",
    to: "<id>2</id>\n      <id>3</id><time",
    found: [["BAD_TAG", 2, 2, "<id>3</id><time"]],
    verdict: "damaged",
  },
  {
    what: "a revision without a time",
    from: /<timestamp>[^<]*02Z<\/timestamp>/,
    to: "",
    found: [["MISSING", 2, 2, "    <revision>\n      <id>2"]],
    verdict: "damaged",
  },
  {
    what: "a time that is none",
    from: "2026-01-01T00:00:02Z",
    to: "2026-01-01 00:00:02",
    found: [["BAD_TIMESTAMP", 2, 2, "2026-01-01 00:00:02"]],
    verdict: "damaged",
  },
  {
    what: "ids that fall",
    from: "<id>5</id>\n    <rev",
    to: "<id>2</id>\n    <rev",
    found: [["ID_ORDER", 2, undefined, "  <page>\n    <title>User"]],
    verdict: "wrong",
  },
  {
    what: "a zero byte in a title",
    from: "Talk:Home",
    to: "Talk\0Home",
    found: [["BAD_CHARACTER", 2, undefined, "Talk\0"]],
    verdict: "damaged",
  },
  {
    what: "tags that do not fit",
    from: "</contributor>",
    to: "</contributer>",
    found: [["BAD_TAG", 1, undefined, "</contributer>"]],
    verdict: "damaged",
  },
  {
    what: "a page in a page",
    from: "</page>\n  <page>\n    <title>User",
    to: "<page>\n    <title>User",
    found: [["UNCLOSED_PAGE", 2, undefined, "<page>\n    <title>User"]],
    verdict: "damaged",
  },
  {
    what: "the end tag missing",
    from: "</mediawiki>\n",
    to: "",
    found: [["TRUNCATED", undefined, undefined, ""]],
    verdict: "truncated",
  },
  {
    what: "something behind the end",
    from: "</mediawiki>\n",
    to: "</mediawiki>\nhello",
    found: [["BAD_TAG", undefined, undefined, "hello"]],
    verdict: "damaged",
  },
];

for (const { what, from, to, found, verdict } of FAULTS) {
  test(`found, with its place: ${what}`, async () => {
    const xml = XML.replace(from, to);
    assert.notEqual(xml, XML);
    const lineOf = (at: string): number => xml.slice(0, at === "" ? xml.length : xml.indexOf(at)).split("\n").length;
    const check = await checkXml(xml);
    assert.deepEqual(
      check.problems.map(({ code, place }) => [code, place.pageId, place.revisionId, place.line]),
      found.map(([code, pageId, revisionId, at]) => [code, pageId, revisionId, lineOf(at)]),
    );
    assert.equal(check.verdict, verdict);
  });
}

test("after a fault of the XML the check goes on with the next page", async () => {
  const xml = XML.replace("<id>2</id>\n      <timestamp>", "<id>2</id>\n      <timestamp").replace(">me<", ">you<");
  const check = await checkXml(xml);
  assert.deepEqual(linesOf(check), ["BAD_TAG 2 -", "TEXT_LENGTH 5 3", "TEXT_SHA1 5 3"]);
  assert.equal(check.pages, 4);
  const [first] = check.problems;
  assert.deepEqual(
    [first?.loss?.afterPageId, first?.loss?.cutPageId, first?.loss?.nextPageId],
    [1, 2, 5],
  );
  assert.equal(check.lastGoodPage?.pageId, 1);
});

test("texts are held against what is stated as MediaWiki counts it", async () => {
  const of = (attributes: string, content: string): string =>
    tinyHeader() + tinyPage({ id: 1, title: "A", revisions: [{ id: 1, text: "x", textAttributes: attributes }] })
      .replace(
        /<text [^>]*>x<\/text>/,
        content === "" ? `<text ${attributes} />` : `<text ${attributes}>${content}</text>`,
      )
      .replace(/<sha1>.*<\/sha1>/, "<sha1 />") +
    "</mediawiki>\n";
  const stated = (text: string): string => `bytes="${encoder.encode(text).length}" sha1="${sha1Base36Of(text)}"`;
  const all = `a\r\nb & < > " ' é 😀\t`;
  const good: readonly (readonly [string, string])[] = [
    [stated(all), escapeXml(all)],
    [stated(all), escapeXml(all).replace("\r", "&#13;").replaceAll("&amp;", "&#x26;").replace("'", "&apos;")],
    [stated("a\nb"), "a\r\nb"],
    [stated("a <b> & c"), "a <![CDATA[<b> &]]> c"],
    ['bytes="7" deleted="deleted"', ""],
    ['bytes="7" sha1="" ', "seven b"],
    ["", "whatever"],
    [stated(""), ""],
  ];
  for (const [attributes, content] of good) {
    const check = await checkXml(of(attributes, content));
    assert.deepEqual([check.verdict, check.problems], ["good", []], content);
  }
  const bad = await checkXml(of(stated("ab"), "a&#98; "));
  assert.deepEqual(bad.problems.map(({ code }) => code), ["TEXT_LENGTH", "TEXT_SHA1"]);
  assert.match(bad.problems[0]!.message, /^The text has 3 bytes, the dump states 2$/);
});

test("the SHA-1 of the revision counts where its text states none, but not that of several slots", async () => {
  const xml = XML.replace(/ sha1="[^"]*"/g, "");
  assert.equal((await checkXml(xml)).verdict, "good");
  const wrong = xml.replace("a question", "A question");
  assert.deepEqual(linesOf(await checkXml(wrong)), ["TEXT_SHA1 2 2"]);
  const slots = wrong.replaceAll("<sha1>", "<content><role>x</role></content>\n      <sha1>");
  assert.equal((await checkXml(slots)).verdict, "good");
  const differs = XML.replace(/<sha1>.*<\/sha1>/, `<sha1>${sha1Base36Of("other")}</sha1>`);
  assert.deepEqual(linesOf(await checkXml(differs)), ["TEXT_SHA1 1 1"]);
});

test("without a SHA-1 only lengths are compared", async () => {
  const xml = XML.replace("a question", "a puestion").replace(">me<", ">you<");
  assert.deepEqual(linesOf(await checkXml(xml, { makeSha1: undefined })), ["TEXT_LENGTH 5 3"]);
});

test("stubs have no texts, and that is no fault; in a dump of texts one that is missing is", async () => {
  const emptied = /(<text bytes="[1-9]\d*" sha1="[^"]*") xml:space="preserve">[^<]*<\/text>/;
  const stubs = await checkXml(XML.replace(new RegExp(emptied, "g"), "$1 />"));
  assert.deepEqual([stubs.verdict, stubs.textsAbsent], ["good", 5]);
  const first = await checkXml(XML.replace(emptied, "$1 />"));
  assert.deepEqual([first.verdict, linesOf(first)], ["wrong", ["TEXT_MISSING 1 1"]]);
  const later = await checkXml(
    XML.replace(/(<text bytes="10" sha1="[^"]*") xml:space="preserve">[^<]*<\/text>/, "$1 />"),
  );
  assert.deepEqual([later.verdict, linesOf(later)], ["wrong", ["TEXT_MISSING 2 2"]]);
});

test("revision ids that do not rise are told, once for a page, and are no error", async () => {
  const page = { id: 1, title: "A", revisions: [5, 3, 2].map((id) => ({ id, text: "x" })) };
  const check = await checkXml(tinyDump([page]));
  assert.deepEqual([check.verdict, check.notices, linesOf(check)], ["good", 1, ["REVISION_ORDER 1 3"]]);
});

test("dumps before schema 0.6 need no namespaces, and page ids start anew in a second dump", async () => {
  const old = XML.replaceAll(/ {4}<ns>.*\n/g, "").replace('version="0.11"', 'version="0.5"');
  assert.equal((await checkXml(old)).verdict, "good");
  const two = await checkXml(XML + XML);
  assert.deepEqual([two.verdict, two.pages], ["good", 10]);
});

test("texts of many megabytes are compared without being put together", async () => {
  const text = `${"abc & <def> \u00e9\n".repeat(400_000)}&`;
  const page = { id: 1, title: "A", revisions: [{ id: 1, text }, { id: 2, text: "x" }] };
  const xml = encoder.encode(tinyDump([page]));
  for (const size of [xml.length, 65_537, 999]) {
    const good = await checkDump(streamOf(pieces(xml, () => size)), OPTIONS);
    assert.deepEqual([good.verdict, good.problems, good.textsChecked], ["good", [], 2]);
  }
  const late = xml.slice();
  late[xml.length - 1200] = 0x7a;
  const bad = await checkBytes(late);
  assert.deepEqual(bad.problems.map(({ code, place }) => [code, place.pageId, place.revisionId]), [[
    "TEXT_SHA1",
    1,
    1,
  ]]);
  const broken = tinyDump([page]).replace("&amp;</text>", "&amp</text>");
  const entity = await checkDump(streamOf(pieces(encoder.encode(broken), () => 65_536)), OPTIONS);
  assert.deepEqual(entity.problems.map(({ code, place }) => [code, place.revisionId]), [["BAD_ENTITY", 1]]);
});

test("what is no dump is called so", async () => {
  for (
    const bytes of [new Uint8Array(), encoder.encode("hello\n"), compress(encoder.encode("hello\n")), gzipSync("")]
  ) {
    const check = await checkBytes(bytes);
    assert.deepEqual([check.verdict, check.problems.map(({ code }) => code)], ["damaged", ["NO_MEDIAWIKI"]]);
  }
  await assert.rejects(checkBytes(Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0)), { code: "NO_MEDIAWIKI" });
});

test("the check ends when there are too many errors, and says so", async () => {
  const xml = tinyDump(bigPages(20, 10)).replaceAll(">short<", ">shorT<");
  const all = await checkXml(xml);
  assert.deepEqual([all.errors, all.isStopped, all.problems.length], [20, false, 20]);
  const some = await checkXml(xml, { maxErrors: 3 });
  assert.deepEqual([some.errors, some.isStopped, some.problems.length], [3, true, 3]);
});

interface Damage {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly verdict: string;
  readonly code: string;
}

/** Streams of ten pages, and where each begins. */
function multistream(): { bytes: Uint8Array; starts: number[] } {
  const pages = bigPages(120, 4000).map(tinyPage);
  const parts = [tinyHeader()];
  for (let i = 0; i < pages.length; i += 10) parts.push(pages.slice(i, i + 10).join(""));
  parts.push("</mediawiki>\n");
  const packed = parts.map((part) => compress(encoder.encode(part), { level: 1 }));
  let byteOffset = 0;
  const starts = packed.map(({ length }) => (byteOffset += length) - length);
  return { bytes: concatBytes(packed), starts };
}

const MULTI = multistream();
const FIFTH = MULTI.starts[5]!;
const DAMAGES: readonly Damage[] = [
  { what: "the header of the file", bytes: flip(ONE, 2), verdict: "damaged", code: "NOT_BZIP2" },
  { what: "the first magic", bytes: flip(ONE, 37), verdict: "damaged", code: "BAD_MAGIC" },
  { what: "the checksum of a block", bytes: flip(ONE, 82), verdict: "damaged", code: "BLOCK_CRC" },
  { what: "the data of a block", bytes: flip(ONE, ONE.length * 4), verdict: "damaged", code: "B.*" },
  { what: "the checksum of the stream", bytes: flip(ONE, ONE.length * 8 - 20), verdict: "damaged", code: "STREAM_CRC" },
  { what: "the end of the stream", bytes: flip(ONE, ONE.length * 8 - 70), verdict: "damaged", code: "BAD_MAGIC" },
  { what: "the header of a stream", bytes: flip(MULTI.bytes, FIFTH * 8 + 3), verdict: "damaged", code: "BAD_MAGIC" },
  {
    what: "the level of a stream",
    bytes: flip(MULTI.bytes, FIFTH * 8 + 26),
    verdict: "damaged",
    code: "BAD_MAGIC|BAD_LEVEL",
  },
  { what: "a block of a stream", bytes: flip(MULTI.bytes, FIFTH * 8 + 9000), verdict: "damaged", code: "B.*" },
  {
    what: "three letters behind the end",
    bytes: concatBytes([ONE, encoder.encode("abc")]),
    verdict: "damaged",
    code: "TRAILING_DATA",
  },
  { what: "cut in a block", bytes: ONE.subarray(0, ONE.length >> 1), verdict: "truncated", code: "TRUNCATED" },
  { what: "cut in the end", bytes: ONE.subarray(0, -3), verdict: "truncated", code: "TRUNCATED" },
  { what: "cut in a header", bytes: MULTI.bytes.subarray(0, FIFTH + 2), verdict: "truncated", code: "TRUNCATED" },
  { what: "cut between streams", bytes: MULTI.bytes.subarray(0, FIFTH), verdict: "truncated", code: "TRUNCATED" },
];

for (const { what, bytes, verdict, code } of DAMAGES) {
  test(`damage is told once, and all else is read: ${what}`, async () => {
    const check = await checkBytes(bytes);
    assert.equal(check.verdict, verdict);
    assert.equal(check.problems.length, 1, JSON.stringify(check.problems.slice(0, 3)));
    const [problem] = check.problems;
    assert.match(problem!.code, new RegExp(`^(?:${code})$`));
    const { loss } = problem!;
    // Pages are 1, 3, 5 …: every page is read, or lies between those around the damage.
    const first = (loss?.afterPageId ?? -1) + 2;
    const next = loss?.nextPageId ?? 241;
    const isCut = verdict === "truncated";
    const lost = loss === undefined && !isCut ? 0 : isCut ? 120 - check.pages : (next - first) / 2;
    assert.equal(check.pages, 120 - lost);
    assert.ok(lost < 40 || isCut, `${lost} pages lost`);
    assert.deepEqual(await checkDump(streamOf(pieces(bytes, () => 5000)), OPTIONS), check, "a stream says the same");
  });
}

test("workers give the same answers", async () => {
  const pool = nearPool(2, 7);
  for (const { what, bytes } of [{ what: "nothing", bytes: ONE }, ...DAMAGES]) {
    assert.deepEqual(await checkBytes(bytes, { pool }), await checkBytes(bytes), what);
  }
  await pool.close();
});

test("a header that states too small a level costs nothing", async () => {
  const bytes = compress(encoder.encode(BIG), { level: 9 });
  bytes[3] = 0x31;
  const check = await checkBytes(bytes);
  assert.equal(check.pages, 120);
  assert.deepEqual(check.problems.map(({ code, loss }) => [code, loss]), [["BAD_ORIGIN", undefined]]);
});

test("no flipped bit goes unnoticed, unless it makes no difference", async () => {
  const plain = encoder.encode(XML);
  const bytes = compress(plain, { level: 1 });
  const random = randomFrom(5);
  for (let i = 0; i < 300; i++) {
    const bit = Math.floor(random() * bytes.length * 8);
    const flipped = flip(bytes, bit);
    let isSame = false;
    try {
      isSame = equalBytes(decompress(flipped), plain);
    } catch {
      // Damaged, as it should be.
    }
    assert.equal((await checkBytes(flipped)).verdict === "good", isSame, `bit ${bit}`);
  }
});

test("gzip that is cut or damaged", async () => {
  const packed = gzipSync(BIG);
  const cut = await checkBytes(packed.subarray(0, packed.length >> 1));
  assert.deepEqual([cut.verdict, cut.problems.map(({ code }) => code)], ["truncated", ["TRUNCATED"]]);
  assert.ok(cut.pages > 30 && cut.lastGoodPage?.pageId === 2 * cut.pages - 1);
  const bad = await checkBytes(flip(packed, packed.length * 4));
  assert.equal(bad.verdict, "damaged");
  assert.ok(bad.problems.some(({ code, kind }) => code === "CORRUPT" && kind === "packing"));
});

test("errors of the source, and a signal, end the check", async () => {
  const broken = { size: 1000, read: () => Promise.reject(new Error("gone")) };
  await assert.rejects(checkDump(broken), /gone/);
  await assert.rejects(checkBytes(ONE, { signal: AbortSignal.abort(new Error("enough")) }), /enough/);
});

test("the pages of the tiny dump are what the tests count on", () => assert.equal(TINY_PAGES.length, 5));

test("whatever is done to a dump, the check ends, and says the same in whatever pieces it comes", async () => {
  const bytes = encoder.encode(XML);
  const random = randomFrom(11);
  const pick = (n: number): number => Math.floor(random() * n);
  const words = [
    "<page>",
    "</page>",
    "<",
    ">",
    "<page",
    "<text>",
    "</revision>",
    "&",
    "\0",
    "<!--",
    "<id>7</id>",
    "/>",
  ];
  for (let i = 0; i < 300; i++) {
    const start = pick(bytes.length);
    const end = random() < 0.5 ? start : Math.min(bytes.length, start + pick(300));
    const changed = concatBytes([
      bytes.subarray(0, start),
      encoder.encode(words[pick(words.length)]),
      bytes.subarray(end),
    ]);
    const whole = await checkBytes(changed);
    const cut = await checkDump(streamOf(pieces(changed, () => 1 + pick(50))), OPTIONS);
    assert.deepEqual(cut, whole, `${start} to ${end}`);
    assert.ok(whole.pages <= 6);
  }
});
