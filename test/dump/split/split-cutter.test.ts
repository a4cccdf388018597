import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { type CutPiece, DumpCutter } from "../../../lib/dump/split/split-cutter.ts";
import { tallyDifference, tallyDump } from "../../../lib/dump/split/split-check.ts";
import type { SplitRule } from "../../../lib/dump/split/split-rule.ts";
import { DumpFormatError } from "../../../lib/errors.ts";
import { chunkings } from "../../support/chunkings.ts";
import { expectedDocument, FOOTER, HEADER, makeDump } from "../dump-maker.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Cut {
  readonly pieces: readonly CutPiece[];
  readonly texts: readonly string[];
}

/** Cuts a document that comes in chunks. */
function cut(chunks: Iterable<Uint8Array>, rule: SplitRule, placeOf?: (index: number) => number): Cut {
  const cutter = new DumpCutter(rule);
  const pieces: CutPiece[] = [];
  const texts: string[] = [];
  let parts: Uint8Array[] = [];
  let begun = 0;
  function take(events: ReturnType<DumpCutter["push"]>): void {
    for (const event of events) {
      if (event.type === "bytes") parts.push(event.bytes.slice());
      else if (event.type === "piece") {
        assert.equal(event.pieceIndex, begun++);
        assert.equal(parts.length, 0, "no bytes between pieces");
      } else {
        pieces.push(event.piece);
        const bytes = concatBytes(parts);
        assert.equal(bytes.length, event.piece.xmlByteLength);
        texts.push(decoder.decode(bytes));
        parts = [];
      }
    }
  }
  let index = 0;
  for (const chunk of chunks) take(cutter.push(chunk, placeOf?.(index++)));
  take(cutter.finish());
  return { pieces, texts };
}

const DUMP = makeDump([3, 4, 9, 20, 21, 22, 50], (id) => id === 20 ? 3000 : 40);
const XML = encoder.encode(DUMP.xml);

/** The ids of the pieces of a cut, and that these are whole dumps of exactly those pages. */
function idsOf({ pieces, texts }: Cut): number[][] {
  const groups = pieces.map(({ firstPageId, lastPageId }) =>
    DUMP.ids.filter((id) => id >= firstPageId && id <= lastPageId)
  );
  groups.forEach((ids, i) => {
    assert.equal(texts[i], expectedDocument(DUMP, (id) => ids.includes(id)));
    assert.deepEqual([pieces[i]!.pages, pieces[i]!.revisions], [ids.length, ids.length]);
  });
  assert.deepEqual(groups.flat(), DUMP.ids, "nothing lost, nothing twice");
  return groups;
}

test("pieces of so many pages are whole dumps, for every chunking of the input", () => {
  for (const { name, chunks } of chunkings(XML)) {
    assert.deepEqual(idsOf(cut(chunks, { pages: 3 })), [[3, 4, 9], [20, 21, 22], [50]], name);
  }
});

test("pieces of so many bytes begin with the first page behind each multiple, for every chunking", () => {
  const [first, second] = [DUMP.pages[0]!, DUMP.pages[1]!].map((page) => page.length) as [number, number];
  const everyBytes = HEADER.length + first + second + 2 + 1;
  for (const { name, chunks } of chunkings(XML)) {
    // 20 is longer than several pieces: what follows it begins one, and the multiples inside of it make none.
    assert.deepEqual(idsOf(cut(chunks, { xmlBytes: everyBytes })), [[3, 4, 9], [20], [21, 22], [50]], name);
  }
});

test("a page that begins exactly at a multiple begins a piece", () => {
  const tagOffset = DUMP.xml.indexOf("<page>", HEADER.length + 10);
  const exactly = cut([XML], { xmlBytes: tagOffset });
  assert.equal(idsOf(exactly)[0]!.length, 1);
  const later = cut([XML], { xmlBytes: tagOffset + 1 });
  assert.equal(idsOf(later)[0]!.length, 2);
});

test("places in the packed input are those of the chunks that hold the start tags of pages", () => {
  const border = DUMP.xml.indexOf("<page>", DUMP.xml.indexOf("<id>9</id>"));
  for (
    const [at, ids] of [[border, [[3, 4, 9], [20, 21, 22, 50]]], [border + 1, [[3, 4, 9, 20], [21, 22, 50]]]] as const
  ) {
    const result = cut([XML.subarray(0, at), XML.subarray(at)], { inputBytes: 100 }, (index) => 4 + index * 100);
    assert.deepEqual(idsOf(result), ids);
    assert.deepEqual(result.pieces.map(({ inputOffset }) => inputOffset), [4, 104]);
  }
});

