/** The fast road of the check against the closer look: a chunk of one byte has no part that is whole, so there is no fast road in it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { DocumentChecker } from "../../../lib/dump/check/check-document.ts";
import { isPlainText } from "../../../lib/dump/check/plain-text.ts";
import { badCharacterOffset } from "../../../lib/dump/check/bad-character.ts";
import { ProblemList } from "../../../lib/dump/check/problem-list.ts";
import { sha1Hex } from "../../../lib/host/hash.ts";
import { pieces } from "../../support/chunkings.ts";
import { sha1Base36Of, tinyDump, tinyHeader } from "../../support/tiny-dump.ts";
import { randomFrom } from "../dump-maker.ts";

const encoder = new TextEncoder();
const MAKER = { makeSha1: () => createHash("sha1"), sha1Hex };

function check(chunks: readonly Uint8Array[]): unknown {
  const problems = new ProblemList(Infinity);
  const document = new DocumentChecker(problems, MAKER);
  for (const chunk of chunks) document.push(chunk);
  document.finish({ isCut: false });
  const { tally, lastGoodPage, schemaVersion } = document;
  // How far back lines are known, and how much of the input a message shows, depends on the chunk.
  const list = problems.problems.map(({ place, message, ...problem }) => ({
    ...problem,
    message: message.replace(/ found ".*/s, ""),
    place: { ...place, line: undefined },
  }));
  return { list, tally, lastGoodPage, schemaVersion };
}

function assertSame(xml: Uint8Array, what: string): void {
  const expected = check(pieces(xml, () => 1));
  assert.deepEqual(check([xml]), expected, what);
  assert.deepEqual(check(pieces(xml, () => 700)), expected, what);
}

function revision(fields: string, text = '<text bytes="0" sha1="" />'): string {
  return `    <revision>\n      <id>7</id>\n      <timestamp>2020-02-03T04:05:06Z</timestamp>\n      ${fields}\n      ${text}\n    </revision>\n`;
}

function pageOf(revisions: string, head = "<title>T</title>\n    <ns>0</ns>\n    <id>50</id>\n"): string {
  return `  <page>\n    ${head}${revisions}  </page>\n`;
}

const WHO = "<contributor><ip>192.0.2.1</ip></contributor>";
const EMPTY = sha1Base36Of("");
const X = sha1Base36Of("x");
const TEXT = `<text bytes="1" sha1="${X}" xml:space="preserve">x</text>`;

