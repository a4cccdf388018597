import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { markJob } from "../../../lib/farm/admin/mark-job.ts";
import { planRemoval, removeFailed } from "../../../lib/farm/admin/remove-failed.ts";
import { readRunOf } from "../../../lib/farm/earlier-run.ts";
import { linkLatest } from "../../../lib/farm/report/latest-links.ts";
import type { JobStatus, RunStatus } from "../../../lib/farm/report/run-status.ts";
import { reportSettingsOf } from "../../../lib/farm/report-settings-of.ts";
import type { Wiki } from "../../../lib/farm/wiki.ts";
import { COMPLETE, file, job, RUNNING } from "../report/sample-run.ts";
import { TestFarm } from "../test-farm.ts";

const DATE = "20260101";
const RUN = `public/tewiki/${DATE}`;
const PAGE = "tewiki-20260101-page.sql.gz";
const STATS = "tewiki-20260101-site_stats.sql.gz";
const FAILED: RunStatus = {
  ...COMPLETE,
  jobs: [RUNNING.jobs[0]!, RUNNING.jobs[1]!, job("xmlstubsdump", { state: "skipped" })],
};

interface Stage {
  readonly farm: TestFarm;
  readonly wiki: Wiki;
  read(name: string): string;
  state(name: string): Promise<JobStatus>;
}

/** A run with a job that is done and linked, and one that failed. */
async function stage(context: TestContext, status: RunStatus = FAILED): Promise<Stage> {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  await farm.addRun(wiki, status);
  farm.write(`${RUN}/${PAGE}`, "x".repeat(67));
  await linkLatest(status, [PAGE], { settings: reportSettingsOf(wiki.settings), runsDirectory: wiki.runsDirectory });
  return {
    farm,
    wiki,
    read: (name) => readFileSync(farm.path(RUN, name), "utf8"),
    state: async (name) => (await readRunOf(wiki, DATE)).status!.jobs.find((one) => one.name === name)!,
  };
}

function noLock({ farm }: Stage): void {
  assert.equal(readdirSync(farm.path("private"), { recursive: true }).some((name) => /lock/.test(String(name))), false);
}

test("a job marked as done is so in every file: state, page, sums of its files as they are, links in latest", async (context) => {
  const here = await stage(context);
  here.farm.write(`${RUN}/${STATS}`, "made by hand");
  const md5 = createHash("md5").update("made by hand").digest("hex");
  await markJob(here.wiki, { date: DATE, job: "sitestatstable", mark: "done" });
  assert.match(here.read("dumpruninfo.txt"), /name:sitestatstable; status:done;/);
  assert.equal(JSON.parse(here.read("dumpstatus.json")).jobs.sitestatstable.files[STATS].md5, md5);
  assert.match(here.read(`tewiki-${DATE}-md5sums.txt`), new RegExp(`^${md5}  ${STATS}$`, "m"));
  assert.match(here.read("status.html"), />Dump complete</);
  assert.doesNotMatch(here.read("index.html"), /mysqldump ended/);
  assert.ok(existsSync(here.farm.path("public/tewiki/latest/tewiki-latest-site_stats.sql.gz")));
  noLock(here);
});

test("a job whose file is not there cannot be marked as done, and nothing changes", async (context) => {
  const here = await stage(context);
  const before = here.read("dumpruninfo.txt");
  await assert.rejects(markJob(here.wiki, { date: DATE, job: "sitestatstable", mark: "done" }), {
    name: "JobError",
    message: new RegExp(`cannot be done: ${STATS.replaceAll(".", "\\.")} is not there`),
  });
  assert.equal(here.read("dumpruninfo.txt"), before);
  noLock(here);
});

test("a job marked as failed is in no list and no link any more; its file stays where it is", async (context) => {
  const here = await stage(context);
  await markJob(here.wiki, { date: DATE, job: "pagetable", mark: "failed" });
  const { state, trouble } = await here.state("pagetable");
  assert.deepEqual([state, trouble?.message], ["failed", "An operator marked this job as failed"]);
  assert.equal(here.read(`tewiki-${DATE}-md5sums.txt`), "");
  assert.equal(existsSync(here.farm.path("public/tewiki/latest/tewiki-latest-page.sql.gz")), false);
  assert.ok(existsSync(here.farm.path(RUN, PAGE)));
  assert.match(here.read("status.html"), /, 2 items failed</);
});