test("a dump with one page, and one without, are cut too", () => {
  const one = makeDump([7], () => 10);
  assert.deepEqual(cut([encoder.encode(one.xml)], { pages: 1 }).texts, [one.xml]);
  assert.deepEqual(cut([encoder.encode(HEADER + FOOTER)], { pages: 1 }).pieces, []);
  assert.deepEqual(cut([encoder.encode("<mediawiki/>")], { xmlBytes: 5 }).pieces, []);
});

test("what stands between header and pages, and between pages, is lost nowhere", () => {
  const [a, b] = makeDump([1, 2], () => 5).pages as [string, string];
  const xml = `${HEADER}  <note>early</note>\n${a}<!-- between -->\n${b}<note>late</note>\n${FOOTER}`;
  for (const { chunks, name } of chunkings(encoder.encode(xml))) {
    const { texts } = cut(chunks, { pages: 1 });
    const bodies = texts.map((text) => text.slice(HEADER.length, -FOOTER.length));
    assert.equal(bodies.length, 2, name);
    assert.equal(bodies.join(""), xml.slice(HEADER.length, -FOOTER.length), name);
  }
});

test("the memory of a chunk may be handed away as soon as it was pushed", () => {
  const cutter = new DumpCutter({ pages: 3 });
  const ends: number[] = [];
  let xmlByteLength = 0;
  function take(events: ReturnType<DumpCutter["push"]>): void {
    for (const event of events) {
      if (event.type === "end") ends.push(event.piece.lastPageId);
      else if (event.type === "bytes") xmlByteLength += event.bytes.length;
    }
  }
  for (let at = 0; at < XML.length; at += 777) {
    const chunk = XML.slice(at, at + 777);
    take(cutter.push(chunk));
    structuredClone(chunk.buffer, { transfer: [chunk.buffer] });
    assert.equal(chunk.length, 0);
  }
  take(cutter.finish());
  assert.deepEqual(ends, [9, 22, 50]);
  assert.equal(xmlByteLength, XML.length + 2 * (HEADER.length + FOOTER.length));
});

test("ids that fall, that repeat, or that are missing are refused with their place", () => {
  const pages = makeDump([5, 9, 7], () => 5);
  const at = pages.xml.lastIndexOf("<page>");
  assert.throws(() => cut([encoder.encode(pages.xml)], { pages: 1 }), (error: DumpFormatError) => {
    assert.deepEqual([error.code, error.byteOffset, error.pageId], ["ID_ORDER", at, 7]);
    assert.match(error.message, new RegExp(`^Page 7 follows page 9 at byte ${at} of the XML`));
    return true;
  });
  const twice = makeDump([5, 5], () => 5);
  assert.throws(() => cut([encoder.encode(twice.xml)], { pages: 9 }), { code: "ID_ORDER" });
  const without = pages.xml.replace("<id>9</id>", "");
  assert.throws(() => cut([encoder.encode(without)], { pages: 9 }), { code: "BAD_ID" });
});

test("two dumps in one, dumps that are cut, and rules without sense are refused", () => {
  const more = makeDump([60], () => 5).xml;
  assert.throws(() => cut([XML, encoder.encode(more)], { pages: 9 }), { code: "BAD_TAG" });
  for (const length of [0, 40, HEADER.length + 20, XML.length >> 1, XML.length - 4]) {
    assert.throws(() => cut([XML.subarray(0, length)], { pages: 2 }), DumpFormatError, `${length} bytes`);
  }
  for (const rule of [{ pages: 0 }, { pages: 1.5 }, { xmlBytes: 0 }, { inputBytes: -1 }, { xmlBytes: NaN }]) {
    assert.throws(() => new DumpCutter(rule), RangeError, JSON.stringify(rule));
  }
});

test("a piece that is read back has the tally of its cutting, and a changed one has not", async () => {
  const { pieces, texts } = cut([XML], { pages: 3 });
  for (const [i, piece] of pieces.entries()) {
    const text = texts[i]!;
    assert.equal(tallyDifference(await tallyDump(new Blob([text]).stream()), piece), undefined);
    const changes = [
      text.replace("U</username>", "V</username>"),
      text.replace(/ {2}<page>[^]*?<\/page>\n/, ""),
      text.replace(/ {4}<revision>[^]*?<\/revision>\n/, ""),
    ];
    for (const changed of changes) {
      const found = await tallyDump(new Blob([changed]).stream());
      assert.notEqual(tallyDifference(found, piece), undefined);
    }
  }
});
