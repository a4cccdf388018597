import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDumpFileName } from "../../../lib/dump/file-name.ts";
import { JobError } from "../../../lib/errors.ts";
import { existingFiles } from "../../../lib/farm/layout/existing-files.ts";
import { jobLayout, type OutputName, pieceFileName } from "../../../lib/farm/layout/job-layout.ts";
import { missingRanges } from "../../../lib/farm/layout/missing-ranges.ts";
import { type PartRange, WHOLE } from "../../../lib/farm/layout/part-range.ts";
import { partsOfSizes } from "../../../lib/farm/layout/parts.ts";
import { fixedRanges } from "../../../lib/farm/layout/fixed-ranges.ts";
import { refuseOverlap, rerunPieces } from "../../../lib/farm/layout/rerun-pieces.ts";
import { tilingFault } from "../../../lib/farm/layout/tiling.ts";

const OUTPUT: OutputName = {
  wiki: "awiki",
  date: "20260101",
  dumpName: "pages-meta-history",
  type: "xml",
  extension: "bz2",
};
const PLACE = { wiki: "awiki", job: "metahistorybz2dump" };
const PARTS = partsOfSizes([70, 90], 154, "pagesPerChunkHistory");
const RANGES = [[1, 62, 1], [63, 70, 1], [71, 122, 2], [123, 154, 2]].map(([first, last, part]) => ({
  part,
  first: first!,
  last: last!,
}));
const RANGED = jobLayout(PARTS, RANGES);
const PARTED = jobLayout(PARTS);
const ALONE = jobLayout([WHOLE]);

const name = (rest: string, extension = "bz2"): string => `awiki-20260101-pages-meta-history${rest}.${extension}`;
const rerun = (layout: typeof RANGED, ...rests: string[]) => {
  const { missing, present } = rerunPieces(layout, rests.map((rest) => name(rest)), OUTPUT, PLACE);
  const text = (ranges: readonly PartRange[]) =>
    ranges.map(({ part, first, last }) => `${part ?? ""}p${first}p${last}`);
  return { missing: text(missing).join(" "), present: text(present).join(" ") };
};

test("names of every layout say what they hold, and are read back", () => {
  assert.deepEqual(RANGES.map((piece) => pieceFileName(RANGED, piece, OUTPUT)), [
    name("1.xml-p1p62"),
    name("1.xml-p63p70"),
    name("2.xml-p71p122"),
    name("2.xml-p123p154"),
  ]);
  assert.deepEqual(PARTED.pieces.map((piece) => pieceFileName(PARTED, piece, OUTPUT)), [name("1.xml"), name("2.xml")]);
  assert.equal(pieceFileName(ALONE, WHOLE, OUTPUT), name(".xml"));
  const outputs = fc.record({
    wiki: fc.constantFrom("awiki", "be_x_oldwiki", "zh_min_nanwiki", "w2"),
    date: fc.constant("20260101"),
    dumpName: fc.constantFrom(
      ...[
        "stub-meta-history",
        "stub-meta-current",
        "stub-articles",
        "pages-articles",
        "pages-meta-current",
        "pages-meta-history",
      ],
      ...["pages-articles-multistream", "pages-articles-multistream-index", "pages-logging", "flow", "flowhistory"],
    ),
    type: fc.constantFrom("xml", "txt"),
    extension: fc.constantFrom("gz", "bz2", "7z"),
  });
  fc.assert(fc.property(
    outputs,
    fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 30 }),
    fc.integer({ min: 1, max: 1_000_000_000 }),
    fc.boolean(),
    (output, sizes, lastId, hasRanges) => {
      const parts = partsOfSizes(sizes.length === 1 ? [lastId] : sizes, lastId, "pagesPerChunkHistory");
      const layout = jobLayout(parts, hasRanges ? fixedRanges(parts, lastId, Math.ceil(lastId / 7)) : undefined);
      const names = layout.pieces.map((piece) => pieceFileName(layout, piece, output));
      assert.equal(new Set(names).size, names.length);
      for (const [index, piece] of layout.pieces.entries()) {
        const range = hasRanges ? { first: piece.first, last: piece.last } : undefined;
        assert.deepEqual(parseDumpFileName(names[index]!), { ...output, part: piece.part, range });
      }
      const { missing, present } = rerunPieces(layout, names, output, PLACE);
      assert.deepEqual([missing, present], [[], layout.pieces]);
    },
  ));
});

test("files of an output are found in the order of their pages, unfinished and other ones are not", () => {
  const names = [
    ...[name("10.xml"), name("2.xml"), name(".xml"), name("2.xml-p000000009p000000012"), name("2.xml-p2p8")],
    ...[name("2.xml-p13p00000"), name("1.xml-p1p3", "7z"), name("1.xml-p1p3", "bz2.inprog"), name("1.xml", "bz2-tmp")],
    ...[name("1.xml-p1p3", "bz2.truncated"), "bwiki-20260101-pages-meta-history1.xml.bz2", "index.html"],
    ...["awiki-20260102-pages-meta-history1.xml.bz2", "awiki-20260101-stub-meta-history1.xml.gz"],
  ];
  assert.deepEqual(existingFiles(names, OUTPUT).map(({ name: each, first, last }) => [each, first, last]), [
    [name(".xml"), 1, Infinity],
    [name("2.xml"), 1, Infinity],
    [name("2.xml-p2p8"), 2, 8],
    [name("2.xml-p000000009p000000012"), 9, 12],
    [name("2.xml-p13p00000"), 13, Infinity],
    [name("10.xml"), 1, Infinity],
  ]);
});

