import assert from "node:assert/strict";
import test from "node:test";
import { renderRunPage } from "../../../lib/farm/report/run-page.ts";
import { renderRunPageFromTemplate } from "../../../lib/farm/report/run-page-template.ts";
import { renderFeed } from "../../../lib/farm/report/feed.ts";
import { renderStatusHtml } from "../../../lib/farm/report/status-line.ts";
import { assertAccessible, elementsOf } from "./page-check.ts";
import type { RunStatus } from "../../../lib/farm/report/run-status.ts";
import { COMPLETE, file, job, RUNNING, SETTINGS } from "./sample-run.ts";

const BAD = `"><script>alert('1')</script>&<b `;

/** A run in which every text that can come from outside is hostile. */
const HOSTILE: RunStatus = {
  ...RUNNING,
  notice: BAD,
  jobs: RUNNING.jobs.map((one) => ({
    ...one,
    title: BAD,
    detail: BAD,
    progress: BAD,
    notices: [BAD],
    trouble: one.state === "failed" ? { code: BAD, message: BAD, remedy: BAD } : undefined,
    files: [file(BAD, 5)],
  })),
};

test("the page of every kind of run is in order and can be used without eyes, colour, style and script", () => {
  for (
    const status of [RUNNING, COMPLETE, HOSTILE, { ...RUNNING, phase: "aborted" as const }, { ...COMPLETE, jobs: [] }]
  ) {
    assertAccessible(renderRunPage(SETTINGS, status));
  }
});

test("markup in titles, details, progress, notices, troubles and names is shown, not obeyed", () => {
  const pages = [renderRunPage(SETTINGS, HOSTILE), renderStatusHtml(SETTINGS, HOSTILE)];
  const template = { path: "report.html", text: "<ul>%(items)s</ul><p>%(notice)s</p>" };
  pages.push(renderRunPageFromTemplate(SETTINGS, HOSTILE, template));
  for (const page of pages) {
    assert.equal(page.includes("<script"), false);
    assert.equal(elementsOf(page).some((element) => element.name === "script" || element.name === "b"), false);
    assert.ok(page.includes("&lt;script&gt;"));
  }
});

test("what failed stands near the top, with message and remedy, and leads to its job", () => {
  const page = renderRunPage(SETTINGS, RUNNING);
  const text = page.slice(page.indexOf("What failed"), page.indexOf("<table>"));
  assert.match(
    text,
    /<a href="#sitestatstable">sitestatstable<\/a>: mysqldump ended with exit code 2\. <strong>Look at the database&#39;s log\.<\/strong>/,
  );
  assert.match(text, /<a href="#articlesdump">articlesdump<\/a>: Revision 7: the text is missing/);
});

test("jobs that failed for the same reason are told together, each with its link", () => {
  const trouble = { code: "TRUNCATED", message: "The export ends too early", remedy: "Fetch it again" };
  const jobs = RUNNING.jobs.map((job) => ({ ...job, state: "failed" as const, trouble }));
  const page = renderRunPage(SETTINGS, { ...RUNNING, jobs });
  const text = page.slice(page.indexOf("What failed"), page.indexOf("<table>"));
  assert.equal(text.split("The export ends too early").length, 2);
  for (const { name } of jobs) assert.ok(text.includes(`<a href="#${name}">${name}</a>`), name);
});

test("of very many notices some are shown, and the others counted", () => {
  const notices = Array.from({ length: 1500 }, (_, n) => `notice ${n}`);
  const page = renderRunPage(SETTINGS, { ...RUNNING, jobs: [job("a", { notices })] });
  assert.match(page, /notice 19</);
  assert.doesNotMatch(page, /notice 20</);
  assert.match(page, /1,480 more/);
});

test("sizes are pretty and exact, links are bare names, so that copies of the page work", () => {
  const page = renderRunPage(SETTINGS, RUNNING);
  assert.match(
    page,
    /<a href="tewiki-20260101-page\.sql\.gz"><bdi>tewiki-20260101-page\.sql\.gz<\/bdi><\/a> <span class="soft"><data value="67">67 bytes<\/data>/,
  );
  assert.match(page, /<data value="353745">345 KB \(353,745 bytes\)<\/data> so far/);
  assert.match(page, /<a href="\.\.\/20251201\/"><time class="whole" datetime="2025-12-01">2025-12-01<\/time><\/a>/);
});

test("progress is a bar with the same in words while there is something to do, and words alone after", () => {
  assert.match(
    renderRunPage(SETTINGS, RUNNING),
    /<progress max="5" value="3" aria-label="Finished jobs">3<\/progress> 3 of 5 jobs finished \(1 failed, 1 skipped, 1 at work\)/,
  );
  const after = renderRunPage(SETTINGS, COMPLETE);
  assert.equal(after.includes("<progress"), false);
  assert.match(after, /2 of 2 jobs finished \(1 skipped\)/);
});

test("a template gets a link or an address for the checksums, whichever fits its place", () => {
  const fill = (text: string): string => renderRunPageFromTemplate(SETTINGS, COMPLETE, { path: "report.html", text });
  const url = "/d/tewiki/20260101/tewiki-20260101-md5sums.txt";
  assert.equal(fill(`<a href="%(checksum)s">MD5</a>`), `<a href="${url}">MD5</a>`);
  assert.ok(fill("<p>%(checksum)s</p>").startsWith(`<p><a href="${url}">(md5)</a>, <a href=`));
});

test("a template gets the reference's item markup, last job first", () => {
  const text = renderRunPageFromTemplate(SETTINGS, COMPLETE, { path: "report.html", text: "%(items)s" });
  assert.equal(
    text,
    `<li class='skipped'><span class='updates'></span> <span class='status'>skipped</span> <span class='title'>Title of xmlstubsdump</span></li>\n` +
      `<li class='done'><span class='updates'>2026-01-01 21:57:40</span> <span class='status'>done</span> <span class='title'>Base data of pages</span>` +
      `<ul><li class='detail'>optional detail</li>\n<li class='file'><a href="/d/tewiki/20260101/tewiki-20260101-page.sql.gz">tewiki-20260101-page.sql.gz</a> 67 bytes</li></ul></li>`,
  );
});

test("a feed names file, run and time, and is well-formed", () => {
  const feed = renderFeed(SETTINGS, RUNNING, {
    fileName: "tewiki-20260101-page.sql.gz",
    publishedAt: new Date("2026-11-22T15:15:59Z"),
  });
  assert.match(feed, /<title>page\.sql\.gz<\/title>/);
  assert.match(feed, /<link>https:\/\/dumps\.example\/d\/tewiki\/20260101<\/link>/);
  assert.match(feed, /<pubDate>Sun, 22 Nov 2026 15:15:59 GMT<\/pubDate>/);
  assert.match(
    feed,
    /<description>&lt;a href=&quot;https:\/\/dumps\.example\/d\/tewiki\/20260101\/tewiki-20260101-page\.sql\.gz&quot;&gt;/,
  );
});
