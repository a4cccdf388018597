import assert from "node:assert/strict";
import test from "node:test";
import { byAge, byName, type FarmEntry, farmState } from "../../../lib/farm/report/farm-entry.ts";
import {
  activityText,
  byNameFileName,
  type FarmPage,
  renderFarmJson,
  renderFarmPage,
} from "../../../lib/farm/report/farm-page.ts";
import { renderFarmPageFromTemplate } from "../../../lib/farm/report/farm-page-template.ts";
import { assertAccessible } from "./page-check.ts";
import { COMPLETE, job, RUNNING, SETTINGS } from "./sample-run.ts";

function entry(wiki: string, more: Partial<FarmEntry> = {}): FarmEntry {
  const status = more.status === undefined ? undefined : { ...more.status, wiki, isClosed: more.isClosed ?? false };
  const common = {
    wiki,
    isPrivate: false,
    isClosed: false,
    date: undefined,
    line: undefined,
    isLocked: false,
    problems: [],
  };
  return { ...common, ...more, status };
}

const OLD = { ...COMPLETE, date: "20251201", updatedAt: new Date("2025-12-02T00:00:00Z") };
const ENTRIES: FarmEntry[] = [
  entry("neverwiki"),
  entry("abortwiki", { date: "20260101", status: { ...RUNNING, phase: "aborted" } }),
  entry("oldwiki", { date: "20251201", status: OLD }),
  entry("laterwiki", { date: "20260101", status: { ...COMPLETE, updatedAt: new Date("2026-01-03T00:00:00Z") } }),
  entry("brokenwiki", { date: "20260101", problems: ["Cannot read brokenwiki/20260101/dumpstatus.json: <script>"] }),
  entry("runwiki", { date: "20260101", status: RUNNING, isLocked: true, isClosed: true }),
  entry("badwiki", { date: "20260101", status: { ...COMPLETE, jobs: [job("a", { state: "failed" })] } }),
];

function page(more: Partial<FarmPage> = {}): FarmPage {
  const otherPage = { order: "wiki name", fileName: "backup-index-bydb.html" } as const;
  return { settings: SETTINGS, entries: ENTRIES, maintenance: "", otherPage, ...more };
}

test("wikis are sorted by age: newest success, then given up or unreadable, then never dumped", () => {
  assert.deepEqual(byAge(ENTRIES).map(({ wiki }) => wiki), [
    "laterwiki",
    "badwiki",
    "runwiki",
    "oldwiki",
    "abortwiki",
    "brokenwiki",
    "neverwiki",
  ]);
  assert.deepEqual(byName(ENTRIES).map(({ wiki }) => wiki).slice(0, 2), ["abortwiki", "badwiki"]);
});

test("every wiki counts as one thing", () => {
  assert.deepEqual(ENTRIES.map(farmState), [
    "never",
    "aborted",
    "complete",
    "complete",
    "unreadable",
    "running",
    "failed",
  ]);
  assert.equal(farmState(entry("x", { date: "20260101" })), "unreadable");
});

test("the page is in order, and counts in words", () => {
  const text = renderFarmPage(page());
  assertAccessible(text);
  for (
    const count of [
      "<b>2</b> complete",
      "<b>1</b> in progress",
      "<b>2</b> failed",
      "<b>1</b> never dumped",
      "<b>1</b> not readable",
    ]
  ) {
    assert.ok(text.includes(count), count);
  }
  assert.match(text, /Dumps are in progress\.\.\./);
  assert.match(text, /<a href="runwiki\/20260101\/">runwiki<\/a>/);
  assert.match(text, /articlesdump: <span dir="auto">1200 pages, 340\/s<\/span>/);
  assert.match(text, /brokenwiki: Cannot read brokenwiki\/20260101\/dumpstatus\.json: &lt;script&gt;/);
  assert.match(
    text,
    /<td><span class="state calm"><span aria-hidden="true">·<\/span> Has not yet been dumped<\/span><\/td>/,
  );
});

test("jobs that one reading feeds show their common progress once", () => {
  const jobs = ["a", "b", "c"].map((name) =>
    job(name, { state: "in-progress", progress: name === "c" ? "5 pages" : "9 pages" })
  );
  const text = renderFarmPage(
    page({ entries: [entry("runwiki", { date: "20260101", status: { ...RUNNING, jobs } })] }),
  );
  assert.match(
    text,
    /<div class="soft">a, b: <span dir="auto">9 pages<\/span><\/div><div class="soft">c: <span dir="auto">5 pages/,
  );
});

test("an empty farm has a page, too", () => {
  assertAccessible(renderFarmPage(page({ entries: [] })));
});

test("the farm is in progress, else in maintenance, else idle", () => {
  const idle = ENTRIES.filter((one) => one.wiki !== "runwiki");
  assert.equal(activityText({ entries: ENTRIES, maintenance: "Disks" }), "Dumps are in progress...");
  assert.equal(activityText({ entries: idle, maintenance: "Disks" }), "Disks");
  assert.equal(activityText({ entries: idle, maintenance: "" }), "Dump process is idle.");
  const text = renderFarmPage(page({ entries: idle, maintenance: "Disks <i>" }));
  assert.match(text, /Disks &lt;i&gt;/);
});

test("the page by name is named after the last dot of the file name", () => {
  assert.equal(byNameFileName("backup-index.html"), "backup-index-bydb.html");
  assert.equal(byNameFileName("dumps.v2.html"), "dumps.v2-bydb.html");
  assert.equal(byNameFileName("index"), "index-bydb");
});

test("index.json has every wiki, and says nothing of one that was never dumped", () => {
  const { wikis } = JSON.parse(renderFarmJson(SETTINGS, byName(ENTRIES)));
  assert.equal(Object.keys(wikis).length, 7);
  assert.deepEqual(wikis.neverwiki, {});
  assert.equal(wikis.laterwiki.version, "0.8");
  assert.equal(wikis.laterwiki.jobs.pagetable.status, "done");
  assert.deepEqual(Object.keys(wikis.brokenwiki), ["error"]);
});

test("a template gets the reference's lines", () => {
  const text = renderFarmPageFromTemplate(page({ entries: byAge(ENTRIES) }), {
    path: "progress.html",
    text: "%(status)s|%(otherIndexLink)s|%(items)s",
  });
  const [status, link, items] = text.split("|");
  assert.equal(status, "Dumps are in progress...");
  assert.equal(link, `Sort by <a href="backup-index-bydb.html">wiki name</a>`);
  assert.equal(
    items!.split("\n")[0],
    `<li>2026-01-03 00:00:00 <a href="laterwiki/20260101">laterwiki</a>: <span class='done'>Dump complete</span></li>`,
  );
  assert.match(items!, /<li> neverwiki \(new\): has not yet been dumped<\/li>/);
  assert.match(items!, /<a href="runwiki\/20260101">runwiki<\/a> \(closed\): <span class='in-progress failed'>/);
  assert.match(items!, /<li> <a href="brokenwiki\/20260101">brokenwiki<\/a>: missing status record<\/li>/);
});
