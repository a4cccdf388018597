import assert from "node:assert/strict";
import { test } from "node:test";
import { describeProgress } from "../../lib/farm/describe-progress.ts";
import { COMPLETE, RUNNING } from "./report/sample-run.ts";

test("who asks is told every job at work: since when, how far, its files as long as they are", () => {
  assert.deepEqual(describeProgress(RUNNING, new Date("2026-01-01T22:13:08Z")), [
    "At tewiki 20260101: 3 of 5 jobs finished, 1 failed",
    "  articlesdump for 3 min 5 s, 1200 pages, 340/s, tewiki-20260101-pages-articles.xml.bz2 345 KB",
  ]);
});

test("a run between two jobs says so", () => {
  assert.deepEqual(describeProgress(COMPLETE, new Date()), [
    "At tewiki 20260101: 2 of 2 jobs finished; no job is at work",
  ]);
});
