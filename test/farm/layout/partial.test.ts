/** Partial reruns: what the options say, and which pieces that means. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../../../lib/errors.ts";
import { jobLayout } from "../../../lib/farm/layout/job-layout.ts";
import { WHOLE } from "../../../lib/farm/layout/part-range.ts";
import {
  type PartialContext,
  type PartialOptions,
  readPartialOptions,
} from "../../../lib/farm/layout/partial-options.ts";
import { partialPieces } from "../../../lib/farm/layout/partial-pieces.ts";
import { partsOfSizes } from "../../../lib/farm/layout/parts.ts";

const PARTS = partsOfSizes([70, 90], 154, "pagesPerChunkHistory");
const RANGES = [[1, 62, 1], [63, 70, 1], [71, 122, 2], [123, 154, 2]].map(([first, last, part]) => ({
  part,
  first: first!,
  last: last!,
}));
const RANGED = jobLayout(PARTS, RANGES);
const PARTED = jobLayout(PARTS);
const ALONE = jobLayout([WHOLE]);
const HISTORY = "awiki-20260101-pages-meta-history";

function read(options: PartialOptions, context: Partial<PartialContext> = {}) {
  return readPartialOptions(options, {
    wiki: "awiki",
    date: "20260101",
    jobs: ["metahistorybz2dump"],
    isRestart: false,
    ...context,
  });
}

function pieces(options: PartialOptions, layout = RANGED, context: Partial<PartialContext> = {}): string {
  return partialPieces(read(options, context)!, layout).map(({ part, first, last }) => `${part ?? ""}p${first}p${last}`)
    .join(" ");
}

function refused(run: () => unknown, option: string, message: RegExp): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    assert.equal(error.option, option);
    return error.remedy !== "";
  });
}

test("without such an option there is no partial rerun", () => {
  assert.equal(read({}), undefined);
  assert.equal(read({}, { jobs: [], wiki: undefined, isRestart: true }), undefined);
});

test("--partnum means the pieces of a part", () => {
  assert.equal(pieces({ partnum: "2" }), "2p71p122 2p123p154");
  assert.equal(pieces({ partnum: "1" }, PARTED), "1p1p70");
  assert.equal(
    pieces({ partnum: "1" }, PARTED, { jobs: ["xmlstubsdump", "metahistory7zdump"], wiki: undefined }),
    "1p1p70",
  );
  refused(() => pieces({ partnum: "3" }), "partnum", /no part 3/);
  refused(() => pieces({ partnum: "1" }, ALONE), "partnum", /has no parts/);
  for (const text of ["0", "-1", "two", "", "1.5"]) refused(() => read({ partnum: text }), "partnum", /is no part/);
});

test("--checkpoint means the piece of a file, in its part", () => {
  assert.equal(pieces({ checkpoint: `${HISTORY}2.xml-p71p122.bz2` }), "2p71p122");
  assert.equal(pieces({ checkpoint: `${HISTORY}2.xml-p71p122.bz2`, partnum: "2" }), "2p71p122");
  assert.equal(pieces({ checkpoint: `${HISTORY}2.xml.bz2` }, PARTED), "2p71pInfinity");
  assert.equal(pieces({ checkpoint: `${HISTORY}.xml.bz2` }, ALONE), "p1pInfinity");
  assert.equal(
    pieces({ checkpoint: `${HISTORY}2.xml-p71p122.7z` }, RANGED, { jobs: ["metahistory7zdump"] }),
    "2p71p122",
  );
  const index = "awiki-20260101-pages-articles-multistream-index2.txt-p71p122.bz2";
  assert.equal(pieces({ checkpoint: index }, RANGED, { jobs: ["articlesmultistreamdump"] }), "2p71p122");
});

test("--aftercheckpoint means the rest of the part after a file", () => {
  assert.equal(pieces({ aftercheckpoint: `${HISTORY}1.xml-p1p62.bz2` }), "1p63p70");
  assert.equal(pieces({ aftercheckpoint: `${HISTORY}2.xml-p71p90.bz2` }), "2p91p122 2p123p154");
  assert.equal(pieces({ aftercheckpoint: `${HISTORY}1.xml-p63p70.bz2` }), "");
  for (const rest of ["1.xml-p60p80", "3.xml-p1p20", ".xml-p1p20", "2.xml-p1p80"]) {
    refused(() => pieces({ aftercheckpoint: `${HISTORY}${rest}.bz2` }), "aftercheckpoint", /makes no file/);
  }
  refused(() => pieces({ aftercheckpoint: `${HISTORY}1.xml-p1p62.bz2` }, PARTED), "aftercheckpoint", /makes no file/);
  refused(() => read({ aftercheckpoint: `${HISTORY}1.xml.bz2` }), "aftercheckpoint", /does not say which pages/);
});

test("--pageidrange means these pages, in one piece for each part", () => {
  assert.equal(pieces({ pageidrange: "80,130" }), "2p80p130");
  assert.equal(pieces({ pageidrange: "60,80" }), "1p60p70 2p71p80");
  assert.equal(pieces({ pageidrange: "60" }), "1p60p70 2p71p154");
  assert.equal(pieces({ pageidrange: "60", partnum: "1" }), "1p60p70");
  assert.equal(pieces({ pageidrange: "5,5" }, jobLayout([WHOLE], [{ part: undefined, first: 1, last: 9 }])), "p5p5");
  refused(() => pieces({ pageidrange: "60,80", partnum: "1" }), "pageidrange", /not all in part 1/);
  refused(() => pieces({ pageidrange: "1,155" }), "pageidrange", /not all in this run/);
  refused(() => pieces({ pageidrange: "155" }), "pageidrange", /not all in this run/);
  refused(() => pieces({ pageidrange: "1,5", partnum: "9" }), "partnum", /no part 9/);
  refused(() => pieces({ pageidrange: "1,5" }, PARTED), "pageidrange", /no page ranges/);
  for (const text of ["", "0,5", "9,5", "1-5", "a,b", "1,2,3", "1,"]) {
    refused(() => read({ pageidrange: text }), "pageidrange", /no range of page ids/);
  }
});

test("a file of another job, wiki or date, or none of this run, is refused", () => {
  const no = /is no file of metahistorybz2dump of awiki/;
  for (
    const [file, message] of [
      ["awiki-20260101-pages-articles1.xml-p1p62.bz2", no],
      ["bwiki-20260101-pages-meta-history1.xml-p1p62.bz2", no],
      ["awiki-20260102-pages-meta-history1.xml-p1p62.bz2", no],
      [`${HISTORY}1.xml-p1p62.7z`, no],
      ["index.html", /not the name of a dump file/],
      [`/dumps/${HISTORY}1.xml-p1p62.bz2`, /not the name of a dump file/],
      [`${HISTORY}1.xml-p1p62.bz2.inprog`, /not the name of a dump file/],
      [`${HISTORY}1.xml-p1p61.bz2`, /makes no file/],
      [`${HISTORY}2.xml-p1p62.bz2`, /makes no file/],
      [`${HISTORY}1.xml.bz2`, /makes no file/],
    ] as const
  ) refused(() => pieces({ checkpoint: file }), "checkpoint", message);
  refused(() => pieces({ checkpoint: `${HISTORY}1.xml-p1p70.bz2` }, PARTED), "checkpoint", /makes no file/);
  assert.equal(
    pieces({ checkpoint: "awiki-20260102-pages-meta-history1.xml-p1p62.bz2" }, RANGED, { date: undefined }),
    "1p1p62",
  );
});

test("a part that contradicts the file is refused", () => {
  refused(() => read({ checkpoint: `${HISTORY}2.xml-p71p122.bz2`, partnum: "1" }), "partnum", /contradicts .*part 2/);
  refused(() => read({ aftercheckpoint: `${HISTORY}.xml-p71p122.bz2`, partnum: "1" }), "partnum", /no part$/);
});

test("options that exclude each other are refused", () => {
  const file = `${HISTORY}2.xml-p71p122.bz2`;
  refused(() => read({ pageidrange: "1", checkpoint: file }), "pageidrange", /--pageidrange and --checkpoint cannot/);
  refused(
    () => read({ checkpoint: file, aftercheckpoint: file }),
    "checkpoint",
    /--checkpoint and --aftercheckpoint cannot/,
  );
});

test("a partial rerun needs a job that has pieces, and for one file or range also a wiki", () => {
  const file = `${HISTORY}2.xml-p71p122.bz2`;
  const all: readonly PartialOptions[] = [{ partnum: "1" }, { pageidrange: "1" }, { checkpoint: file }, {
    aftercheckpoint: file,
  }];
  for (const options of all) {
    const option = Object.keys(options)[0]!;
    refused(() => read(options, { jobs: [] }), option, /needs --job/);
    refused(() => read(options, { isRestart: true }), option, /--restartfrom/);
    const never = ["pagetable", "tables", "noop", "latestlinks", "createdirs", "pagetitlesdump", "allpagetitlesdump"];
    for (
      const job of [
        ...never,
        "namespaces",
        "xmlpagelogsdump",
        "xmlstubsdumprecombine",
        "metahistory7zdumprecombine",
        "xmlflowdump",
      ]
    ) {
      refused(() => read(options, { jobs: [job] }), option, new RegExp(`makes no sense for ${job}`));
    }
    if (option === "partnum") continue;
    refused(() => read(options, { jobs: ["articlesdump", "metacurrentdump"] }), option, /is for one job, not 2/);
    refused(() => read(options, { wiki: undefined }), option, /needs the name of a wiki/);
    refused(() => read(options, { jobs: ["xmlstubsdump"] }), option, /makes no sense for xmlstubsdump/);
  }
  refused(() => read({ partnum: "1" }, { jobs: ["articlesdump", "noop"] }), "partnum", /makes no sense for noop/);
  refused(() => read({ aftercheckpoint: file }, { jobs: ["metahistory7zdump"] }), "aftercheckpoint", /makes no sense/);
});
