import assert from "node:assert/strict";
import { test } from "node:test";
import { sevenZipJob } from "../../../lib/farm/jobs/seven-zip-job.ts";
import { articlesJob } from "../../../lib/farm/jobs/page-content.ts";
import type { JobDefinition, Piece } from "../../../lib/farm/jobs/job.ts";
import { outputNames } from "../../../lib/farm/jobs/job-outputs.ts";
import { type RunLayout, WHOLE_LAYOUT } from "../../../lib/farm/jobs/run-layout.ts";
import type { PartialRerun } from "../../../lib/farm/layout/partial-options.ts";
import type { JobState, JobStatus } from "../../../lib/farm/report/run-status.ts";
import { choosePieces } from "../../../lib/farm/run/choose-pieces.ts";

const RANGES = [
  { part: 1, first: 1, last: 50 },
  { part: 1, first: 51, last: 70 },
  { part: 2, first: 71, last: 154 },
];
const LAYOUT: RunLayout = {
  ...WHOLE_LAYOUT,
  parts: [{ part: 1, first: 1, last: 70 }, { part: 2, first: 71, last: Infinity }],
  ranges: { "articles": RANGES, "meta-current": RANGES, "meta-history": RANGES },
};

function earlierJob(state: JobState, names: readonly string[]): JobStatus {
  const files = names.map((name) => ({ name, sizeBytes: 1, md5: "0", sha1: "0" }));
  return {
    name: "articlesdump",
    title: "",
    detail: "",
    state,
    updated: undefined,
    progress: "",
    files,
    trouble: undefined,
    notices: [],
  };
}

interface Choice {
  readonly definition?: JobDefinition;
  readonly layout?: RunLayout;
  readonly state?: JobState;
  readonly published?: readonly string[];
  readonly partial?: PartialRerun;
}

/** What becomes of each file: "articles1.xml-p1p50.bz2 do", … */
function choose({ definition = articlesJob, layout = LAYOUT, state = "failed", published = [], partial }: Choice) {
  const pieces = definition.pieces(layout)!;
  const names = published.map((rest) => `tewiki-20260101-pages-${rest}`);
  const options = { wiki: "tewiki", date: "20260101", definition, earlier: earlierJob(state, names), partial };
  return choosePieces(pieces, options).map(({ piece, choice }) => `${shortName(piece)} ${choice}`);
}

function shortName({ outputs }: Piece): string {
  return outputNames(outputs, "tewiki", "20260101")[0]!.slice("tewiki-20260101-pages-".length);
}

test("without anything from before, all pieces are done", () => {
  assert.deepEqual(choose({}), [
    "articles1.xml-p1p50.bz2 do",
    "articles1.xml-p51p70.bz2 do",
    "articles2.xml-p71p154.bz2 do",
  ]);
  assert.deepEqual(choose({ layout: WHOLE_LAYOUT }), ["articles.xml.bz2 do"]);
});

test("what a failed attempt published is kept; a job that was done is done anew", () => {
  const published = ["articles1.xml-p51p70.bz2"];
  assert.deepEqual(choose({ published }), [
    "articles1.xml-p1p50.bz2 do",
    "articles1.xml-p51p70.bz2 keep",
    "articles2.xml-p71p154.bz2 do",
  ]);
  assert.deepEqual(choose({ published, state: "done" })[1], "articles1.xml-p51p70.bz2 do");
});

test("files of other ranges count for the pages that they have", () => {
  assert.deepEqual(choose({ published: ["articles1.xml-p11p30.bz2"] }), [
    "articles1.xml-p1p10.bz2 do",
    "articles1.xml-p11p30.bz2 keep",
    "articles1.xml-p31p50.bz2 do",
    "articles1.xml-p51p70.bz2 do",
    "articles2.xml-p71p154.bz2 do",
  ]);
});

test("files that have the same pages are an error that says which", () => {
  const published = ["articles1.xml-p11p30.bz2", "articles1.xml-p30p40.bz2"];
  assert.throws(() => choose({ published }), { name: "JobError", code: "LAYOUT", message: /p11p30.*p30p40/ });
});

test("of a part, its pieces are done, also those that are there; the others are left or kept", () => {
  const partial: PartialRerun = { kind: "part", jobs: ["articlesdump"], part: 1 };
  assert.deepEqual(choose({ partial, published: ["articles1.xml-p1p50.bz2"] }), [
    "articles1.xml-p1p50.bz2 do",
    "articles1.xml-p51p70.bz2 do",
    "articles2.xml-p71p154.bz2 leave",
  ]);
  const published = ["articles2.xml-p71p154.bz2"];
  assert.equal(choose({ partial, published, state: "done" })[2], "articles2.xml-p71p154.bz2 keep");
});

test("a file alone, and what comes after a file", () => {
  const file = { part: 1, range: { first: 1, last: 50 }, fileName: "tewiki-20260101-pages-articles1.xml-p1p50.bz2" };
  const only: PartialRerun = { kind: "file", jobs: ["articlesdump"], ...file };
  assert.deepEqual(choose({ partial: only }), [
    "articles1.xml-p1p50.bz2 do",
    "articles1.xml-p51p70.bz2 leave",
    "articles2.xml-p71p154.bz2 leave",
  ]);
  const after: PartialRerun = { kind: "after", jobs: ["articlesdump"], ...file };
  assert.deepEqual(choose({ partial: after }), [
    "articles1.xml-p1p50.bz2 leave",
    "articles1.xml-p51p70.bz2 do",
    "articles2.xml-p71p154.bz2 leave",
  ]);
});

test("pages of one's own choice become a file of their own, unless another file has them", () => {
  const partial: PartialRerun = { kind: "pages", jobs: ["articlesdump"], part: undefined, first: 60, last: 80 };
  assert.deepEqual(choose({ partial }), [
    "articles1.xml-p1p50.bz2 leave",
    "articles1.xml-p51p70.bz2 leave",
    "articles2.xml-p71p154.bz2 leave",
    "articles1.xml-p60p70.bz2 do",
    "articles2.xml-p71p80.bz2 do",
  ]);
  const published = ["articles1.xml-p51p70.bz2"];
  assert.throws(() => choose({ partial, published }), { name: "JobError", code: "LAYOUT" });
});

test("7z pieces follow those of the history", () => {
  assert.deepEqual(choose({ definition: sevenZipJob, published: ["meta-history1.xml-p1p50.7z"] }), [
    "meta-history1.xml-p1p50.7z keep",
    "meta-history1.xml-p51p70.7z do",
    "meta-history2.xml-p71p154.7z do",
  ]);
});