const ODD: Readonly<Record<string, string>> = {
  "plain": pageOf(revision(WHO, TEXT)),
  "no contributor": pageOf(revision("", TEXT)),
  "two contributors": pageOf(revision(WHO + WHO, TEXT)),
  "two texts": pageOf(revision(WHO, TEXT + TEXT)),
  "two SHA-1": pageOf(revision(WHO, `${TEXT}<sha1>${X}</sha1><sha1>${X}</sha1>`)),
  "SHA-1 that differ": pageOf(revision(WHO, `${TEXT}<sha1>${EMPTY}</sha1>`)),
  "SHA-1 of the revision only": pageOf(revision(WHO, `<text bytes="1">x</text><sha1>${X}</sha1>`)),
  "slots": pageOf(revision(WHO, `<text bytes="1">x</text><content><role>a</role></content><sha1>${EMPTY}</sha1>`)),
  "wrong SHA-1": pageOf(revision(WHO, TEXT.replace(X, EMPTY))),
  "SHA-1 in capitals": pageOf(revision(WHO, TEXT.replace(X, X.toUpperCase()))),
  "wrong length": pageOf(revision(WHO, TEXT.replace('"1"', '"2"'))),
  "no length": pageOf(revision(WHO, TEXT.replace('bytes="1" ', ""))),
  "nothing stated": pageOf(revision(WHO, "<text>x</text>")),
  "empty": pageOf(revision(WHO, `<text bytes="0" sha1="${EMPTY}" />`)),
  "stub": pageOf(revision(WHO, '<text bytes="5" location="tt:1" id="1" />')),
  "stub with a SHA-1 that has a tag": pageOf(revision(WHO, '<text bytes="5" id="1" /><sha1><b>x</b></sha1>')),
  "stub behind a text": pageOf(revision(WHO, TEXT) + revision(WHO, '<text bytes="5" id="1" />').replace("7", "8")),
  "deleted": pageOf(revision(WHO, '<text bytes="5" deleted="deleted" />')),
  "attribute twice": pageOf(revision(WHO, TEXT.replace("xml:space", 'bytes="1" xml:space'))),
  "space twice": pageOf(revision(WHO, TEXT.replace("xml:space", 'xml:space="preserve" xml:space'))),
  "control in a comment": pageOf(revision(`${WHO}<comment>a\u0001</comment>`, TEXT)),
  "entities": pageOf(revision(`${WHO}<comment>&lt;&gt;&amp;&quot; é 😀 &#10;</comment>`, TEXT)),
  "no entity": pageOf(revision(`${WHO}<comment>&lt &x;</comment>`, TEXT)),
  "cut entity in a text": pageOf(revision(WHO, TEXT.replace(">x<", ">&am<"))),
  "revisions fall": pageOf(revision(WHO, TEXT) + revision(WHO, TEXT).replace("7", "6")),
  "no time": pageOf(revision(WHO, TEXT).replace(/<timestamp.*stamp>/, "")),
  "bad time": pageOf(revision(WHO, TEXT).replace("2020", "20x0")),
  "return after tags": pageOf(revision(WHO, TEXT)).replaceAll("\n", "\r\n"),
  "empty title": pageOf(revision(WHO, TEXT), "<title></title><ns>0</ns><id>50</id>"),
  "no namespace": pageOf(revision(WHO, TEXT), "<title>T</title><id>50</id>"),
  "long namespace": pageOf(revision(WHO, TEXT), "<title>T</title><ns>0000000000</ns><id>50</id>"),
  "page ids fall": pageOf(revision(WHO, TEXT), "<title>T</title><ns>0</ns><id>1</id>"),
  "bad redirect": pageOf(revision(WHO, TEXT), '<title>T</title><ns>0</ns><id>50</id><redirect title="a" b />'),
  "two redirects": pageOf(revision(WHO, TEXT), "<title>T</title><ns>0</ns><id>50</id><redirect a /><redirect />"),
  "upload": pageOf(`${revision(WHO, TEXT)}<upload><x>1</x></upload>`),
  "no revisions": pageOf(""),
  "not closed": pageOf(revision(WHO, TEXT)).replace("</page>", ""),
};

for (const [what, page] of Object.entries(ODD)) {
  test(`the fast road finds what the closer look does: ${what}`, () => {
    const next = pageOf(revision(WHO, TEXT), "<title>N</title><ns>0</ns><id>60</id>");
    for (const end of ["", next]) assertSame(encoder.encode(`${tinyHeader()}${page}${end}</mediawiki>\n`), what);
  });
}

test("the fast road finds what the closer look does, whatever bytes are changed, lost or doubled", () => {
  const xml = encoder.encode(tinyDump());
  const random = randomFrom(5);
  const below = (limit: number): number => Math.floor(random() * limit);
  const signs = encoder.encode("<>/&;\"'= \r\n\0aé0");
  for (let round = 0; round < 150; round++) {
    let bytes = xml.slice();
    for (let changes = 1 + below(3); changes > 0; changes--) {
      const at = below(bytes.length);
      const kind = below(4);
      if (kind === 0) bytes[at] = signs[below(signs.length)]!;
      else if (kind === 1) bytes[at]! ^= 1 << below(8);
      else {
        const other = kind === 2 ? at + below(40) : Math.max(0, at - below(40));
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(other)]);
      }
    }
    assertSame(bytes, `round ${round}`);
  }
});

test("plain text is what has no bad character and only MediaWiki's entities", () => {
  const random = randomFrom(9);
  const bits = ["a", " ", "\n", "\t", "é", "😀", "&lt;", "&gt;", "&amp;", "&quot;"].map((text) => encoder.encode(text));
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from(
      Array.from({ length: 8 }, () => [...bits[Math.floor(random() * bits.length)]!]).flat(),
    );
    assert.ok(isPlainText(bytes, 0, bytes.length));
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    const isPlain = badCharacterOffset(bytes, 0, bytes.length) < 0 &&
      !/&(?!(lt|gt|amp|quot);)/.test(new TextDecoder().decode(bytes));
    assert.equal(isPlainText(bytes, 0, bytes.length), isPlain, bytes.toString());
  }
});
