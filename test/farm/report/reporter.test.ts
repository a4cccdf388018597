import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { RunReporter } from "../../../lib/farm/report/reporter.ts";
import { readRun } from "../../../lib/farm/report/run-reader.ts";
import type { RunStatus } from "../../../lib/farm/report/run-status.ts";
import { COMPLETE, RUNNING, SETTINGS } from "./sample-run.ts";

function directoryOf(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "wikidump-reporter-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function withDetail(detail: string): RunStatus {
  return { ...RUNNING, jobs: [{ ...RUNNING.jobs[3]!, progress: detail }] };
}

test("all files of a run are written, with the mode of the configuration, and nothing else", async (context) => {
  const runDirectory = directoryOf(context);
  const reporter = new RunReporter({ settings: SETTINGS, runDirectory });
  reporter.update(RUNNING);
  await reporter.flush();
  const names = readdirSync(runDirectory).sort();
  assert.deepEqual(names, [
    "dumpruninfo.json",
    "dumpruninfo.txt",
    "dumpspecialfiles.json",
    "dumpstatus.json",
    "index.html",
    "report.json",
    "status.html",
    "tewiki-20260101-md5sums.json",
    "tewiki-20260101-md5sums.txt",
    "tewiki-20260101-sha1sums.json",
    "tewiki-20260101-sha1sums.txt",
  ]);
  for (const name of names) assert.equal(statSync(join(runDirectory, name)).mode & 0o777, 0o640, name);
  const { files } = JSON.parse(readFileSync(join(runDirectory, "dumpspecialfiles.json"), "utf8"));
  for (const name of names.filter((one) => one !== "dumpspecialfiles.json")) {
    assert.equal(files[name].size, statSync(join(runDirectory, name)).size, name);
  }
});

test("a run that was written is read back as it was", async (context) => {
  const runDirectory = directoryOf(context);
  const reporter = new RunReporter({ settings: SETTINGS, runDirectory });
  reporter.update(RUNNING);
  await reporter.flush();
  const { status, line, problems } = await readRun(runDirectory, RUNNING);
  assert.deepEqual(problems, []);
  assert.equal(line?.state, "in-progress");
  const articles = { ...RUNNING.jobs[3]!, files: [{ ...RUNNING.jobs[3]!.files[0]!, md5: undefined, sha1: undefined }] };
  assert.deepEqual(status, {
    ...RUNNING,
    jobs: RUNNING.jobs.map((one) => (one.name === articles.name ? articles : one)),
  });
});

test("a file whose content did not change is not touched", async (context) => {
  const runDirectory = directoryOf(context);
  const reporter = new RunReporter({ settings: SETTINGS, runDirectory, minimumIntervalMs: 0 });
  reporter.update(RUNNING);
  await reporter.flush();
  const before = statSync(join(runDirectory, "dumpruninfo.txt")).ino;
  const statusBefore = statSync(join(runDirectory, "status.html")).ino;
  reporter.update({ ...RUNNING, updatedAt: new Date("2026-01-01T22:10:04Z") });
  await reporter.flush();
  assert.equal(statSync(join(runDirectory, "dumpruninfo.txt")).ino, before);
  assert.notEqual(statSync(join(runDirectory, "status.html")).ino, statusBefore);
});

test("many updates make few rounds, and the latest value wins", async (context) => {
  const runDirectory = directoryOf(context);
  const reporter = new RunReporter({ settings: SETTINGS, runDirectory, minimumIntervalMs: 150 });
  const seen = new Set<number>();
  const endMs = performance.now() + 500;
  for (let n = 0; performance.now() < endMs; n++) {
    reporter.update(withDetail(`step ${n}`));
    await new Promise((resolve) => setTimeout(resolve, 2));
    try {
      seen.add(statSync(join(runDirectory, "status.html")).ino);
    } catch { /* not written yet */ }
  }
  reporter.update(withDetail("the last step"));
  await reporter.flush();
  assert.match(readFileSync(join(runDirectory, "status.html"), "utf8"), /the last step/);
  assert.ok(seen.size >= 2 && seen.size <= 6, `${seen.size} rounds`);
});

test("updates are shown without a flush", async (context) => {
  const runDirectory = directoryOf(context);
  const reporter = new RunReporter({ settings: SETTINGS, runDirectory, minimumIntervalMs: 20 });
  reporter.update(RUNNING);
  reporter.update(COMPLETE);
  for (let n = 0; n < 100 && !readdirSync(runDirectory).includes("dumpspecialfiles.json"); n++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.match(readFileSync(join(runDirectory, "status.html"), "utf8"), /Dump complete/);
});

test("a failure is told at once, flush rejects, and works again when the cause is gone", async (context) => {
  const directory = directoryOf(context);
  const runDirectory = join(directory, "20260101");
  const failures: Error[] = [];
  const reporter = new RunReporter({ settings: SETTINGS, runDirectory, onFailure: (error) => failures.push(error) });
  reporter.update(RUNNING);
  await assert.rejects(reporter.flush(), { name: "SourceError", code: "NOT_FOUND" });
  assert.equal(failures.length, 1);
  assert.equal(reporter.failure, failures[0]);
  const { mkdirSync } = await import("node:fs");
  mkdirSync(runDirectory);
  await reporter.flush();
  assert.equal(reporter.failure, undefined);
  assert.match(readFileSync(join(runDirectory, "status.html"), "utf8"), /Dump in progress/);
});

test("an operator's report.html is used", async (context) => {
  const runDirectory = directoryOf(context);
  const templateDirectory = directoryOf(context);
  writeFileSync(
    join(templateDirectory, "report.html"),
    "<h1>%(db)s on %(date)s</h1><p style='width:100%%'>%(status)s</p>",
  );
  const reporter = new RunReporter({ settings: { ...SETTINGS, templateDirectory }, runDirectory });
  reporter.update(COMPLETE);
  await reporter.flush();
  assert.equal(
    readFileSync(join(runDirectory, "index.html"), "utf8"),
    "<h1>tewiki on 20260101</h1><p style='width:100%'><span class='done'>Dump complete</span></p>",
  );
});

test("a template with an unknown placeholder is told of once, and our own page is written", async (context) => {
  const runDirectory = directoryOf(context);
  const templateDirectory = directoryOf(context);
  writeFileSync(join(templateDirectory, "report.html"), "%(nothing)s");
  const failures: Error[] = [];
  const settings = { ...SETTINGS, templateDirectory };
  const reporter = new RunReporter({
    settings,
    runDirectory,
    minimumIntervalMs: 0,
    onFailure: (e) => failures.push(e),
  });
  reporter.update(RUNNING);
  await reporter.flush();
  reporter.update(COMPLETE);
  await reporter.flush();
  assert.deepEqual(failures.map((error) => (error as { code?: string }).code), ["READ"]);
  assert.match(readFileSync(join(runDirectory, "index.html"), "utf8"), /<main id="main">/);
});
