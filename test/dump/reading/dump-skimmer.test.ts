/** The fast road of counting against its plain twin: the same pages, sums and errors, however a dump is written and cut. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { DumpSkimmer } from "../../../lib/dump/reading/dump-skimmer.ts";
import type { PageSummary } from "../../../lib/dump/reading/page-summary.ts";
import { timestampText } from "../../../lib/dump/reading/page-summary.ts";
import { decodeText } from "../../../lib/xml/entities.ts";
import { chunkings, pieces } from "../../support/chunkings.ts";
import { tinyDump, tinyHeader } from "../../support/tiny-dump.ts";
import { oddDump } from "../../xml/odd-dump.ts";
import { makeDump } from "../dump-maker.ts";
import { plainSummaries, type PlainSummary } from "../plain-summary.ts";

const encoder = new TextEncoder();

function comparable(page: PageSummary): PlainSummary {
  const { id, namespace, isRedirect, titleXml, revisions, textBytes, maxTextBytes, xmlBytes } = page;
  const time = (value: number): string | undefined => value === 0 ? undefined : timestampText(value);
  return {
    id,
    namespace,
    isRedirect,
    title: decodeText(titleXml, 0, titleXml.length),
    revisions,
    textBytes,
    maxTextBytes,
    revisionIds: `${page.firstRevisionId} ${page.lastRevisionId}`,
    timestamps: `${time(page.firstTimestamp)} ${time(page.lastTimestamp)}`,
    xmlBytes,
  };
}

function skim(chunks: readonly Uint8Array[]): { pages: PlainSummary[]; error: string } {
  const pages: PlainSummary[] = [];
  const skimmer = new DumpSkimmer((page) => pages.push(comparable(page)));
  try {
    for (const chunk of chunks) {
      const given = chunk.slice();
      skimmer.push(given);
      // Whoever pushed may use the memory again.
      given.fill(0x2a);
    }
    skimmer.finish();
    assert.equal(skimmer.byteOffset, chunks.reduce((sum, { length }) => sum + length, 0));
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return { pages, error: String((error as { code?: unknown }).code) };
  }
  return { pages, error: "" };
}

function revision(fields: string): string {
  return `    <revision>\n${fields}\n    </revision>\n`;
}

function page(
  id: number,
  rest: string,
  head = `    <title>P ${id}</title>\n    <ns>0</ns>\n    <id>${id}</id>\n`,
): string {
  return `  <page>\n${head}${rest}  </page>\n`;
}

const TIME = "<timestamp>2020-02-03T04:05:06Z</timestamp>";
const PLAIN = revision(`      <id>5</id>\n      ${TIME}\n      <text bytes="3" xml:space="preserve">abc</text>`);

/** Pages of which some are not plain; each stands between plain ones. */
const PAGES: readonly (readonly [string, string])[] = [
  ["plain", page(1, PLAIN + PLAIN)],
  ["no revisions", page(2, "")],
  ["no length", page(3, revision(`<id>1</id>${TIME}<text>a &amp; b\r\nc &#x1F600;</text>`))],
  [
    "self-closed texts",
    page(4, revision(`<id>1</id>${TIME}<text /><sha1/>`) + revision('<id>2</id><text bytes="9" />')),
  ],
  ["no text", page(5, revision("<id>1</id>"))],
  ["deleted", page(6, revision('<id>1</id><contributor deleted="deleted" /><text deleted="deleted" />'))],
  ["odd time", page(7, revision("<id>1</id><timestamp>yesterday</timestamp>"))],
  [
    "other slots",
    page(8, revision(`<id>1</id>${TIME}<text bytes="4">main</text><content><text bytes="99">x</text></content>`)),
  ],
  ["comment", page(9, `<!-- <revision><id>7</id> -->${PLAIN}`)],
  ["CDATA", page(10, revision('<id>1</id><text bytes="7"><![CDATA[ </text> </page> ]]></text>'))],
  ["unmeasured CDATA", page(11, revision("<id>1</id><text>a<![CDATA[ </text> &amp; ]]>b</text>"))],
  ["upload", page(12, `${PLAIN}<upload><timestamp>x</timestamp></upload>${PLAIN}`)],
  [
    "thread",
    page(
      13,
      PLAIN,
      "<title>T</title><ns>90</ns><id>13</id><discussionthreadinginfo><a>1</a></discussionthreadinginfo>",
    ),
  ],
  ["redirect", page(14, PLAIN, '<title>A &lt;b&gt;</title><ns>0</ns><id>14</id><redirect title="X &quot;" />')],
  ["restrictions", page(15, PLAIN, "<title>T</title><ns>4</ns><id>15</id><restrictions>sysop</restrictions>")],
  ["no namespace", page(16, PLAIN, "<title>Talk:T</title><id>16</id>")],
  ["negative namespace", page(17, PLAIN, "<title>T</title><ns>-1</ns><id>17</id>")],
  ["blanks in numbers", page(18, revision("<id> 8 </id>"), "<title>T</title><ns> 1 </ns><id>\n18 </id>")],
  ["single quotes", page(19, revision("<id>1</id><text bytes='12'>x</text>"))],
  ["bytes elsewhere", page(20, revision('<id>1</id><text a=" bytes=" x-bytes="5" bytes="7">x</text>'))],
  [
    "fields in any order",
    page(21, revision(`<text bytes="2">x</text>${TIME}<id>6</id>`), "<id>21</id><ns>3</ns><title>T</title>"),
  ],
  ["CRLF", page(22, PLAIN).replaceAll("\n", "\r\n")],
  ["one line", page(23, PLAIN).replaceAll(/\n */g, "")],
  ["empty page", "<page><title/><ns>0</ns><id>24</id></page>"],
  ["empty title", page(25, PLAIN, "<title></title><ns>0</ns><id>25</id>")],
  ["attributes", page(26, revision('<id a="1">1</id><text bytes="8" b="/>">x</text>'))],
  ["falling ids", page(3, revision("<id>9</id>") + revision("<id>4</id>"))],
  ["id of a contributor", page(27, revision("<contributor><username>U</username><id>77</id></contributor><id>3</id>"))],
  ["deep contributor", page(28, revision("<contributor><a><id>77</id></a></contributor><id>3</id>"))],
];

