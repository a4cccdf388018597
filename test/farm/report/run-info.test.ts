import assert from "node:assert/strict";
import test from "node:test";
import { parseRunInfoText, renderRunInfoJson, renderRunInfoText } from "../../../lib/farm/report/run-info.ts";
import { RUNNING } from "./sample-run.ts";

test("the text has one line per job, last job first", () => {
  assert.equal(
    renderRunInfoText(RUNNING),
    "name:metahistory7zdump; status:waiting; updated:\n" +
      "name:articlesdump; status:in-progress; updated:2026-01-01 22:10:03\n" +
      "name:xmlstubsdump; status:skipped; updated:2026-01-01 21:59:00\n" +
      "name:sitestatstable; status:failed; updated:2026-01-01 21:58:00\n" +
      "name:pagetable; status:done; updated:2026-01-01 21:57:40\n",
  );
});

test("the JSON has the same, by name, descending", () => {
  const { jobs } = JSON.parse(renderRunInfoJson(RUNNING)) as { jobs: Record<string, unknown> };
  assert.deepEqual(Object.keys(jobs), [
    "xmlstubsdump",
    "sitestatstable",
    "pagetable",
    "metahistory7zdump",
    "articlesdump",
  ]);
  assert.deepEqual(jobs["pagetable"], { status: "done", updated: "2026-01-01 21:57:40" });
});

test("what was written is read back in order of execution", () => {
  const expected = RUNNING.jobs.map(({ name, state, updated }) => ({ name, state, updated }));
  assert.deepEqual(parseRunInfoText(renderRunInfoText(RUNNING)), expected);
});

test("lines that were edited by hand are read, lines that make no sense are left out", () => {
  const text = [
    "  name: b ;status: done;updated: 2026-01-01 21:57:40  ",
    "",
    "name:x; status:perhaps; updated:",
    "status:done; updated:2026-01-01 21:57:40",
    "complete nonsense",
    "name:b; status:failed; updated:",
    "name:a; status:waiting; updated:yesterday\r",
  ].join("\n");
  assert.deepEqual(parseRunInfoText(text), [
    { name: "a", state: "waiting", updated: undefined },
    { name: "b", state: "done", updated: new Date("2026-01-01T21:57:40Z") },
  ]);
});