test("a run that was given up is finished when its last job is marked as done", async (context) => {
  const jobs = [job("sitestatstable", { state: "failed", files: [file(STATS)] })];
  const here = await stage(context, { ...COMPLETE, phase: "aborted", jobs });
  here.farm.write(`${RUN}/${STATS}`, "x");
  await markJob(here.wiki, { date: DATE, job: "sitestatstable", mark: "done" });
  assert.match(here.read("status.html"), />Dump complete</);
});

test("a run whose worker is gone is put in order first", async (context) => {
  const here = await stage(context, RUNNING);
  await markJob(here.wiki, { date: DATE, job: "sitestatstable", mark: "waiting" });
  assert.equal((await here.state("sitestatstable")).state, "waiting");
  assert.equal((await here.state("articlesdump")).trouble?.code, "INTERRUPTED");
  assert.match(here.read("status.html"), /dump aborted/);
});

test("while a worker has the run nothing is marked or removed", async (context) => {
  const here = await stage(context);
  here.farm.addLock(here.wiki, `lock_${DATE}`);
  const before = here.read("dumpruninfo.txt");
  await assert.rejects(markJob(here.wiki, { date: DATE, job: "pagetable", mark: "failed" }), { code: "HELD" });
  await assert.rejects(removeFailed(here.wiki, DATE), { code: "HELD" });
  assert.equal(here.read("dumpruninfo.txt"), before);
  assert.ok(existsSync(here.farm.path(`private/tewiki/lock_${DATE}`)));
});

test("a job or a run that is not there is an error that says what there is, and leaves no lock", async (context) => {
  const here = await stage(context);
  await assert.rejects(markJob(here.wiki, { date: DATE, job: "pagestable", mark: "done" }), {
    remedy: "Its jobs: pagetable, sitestatstable, xmlstubsdump",
  });
  await assert.rejects(markJob(here.wiki, { date: "20260102", job: "pagetable", mark: "done" }), { code: "NOT_FOUND" });
  noLock(here);
});

test("files of failed jobs go, with their links and sums, and the jobs wait; those of other jobs stay", async (context) => {
  const jobs = FAILED.jobs.map((one) => one.name === "sitestatstable" ? { ...one, files: [file(STATS, 1)] } : one);
  const here = await stage(context, { ...FAILED, jobs });
  here.farm.write(`${RUN}/${STATS}`, "x");
  await linkLatest({ ...FAILED, jobs }, [STATS], {
    settings: reportSettingsOf(here.wiki.settings),
    runsDirectory: here.wiki.runsDirectory,
  });
  assert.deepEqual(await removeFailed(here.wiki, DATE), {
    wiki: "tewiki",
    date: DATE,
    jobs: ["sitestatstable"],
    files: [STATS],
  });
  assert.equal(existsSync(here.farm.path(RUN, STATS)), false);
  assert.equal((await here.state("sitestatstable")).state, "waiting");
  assert.doesNotMatch(here.read(`tewiki-${DATE}-sha1sums.txt`), /site_stats/);
  assert.deepEqual(readdirSync(here.farm.path("public/tewiki/latest")).filter((name) => /site_stats/.test(name)), []);
  assert.ok(existsSync(here.farm.path(RUN, PAGE)));
  assert.equal((await here.state("pagetable")).state, "done");
  noLock(here);
});

test("a plan of what would be removed changes nothing and leaves no lock", async (context) => {
  const here = await stage(context);
  here.farm.write(`${RUN}/${STATS}`, "x");
  const before = readdirSync(here.farm.root, { recursive: true });
  assert.deepEqual((await planRemoval(here.wiki, DATE)).files, [STATS]);
  assert.deepEqual(readdirSync(here.farm.root, { recursive: true }), before);
});
