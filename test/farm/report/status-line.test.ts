import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { parseStatusLine, renderStatusHtml, renderStatusLine } from "../../../lib/farm/report/status-line.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";
import { COMPLETE, job, RUNNING, SETTINGS } from "./sample-run.ts";

const HEAD = `<li>2026-01-01 22:10:03 <a href="tewiki/20260101">tewiki</a>: `;

test("a complete run has the reference's line, to the letter", () => {
  assert.equal(renderStatusHtml(SETTINGS, COMPLETE), `${HEAD}<span class='done'>Dump complete</span></li>\n`);
});

test("a run with waiting jobs is partial, failures are counted", () => {
  const jobs = [job("a", { state: "failed" }), job("b")];
  const line = renderStatusHtml(SETTINGS, { ...COMPLETE, jobs });
  assert.equal(line, `${HEAD}<span class='partial-dump failed'>Partial dump, 1 item failed</span></li>\n`);
  const twice = renderStatusHtml(SETTINGS, { ...COMPLETE, jobs: jobs.map((one) => ({ ...one, state: "failed" })) });
  assert.equal(twice, `${HEAD}<span class='done failed'>Dump complete, 2 items failed</span></li>\n`);
});

test("an aborted run has double quotes, as the monitor of the reference writes it", () => {
  const line = renderStatusHtml(SETTINGS, { ...RUNNING, phase: "aborted" });
  assert.equal(line, `${HEAD}<span class="failed">dump aborted</span></li>\n`);
});

test("a running run shows the jobs at work with their progress, and no words that programs look for", () => {
  const text = renderStatusHtml(SETTINGS, { ...RUNNING, jobs: RUNNING.jobs.filter((one) => one.state !== "failed") });
  assert.equal(
    text,
    `${HEAD}<span class='in-progress'>Dump in progress</span></li>\n` +
      `<ul><li class='in-progress'><span class='updates'>2026-01-01 22:10:03</span> <span class='status'>in-progress</span> ` +
      `<span class='title'>Title of articlesdump</span><div class='progress'>1200 pages, 340/s</div>` +
      `<ul><li class='file'>tewiki-20260101-pages-articles.xml.bz2 345 KB (written) </li></ul></li></ul>\n`,
  );
  assert.equal(text.includes("missing"), false);
});

test("private, closed and new wikis are marked", () => {
  const line = (run: { isPrivate?: boolean; isClosed?: boolean; date?: string }): string =>
    String(renderStatusLine({ ...COMPLETE, ...run }, { updated: undefined, span: "missing status record" }));
  assert.equal(line({ isPrivate: true }), "<li> tewiki (private data): missing status record</li>");
  assert.equal(
    line({ isClosed: true }),
    `<li> <a href="tewiki/20260101">tewiki</a> (closed): missing status record</li>`,
  );
  assert.equal(line({ date: "" }), "<li> tewiki (new): missing status record</li>");
});

test("every line that is written is read back as what it says", () => {
  const states = [
    [COMPLETE, "complete"],
    [RUNNING, "in-progress"],
    [{ ...RUNNING, phase: "aborted" as const }, "aborted"],
    [{ ...RUNNING, phase: "finished" as const }, "partial"],
  ] as const;
  for (const [status, state] of states) {
    const parsed = parseStatusLine(renderStatusHtml(SETTINGS, status));
    assert.equal(parsed.state, state);
    assert.equal(parsed.updated?.toISOString(), "2026-01-01T22:10:03.000Z");
  }
  assert.equal(parseStatusLine(renderStatusHtml(SETTINGS, RUNNING)).failedCount, 1);
});

test("garbage and an empty file are of unknown state", () => {
  for (const text of ["", "\n", "<li>", "<span class='done'></span>", "\u0000\u0001"]) {
    assert.deepEqual(parseStatusLine(text), { state: "unknown", failedCount: 0, updated: undefined });
  }
});

const REAL = ["reference", "run", "public", "elwikivoyage", "20261101", "status.html"];
test("the reference's own file is read", { skip: skipWithoutShared(...REAL) }, () => {
  const parsed = parseStatusLine(readFileSync(sharedPath(...REAL)!, "utf8"));
  assert.equal(parsed.state, "complete");
  assert.equal(parsed.updated?.toISOString(), "2026-11-22T15:38:14.000Z");
});
