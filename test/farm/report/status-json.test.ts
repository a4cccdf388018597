import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { renderChecksumJson, renderChecksumText } from "../../../lib/farm/report/checksums.ts";
import { renderSpecialFiles } from "../../../lib/farm/report/special-files.ts";
import { renderDumpStatus, renderReportJson } from "../../../lib/farm/report/status-json.ts";
import { parseDumpStatus } from "../../../lib/farm/report/status-json-reader.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";
import { COMPLETE, job, RUNNING, SETTINGS } from "./sample-run.ts";

// deno-lint-ignore no-explicit-any
const parse = (text: string): any => JSON.parse(text);
const URL_PATH = "/d/tewiki/20260101/tewiki-20260101-page.sql.gz";

test("dumpstatus.json has the reference's keys for jobs and files", () => {
  const { jobs, version } = parse(renderDumpStatus(SETTINGS, RUNNING));
  assert.equal(version, "0.8");
  assert.equal(jobs.pagetable.status, "done");
  assert.equal(jobs.pagetable.updated, "2026-01-01 21:57:40");
  const [entry] = Object.values(jobs.pagetable.files) as { size: number; url: string; md5: string; sha1: string }[];
  assert.deepEqual(entry, { size: 67, url: URL_PATH, md5: "4d5b".repeat(8), sha1: "0c1f".repeat(10) });
  assert.deepEqual(jobs.articlesdump.files, { "tewiki-20260101-pages-articles.xml.bz2": { size: 353745 } });
  assert.deepEqual(jobs.metahistory7zdump.files, { "tewiki-20260101-pages-meta-history.xml.7z": {} });
});

test("dumpstatus.json says how the run as a whole stands", () => {
  const value = parse(renderDumpStatus(SETTINGS, RUNNING));
  assert.equal(value.complete, false);
  assert.equal(value.phase, "running");
  assert.deepEqual(value.failed, ["sitestatstable"]);
  assert.deepEqual(value.progress, { done: 3, total: 5, unit: "jobs" });
  assert.equal(parse(renderDumpStatus(SETTINGS, COMPLETE)).complete, true);
});

test("dumpstatus.json is read back as the value that it was made from", () => {
  const parsed = parseDumpStatus(renderDumpStatus(SETTINGS, RUNNING));
  const expected = RUNNING.jobs.map((one) =>
    one.state !== "in-progress"
      ? one
      : { ...one, files: one.files.map((file) => ({ ...file, md5: undefined, sha1: undefined })) }
  );
  assert.deepEqual([...parsed.jobs.values()], expected);
  assert.equal(parsed.phase, "running");
  assert.deepEqual(parsed.previous, RUNNING.previous);
  assert.deepEqual(parsed.startedAt, RUNNING.startedAt);
});

test("values of the wrong type count as absent, text that is no object is an error", () => {
  const odd = {
    jobs: { a: { status: "done", updated: 7, files: { f: { size: "9", md5: "xyz" }, g: null } }, b: 3, c: {} },
  };
  const parsed = parseDumpStatus(JSON.stringify(odd));
  assert.deepEqual([...parsed.jobs.keys()], ["a"]);
  assert.deepEqual(parsed.jobs.get("a")?.files[0], {
    name: "f",
    sizeBytes: undefined,
    md5: undefined,
    sha1: undefined,
  });
  assert.throws(() => parseDumpStatus("[]"), TypeError);
  assert.throws(() => parseDumpStatus("{"), SyntaxError);
});

test("report.json has every job and no key beside them", () => {
  const { jobs, ...rest } = parse(renderReportJson(SETTINGS, RUNNING));
  assert.deepEqual(rest, {});
  assert.deepEqual(jobs.pagetable, { files: { "tewiki-20260101-page.sql.gz": { size: 67, url: URL_PATH } } });
  assert.deepEqual(jobs.xmlstubsdump, { files: {} });
});

test("a private wiki's files have no links, which would be dead", () => {
  const text = renderDumpStatus(SETTINGS, { ...RUNNING, isPrivate: true });
  assert.equal(text.includes("url"), false);
});

test("checksum lists have the files of done jobs only", () => {
  const name = "tewiki-20260101-page.sql.gz";
  assert.equal(renderChecksumText(RUNNING, "md5"), `${"4d5b".repeat(8)}  ${name}\n`);
  assert.deepEqual(parse(renderChecksumJson(RUNNING, "sha1")), { sha1: { files: { [name]: "0c1f".repeat(10) } } });
  assert.equal(renderChecksumText({ ...RUNNING, jobs: [job("a")] }, "md5"), "");
});

test("dumpspecialfiles.json lists every bookkeeping file as present or missing", () => {
  const { files, version } = parse(renderSpecialFiles(SETTINGS, RUNNING, new Map([["index.html", 8231]])));
  assert.equal(version, "0.8");
  assert.deepEqual(files["index.html"], { status: "present", size: 8231, url: "/d/tewiki/20260101/index.html" });
  assert.deepEqual(files["notice.txt"], { status: "missing" });
  assert.ok(Object.keys(files).includes("tewiki-20260101-sha1sums.json"));
});

const REAL = ["reference", "run", "public", "elwikivoyage", "20261101"];
test("the reference's dumpstatus.json, read and written again, says the same of every file", {
  skip: skipWithoutShared(...REAL),
}, () => {
  const text = readFileSync(sharedPath(...REAL, "dumpstatus.json")!, "utf8");
  const parsed = parseDumpStatus(text);
  const status = { ...COMPLETE, wiki: "elwikivoyage", date: "20261101", jobs: [...parsed.jobs.values()] };
  const settings = { ...SETTINGS, webRoot: "http://127.0.0.1/dumps" };
  const written = parse(renderDumpStatus(settings, status)).jobs;
  const expected = parse(text).jobs;
  for (const [name, one] of Object.entries<Record<string, unknown>>(expected)) {
    const { status, updated, files } = written[name];
    assert.deepEqual({ status, updated, files }, one, name);
  }
});
