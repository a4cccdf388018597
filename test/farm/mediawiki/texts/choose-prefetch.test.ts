import assert from "node:assert/strict";
import { test } from "node:test";
import {
  choosePrefetch,
  type PrefetchRun,
  type PrefetchWish,
} from "../../../../lib/farm/mediawiki/texts/choose-prefetch.ts";

const BZ2 = { extension: "bz2", job: "metahistorybz2dump" } as const;
const SEVEN = { extension: "7z", job: "metahistory7zdump" } as const;
const WISH: PrefetchWish = { wiki: "tewiki", dumpName: "pages-meta-history", date: "20260401", kinds: [BZ2] };

function run(date: string, endings: readonly string[], jobs: readonly string[] = [BZ2.job, SEVEN.job]): PrefetchRun {
  return { date, files: endings.map((ending) => `tewiki-${date}-pages-meta-history${ending}`), jobsDone: jobs };
}

function chosen(wish: Partial<PrefetchWish>, ...runs: PrefetchRun[]): string | undefined {
  const choice = choosePrefetch({ ...WISH, ...wish }, runs);
  return choice?.names.map((name) => name.replace(/^tewiki-/, "").replace("-pages-meta-history", "")).join(" ");
}

test("the newest run counts that has done the job, never the one that asks", () => {
  const runs = [
    run("20260401", [".xml.bz2"]),
    run("20260301", [".xml.bz2"], ["articlesdump"]),
    run("20260101", [".xml.bz2"]),
    run("20260201", [".xml.bz2"]),
  ];
  assert.equal(chosen({}, ...runs), "20260201.xml.bz2");
  assert.equal(chosen({ onlyDate: "20260101" }, ...runs), "20260101.xml.bz2");
  assert.equal(chosen({ onlyDate: "20260301" }, ...runs), undefined);
  assert.equal(chosen({}), undefined);
});

test("ranges that overlap, then parts, then the whole", () => {
  const ranges = ["2.xml-p71p122.bz2", "1.xml-p63p70.bz2", "1.xml-p1p62.bz2", "2.xml-p123p154.bz2"];
  const parts = ["10.xml.bz2", "2.xml.bz2", "1.xml.bz2"];
  const all = run("20260101", [...ranges, ...parts, ".xml.bz2"]);
  assert.equal(
    chosen({}, all),
    "202601011.xml-p1p62.bz2 202601011.xml-p63p70.bz2 202601012.xml-p71p122.bz2 202601012.xml-p123p154.bz2",
  );
  assert.equal(chosen({ pages: { first: 70, last: 71 } }, all), "202601011.xml-p63p70.bz2 202601012.xml-p71p122.bz2");
  assert.equal(chosen({ pages: { first: 154, last: Infinity } }, all), "202601012.xml-p123p154.bz2");
  const beyond = { pages: { first: 155, last: Infinity } };
  assert.equal(chosen(beyond, all), "202601011.xml.bz2 202601012.xml.bz2 2026010110.xml.bz2");
  assert.equal(chosen(beyond, run("20260101", [...ranges, ".xml.bz2"])), "20260101.xml.bz2");
});

test("7z first where that is wished, if its job is done", () => {
  const both = [".xml.bz2", ".xml.7z"];
  const kinds = [SEVEN, BZ2];
  assert.equal(chosen({ kinds }, run("20260101", both)), "20260101.xml.7z");
  assert.equal(chosen({ kinds }, run("20260101", both, [BZ2.job])), "20260101.xml.bz2");
  assert.equal(chosen({}, run("20260101", both)), "20260101.xml.bz2");
});

test("unfinished files, other wikis, dates and dumps do not count", () => {
  const strange: PrefetchRun = {
    date: "20260101",
    jobsDone: [BZ2.job],
    files: [
      "tewiki-20260101-pages-meta-history.xml.bz2.inprog",
      "tewiki-20260101-pages-meta-current.xml.bz2",
      "otherwiki-20260101-pages-meta-history.xml.bz2",
      "tewiki-20251201-pages-meta-history.xml.bz2",
      "tewiki-20260101-pages-meta-history.xml.gz",
    ],
  };
  assert.equal(choosePrefetch(WISH, [strange]), undefined);
});
