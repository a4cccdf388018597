import assert from "node:assert/strict";
import fc from "fast-check";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { parseRunInfoText } from "../../../lib/farm/report/run-info.ts";
import { readRun } from "../../../lib/farm/report/run-reader.ts";
import { runTotals } from "../../../lib/farm/report/run-totals.ts";
import { parseDumpStatus } from "../../../lib/farm/report/status-json-reader.ts";
import { parseStatusLine } from "../../../lib/farm/report/status-line.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";
import { RUNNING } from "./sample-run.ts";

const REAL = ["reference", "run", "public", "elwikivoyage", "20261101"];
const IDENTITY = { wiki: "elwikivoyage", date: "20261101", isPrivate: false, isClosed: false };

function directoryWith(context: TestContext, files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "wikidump-reader-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

test("a run of the reference is read: jobs in order, files with sizes and sums, complete", {
  skip: skipWithoutShared(...REAL),
}, async () => {
  const { status, line, problems } = await readRun(sharedPath(...REAL)!, IDENTITY);
  assert.deepEqual(problems, []);
  assert.equal(line?.state, "complete");
  assert.equal(status?.phase, "finished");
  assert.equal(status?.jobs.length, 38);
  assert.equal(status?.jobs[0]?.name, "sitestatstable");
  assert.equal(status?.jobs.at(-1)?.name, "articlesmultistreamdumprecombine");
  assert.ok(runTotals(status).isComplete);
  assert.equal(status.startedAt.toISOString(), "2026-11-22T15:35:39.000Z");
  const sums = readFileSync(sharedPath(...REAL, "elwikivoyage-20261101-md5sums.txt")!, "utf8").trimEnd().split("\n");
  assert.deepEqual(status.jobs.flatMap((job) => job.files.map((file) => `${file.md5}  ${file.name}`)), sums);
});

test(
  "without dumpstatus.json the older files tell as much as they can",
  { skip: skipWithoutShared(...REAL) },
  async (context) => {
    const directory = directoryWith(context, { "dumpstatus.json": "" });
    for (const name of ["dumpruninfo.txt", "report.json", "status.html"]) {
      cpSync(
        sharedPath(...REAL, name)!,
        join(directory, name),
      );
    }
    const { status, problems } = await readRun(directory, IDENTITY);
    assert.equal(problems.length, 1, "the empty file is told of");
    assert.ok(status !== undefined && runTotals(status).isComplete);
    assert.equal(status.jobs[0]?.files[0]?.sizeBytes, 795);
  },
);

test("a state that an operator has mended by hand wins", async (context) => {
  const jobs = { a: { status: "failed", updated: "2026-01-01 00:00:00", title: "A", files: { f: { size: 5 } } } };
  const directory = directoryWith(context, {
    "dumpstatus.json": JSON.stringify({ jobs }),
    "dumpruninfo.txt": "name:a; status:done; updated:2026-01-02 00:00:00\n",
  });
  const { status } = await readRun(directory, RUNNING);
  assert.equal(status?.jobs[0]?.state, "done");
  assert.equal(status?.jobs[0]?.title, "A");
  assert.equal(status?.jobs[0]?.files[0]?.sizeBytes, 5);
});

test("an abort that the reference's monitor wrote wins over what the worker had said", async (context) => {
  const directory = directoryWith(context, {
    "dumpstatus.json": JSON.stringify({ jobs: { a: { status: "in-progress", updated: "" } }, phase: "running" }),
    "status.html":
      `<li>2026-01-01 22:10:03 <a href="x/20260101">x</a>: <span class="failed">dump aborted</span></li>\n`,
  });
  assert.equal((await readRun(directory, RUNNING)).status?.phase, "aborted");
});

test("an empty directory and one that is not there have no status and no problem", async (context) => {
  const directory = directoryWith(context, {});
  for (const path of [directory, join(directory, "nowhere")]) {
    assert.deepEqual(await readRun(path, RUNNING), { status: undefined, line: undefined, problems: [] });
  }
});

test("a directory in the place of a file is a problem, and the others are read", async (context) => {
  const directory = directoryWith(context, { "dumpruninfo.txt": "name:a; status:done; updated:\n" });
  mkdirSync(join(directory, "dumpstatus.json"));
  const { status, problems } = await readRun(directory, RUNNING);
  assert.equal(problems.length, 1);
  assert.equal(status?.jobs[0]?.name, "a");
});

test("readers never fail on garbage, but for a text that is no JSON object", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    parseRunInfoText(text);
    parseStatusLine(text);
  }));
  fc.assert(fc.property(fc.json(), (text) => {
    try {
      parseDumpStatus(text);
    } catch (error) {
      assert.ok(error instanceof TypeError && error.message === "it is not a JSON object");
    }
    parseDumpStatus(
      `{"jobs": {"a": {"status": "done", "files": ${text}, "error": ${text}, "notices": ${text}}, "__proto__": ${text}}}`,
    );
  }));
});