test("what is there need not be made again, also under other ranges", () => {
  const all = "1p1p62 1p63p70 2p71p122 2p123p154";
  assert.deepEqual(rerun(RANGED), { missing: all, present: "" });
  assert.deepEqual(rerun(RANGED, "1.xml-p63p70", "2.xml-p71p122"), {
    missing: "1p1p62 2p123p154",
    present: "1p63p70 2p71p122",
  });
  assert.deepEqual(rerun(RANGED, "2.xml-p100p130", ".xml"), {
    missing: "1p1p62 1p63p70 2p71p99 2p131p154",
    present: "2p100p130",
  });
  assert.deepEqual(rerun(RANGED, "2.xml-p140p00000").missing, "1p1p62 1p63p70 2p71p122 2p123p139");
  assert.deepEqual(rerun(PARTED, "2.xml", ".xml"), { missing: "1p1p70", present: "2p71pInfinity" });
  assert.deepEqual(rerun(ALONE), { missing: "p1pInfinity", present: "" });
  assert.deepEqual(rerun(ALONE, ".xml"), { missing: "", present: "p1pInfinity" });
});

for (
  const [what, layout, rests, message] of [
    [
      "files with the same pages",
      RANGED,
      ["2.xml-p100p130", "2.xml-p120p154"],
      /p100p130.* and .*p120p154.* have the same pages \(120-130\)/,
    ],
    ["a file within another", RANGED, ["2.xml-p71p154", "2.xml-p80p90"], /have the same pages \(80-90\)/],
    ["the same pages twice", RANGED, ["2.xml-p71p80", "2.xml-p000000071p000000080"], /have the same pages \(71-80\)/],
    ["a part beside ranges", RANGED, ["1.xml"], /1\.xml\.bz2 is of another layout: this run has page ranges/],
    ["a range over two parts", RANGED, ["1.xml-p60p80"], /pages of that part are 1-70 of part 1/],
    ["a range of an unknown part", RANGED, ["3.xml-p60p80"], /no such part/],
    ["a range without a part", RANGED, [".xml-p60p80"], /no such part/],
    ["a range after the last page", RANGED, ["2.xml-p150p160"], /71-154 of part 2/],
    ["an open range after the last page", RANGED, ["2.xml-p160p00000"], /71-154 of part 2/],
    ["a range that is none", RANGED, ["2.xml-p90p80"], /another layout/],
    ["a range beside parts", PARTED, ["1.xml-p1p70"], /this run has awiki-20260101-pages-meta-history1\.xml\.bz2 and /],
    ["an unknown part", PARTED, ["3.xml"], /another layout/],
    ["a part beside a whole file", ALONE, ["1.xml"], /this run has awiki-20260101-pages-meta-history\.xml\.bz2/],
    ["a range beside a whole file", ALONE, [".xml-p1p70"], /another layout/],
  ] as const
) {
  test(`refused: ${what}`, () => {
    assert.throws(() => rerun(layout, ...rests), (error) => {
      assert.ok(error instanceof JobError);
      assert.deepEqual([error.code, error.wiki, error.job], ["LAYOUT", PLACE.wiki, PLACE.job]);
      assert.match(error.message, message);
      return error.remedy !== "";
    });
  });
}

/** Cuts 1..last at random places; of the stretches, some are taken. */
const cuts = (last: number) => fc.uniqueArray(fc.integer({ min: 1, max: last }), { maxLength: 12 });
function stretches(ends: readonly number[], last: number): PartRange[] {
  const sorted = [...new Set([...ends, last])].sort((a, b) => a - b);
  return sorted.map((end, index) => ({ part: undefined, first: (sorted[index - 1] ?? 0) + 1, last: end }));
}

test("missing are exactly the ids that are needed and not done, cut where the needed ranges are", () => {
  fc.assert(fc.property(cuts(60), cuts(60), fc.array(fc.boolean(), { minLength: 13, maxLength: 13 }), (a, b, taken) => {
    const needed = stretches(a, 60);
    const done = stretches(b, 60).filter((_, index) => taken[index]);
    const missing = missingRanges(needed, done);
    const holds = (ranges: readonly PartRange[], id: number) =>
      ranges.filter(({ first, last }) => first <= id && id <= last).length;
    for (let id = 1; id <= 60; id++) assert.equal(holds(missing, id) + holds(done, id), 1, `id ${id}`);
    assert.ok(missing.every(({ first, last }) => needed.some((range) => range.first <= first && last <= range.last)));
    assert.ok(missing.every(({ first }, index) => index === 0 || first > missing[index - 1]!.last));
    // As few as can be: two neighbours are two only where a needed range ends.
    assert.ok(missing.every(({ first }, index) => {
      const isNeighbour = missing[index - 1]?.last === first - 1;
      return !isNeighbour || needed.some((range) => range.first === first);
    }));
    const layout = jobLayout([WHOLE], needed);
    const names = done.map((range) => pieceFileName(layout, range, OUTPUT));
    const pieces = rerunPieces(layout, names.reverse(), OUTPUT, PLACE);
    assert.deepEqual(pieces.missing, missing);
    const all = [...pieces.missing, ...pieces.present].sort((x, y) => x.first - y.first);
    assert.equal(tilingFault([WHOLE], all, 60), undefined);
  }));
});

test("pages of one's own choice must not lie in a file that has others, too", () => {
  const present = [{ part: 2, first: 71, last: 122 }];
  const refuse = (first: number, last: number) => refuseOverlap([{ part: 2, first, last }], present, PLACE);
  refuse(123, 130);
  refuse(71, 122);
  for (const [first, last] of [[71, 121], [122, 130], [80, 90], [71, 154]] as const) {
    assert.throws(() => refuse(first, last), { code: "LAYOUT" }, `${first}-${last}`);
  }
});