/** Pages with which a dump is an error. */
const BAD_PAGES: readonly (readonly [string, string])[] = [
  ["no id", page(1, PLAIN, "<title>T</title><ns>0</ns>")],
  ["no revision id", page(1, revision(TIME))],
  ["two texts", page(1, revision("<id>1</id><text>a</text><text>b</text>"))],
  ["two ids", page(1, revision("<id>1</id><id>2</id>"))],
  ["markup in a text", page(1, revision('<id>1</id><text bytes="1"><b>x</b></text>'))],
  ["wrong end tag", page(1, revision("<id>1</id><text>x</page>"))],
  ["page in a page", page(1, page(2, PLAIN))],
  ["page in a revision", page(1, revision("<id>1</id><page>x</page>"))],
  ["text between elements", page(1, `${PLAIN}x`)],
  ["text in the head", page(1, PLAIN, "x<title>T</title><ns>0</ns><id>1</id>")],
  ["no end of a page", page(1, PLAIN).replace("  </page>\n", "")],
  ["mediawiki in the head", page(1, PLAIN, "<title>T</title><ns>0</ns><id>1</id><mediawiki>x</mediawiki>")],
];

test("counts the same as the plain twin on every kind of page, whichever way it is cut", () => {
  const xml = encoder.encode(tinyHeader() + PAGES.map(([, text]) => text).join("") + "</mediawiki>\n");
  const expected = plainSummaries(xml);
  assert.equal(expected.error, "");
  assert.equal(expected.pages.length, PAGES.length);
  for (const { name, chunks } of chunkings(xml)) assert.deepEqual(skim(chunks), expected, name);
});

test("counts every kind of page when it stands alone", () => {
  for (const [name, text] of PAGES) {
    const xml = encoder.encode(`${tinyHeader()}${text}</mediawiki>`);
    const expected = plainSummaries(xml);
    assert.equal(expected.pages.length, 1, name);
    for (const size of [xml.length, 700, 61]) {
      assert.deepEqual(skim(pieces(xml, () => size)), expected, `${name}, ${size}`);
    }
  }
});

test("gives the pages before an error, and the error", () => {
  for (const [name, text] of BAD_PAGES) {
    const xml = encoder.encode(`${tinyHeader()}${page(1, PLAIN)}${text}${page(9, PLAIN)}</mediawiki>`);
    const expected = plainSummaries(xml);
    assert.notEqual(expected.error, "", name);
    for (const size of [xml.length, 700, 61]) {
      assert.deepEqual(skim(pieces(xml, () => size)), expected, `${name}, ${size}`);
    }
  }
});

test("notices a dump that is cut, wherever", () => {
  const xml = encoder.encode(tinyDump());
  for (let length = 1; length < xml.length - 1; length++) {
    const cut = xml.subarray(0, length);
    assert.deepEqual(skim([cut]), plainSummaries(cut), `cut at ${length}`);
  }
});

test("one changed byte gives the same result as with the plain twin", () => {
  const xml = encoder.encode(`${tinyHeader()}${page(1, PLAIN)}${page(14, PLAIN + PLAIN)}</mediawiki>`);
  const start = tinyHeader().length;
  for (let at = start; at < xml.length; at++) {
    for (const byte of [0x3c, 0x3e, 0x2f, 0x22, 0x20, 0x78, 0x39]) {
      const changed = xml.slice();
      changed[at] = byte;
      assert.deepEqual(skim([changed]), plainSummaries(changed), `byte ${at} is ${byte}`);
    }
  }
});

test("odd but well-formed dumps are counted as by the plain twin", () => {
  fc.assert(
    fc.property(oddDump, fc.integer({ min: 1, max: 400 }), (text, size) => {
      const xml = encoder.encode(text);
      assert.deepEqual(skim(pieces(xml, () => size)), plainSummaries(xml));
    }),
    { numRuns: 150, seed: 7 },
  );
});

test("revisions of megabytes are counted in little memory, with and without a length", () => {
  const big = 5_000_000;
  const text = `${"&lt;".repeat(1000)}${"y".repeat(big)}&amp;\r\n`;
  const decoded = 1000 + big + 2;
  const fields = `<id>7</id>${TIME}<comment>c</comment>`;
  const xml = encoder.encode(
    tinyHeader() + page(1, PLAIN + revision(`${fields}<text bytes="77">${text}</text><sha1>x</sha1>`) + PLAIN) +
      page(2, revision(`${fields}<text>${text}</text>`)) +
      page(3, revision(`<text>${text}<!-- ${text} --><![CDATA[${"z".repeat(big)}]]></text>${fields}`)) + "</mediawiki>",
  );
  const { pages, error } = skim(pieces(xml, () => 65_536));
  assert.equal(error, "");
  assert.deepEqual(pages.map(({ textBytes, revisions }) => [textBytes, revisions]), [
    [3 + 77 + 3, 3],
    [decoded, 1],
    [decoded + big, 1],
  ]);
  assert.deepEqual(pages.map(({ timestamps }) => timestamps.slice(0, 10)), ["2020-02-03", "2020-02-03", "2020-02-03"]);
});

test("a page that fills many chunks is read once, and counted whole", () => {
  const dump = makeDump([1, 2, 3], () => 100);
  const long = page(4, Array.from({ length: 3000 }, (_, i) => PLAIN.replace("<id>5<", `<id>${i + 10}<`)).join(""));
  const xml = encoder.encode(dump.xml.replace("</mediawiki>", `${long}${page(5, PLAIN)}</mediawiki>`));
  const expected = plainSummaries(xml);
  for (const size of [1000, 4096, 65_536]) assert.deepEqual(skim(pieces(xml, () => size)), expected, String(size));
  assert.equal(expected.pages[3]!.revisions, 3000);
});

test("two dumps one after another are counted as one", () => {
  const one = encoder.encode(tinyDump());
  const both = concatBytes([one, one]);
  for (const size of [both.length, 333]) assert.deepEqual(skim(pieces(both, () => size)), plainSummaries(both));
});
