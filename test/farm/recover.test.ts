import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { recoverRun } from "../../lib/farm/recover.ts";
import { readRun } from "../../lib/farm/report/run-reader.ts";
import { COMPLETE, RUNNING } from "./report/sample-run.ts";
import { TestFarm } from "./test-farm.ts";

const NOW = new Date("2026-01-02T03:04:05Z");
const OPTIONS = { date: "20260101", now: NOW, cause: "it gave no sign of life" };

test("every file of a run that was left behind says so, with reason and remedy", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  const directory = await farm.addRun(wiki, RUNNING);
  const recovered = await recoverRun(wiki, OPTIONS);
  assert.equal(recovered?.isMarked, true);
  assert.deepEqual(recovered?.failedJobs, ["articlesdump"]);

  const text = (name: string): string => readFileSync(join(directory, name), "utf8");
  assert.equal(
    text("status.html"),
    `<li>2026-01-02 03:04:05 <a href="tewiki/20260101">tewiki</a>: <span class="failed">dump aborted</span></li>\n`,
  );
  assert.match(text("dumpruninfo.txt"), /^name:articlesdump; status:failed; updated:2026-01-02 03:04:05$/m);
  for (const name of ["dumpruninfo.txt", "dumpruninfo.json", "dumpstatus.json", "index.html"]) {
    assert.doesNotMatch(text(name), /in.progress/, name);
  }
  const value = JSON.parse(text("dumpstatus.json"));
  assert.equal(value.phase, "aborted");
  assert.equal(value.jobs.articlesdump.error.code, "INTERRUPTED");
  assert.match(
    text("index.html"),
    /The worker stopped in the middle of this job: it gave no sign of life\. <strong>Do the rest with: worker tewiki --date 20260101 --skipdone/,
  );
  // What was good stays so.
  assert.equal(value.jobs.pagetable.status, "done");
  assert.match(text("tewiki-20260101-md5sums.txt"), /page\.sql\.gz/);
});

test("unfinished files of the run go, all others stay", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  const directory = await farm.addRun(wiki, RUNNING);
  const stay = ["tewiki-20260101-page.sql.gz", "tewiki-20251201-x.xml.bz2.inprog", "notes.inprog", "a~1.txt"];
  const go = ["tewiki-20260101-pages-articles.xml.bz2.inprog", ".status.html~4711-0123456789ab"];
  for (const name of [...stay, ...go]) writeFileSync(join(directory, name), "x");
  const recovered = await recoverRun(wiki, OPTIONS);
  assert.deepEqual([...recovered!.removedFiles].sort(), [...go].sort());
  const names = readdirSync(directory);
  for (const name of stay) assert.ok(names.includes(name), name);
});

test("scratch files of the run go, those of other runs stay", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  await farm.addRun(wiki, RUNNING);
  mkdirSync(wiki.tempDirectory, { recursive: true });
  const go = [
    "tewiki-20260101-all-titles.gz.0.sort",
    "tewiki-20260101-stubs-history-p1p5000.xml",
    "tewiki-20260101-stubs-current-p1p5000.xml",
    "tewiki-20260101-logs-items-p50001p100000.xml",
    "tewiki-20260101-flowhistory-boards-p1p10.xml",
    "tewiki-20260101-revinfo.gz",
    "tewiki-20260101-revinfo.gz.inprog",
  ];
  const stay = [
    "notes",
    // What the reference has there; it may be at work with the same date.
    "tewiki-20260101-stub-articles1.xml-p1p100.gz",
    "tewiki-20260201-all-titles.gz.0.sort",
    "tewiki-20260201-revinfo.gz",
    "tewiki-20260201-stubs-history-p1p5000.xml",
    "tewiki2-20260101-stubs-history-p1p5000.xml",
  ];
  for (const name of [...go, ...stay]) writeFileSync(join(wiki.tempDirectory, name), "x");
  const recovered = await recoverRun(wiki, OPTIONS);
  assert.deepEqual([...recovered!.removedFiles].sort(), [...go].sort());
  assert.deepEqual(readdirSync(wiki.tempDirectory).sort(), [...stay].sort());
});

test("files of an earlier attempt stay listed while they are in place; a size so far is forgotten", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  const sums = { md5: "0".repeat(32), sha1: "0".repeat(40) };
  const files = [
    { name: "tewiki-20260101-a.gz", sizeBytes: 3, ...sums },
    { name: "tewiki-20260101-b.gz", sizeBytes: 4, ...sums },
    { name: "tewiki-20260101-c.gz", sizeBytes: 5, md5: undefined, sha1: undefined },
  ];
  const jobs = RUNNING.jobs.map((job) => (job.state === "in-progress" ? { ...job, files } : job));
  const directory = await farm.addRun(wiki, { ...RUNNING, jobs });
  for (const { name } of files) writeFileSync(join(directory, name), "abc");
  const recovered = await recoverRun(wiki, OPTIONS);
  const { status } = await readRun(directory, { ...RUNNING });
  const job = status!.jobs.find(({ name }) => name === recovered!.failedJobs[0])!;
  assert.deepEqual(job.files.map(({ sizeBytes }) => sizeBytes), [3, undefined, undefined]);
});

test("a run that its worker had finished is left as it is, but for unfinished files", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  const directory = await farm.addRun(wiki, COMPLETE);
  writeFileSync(join(directory, "tewiki-20260101-x.bz2.inprog"), "");
  const before = statSync(join(directory, "status.html")).ino;
  const recovered = await recoverRun(wiki, OPTIONS);
  assert.equal(recovered?.isMarked, false);
  assert.equal(statSync(join(directory, "status.html")).ino, before);
  assert.equal(existsSync(join(directory, "tewiki-20260101-x.bz2.inprog")), false);
});

test("a run of the reference, whose monitor marked one line only, is put in order altogether", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  const directory = farm.path("public/tewiki/20260101");
  farm.write(
    "public/tewiki/20260101/status.html",
    `<li>2026-01-01 22:10:03 <a href="tewiki/20260101">tewiki</a>: <span class="failed">dump aborted</span></li>\n`,
  );
  farm.write(
    "public/tewiki/20260101/dumpruninfo.txt",
    "name:b; status:waiting; updated:\nname:a; status:in-progress; updated:2026-01-01 22:10:03\n",
  );
  assert.equal((await recoverRun(wiki, OPTIONS))?.isMarked, true);
  const { status } = await readRun(directory, { wiki: "tewiki", date: "20260101", isPrivate: false, isClosed: false });
  assert.deepEqual(status?.jobs.map(({ name, state }) => [name, state]), [["a", "failed"], ["b", "waiting"]]);
  assert.equal((await recoverRun(wiki, OPTIONS))?.isMarked, false, "the second time there is nothing to do");
});

test("a run that died before it wrote anything is marked, too", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  farm.write("public/tewiki/20260101/status.html", "");
  assert.equal((await recoverRun(wiki, OPTIONS))?.isMarked, true);
  assert.match(readFileSync(farm.path("public/tewiki/20260101/status.html"), "utf8"), /dump aborted/);
});

test("a run that is not there is not made", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  assert.equal(await recoverRun(await farm.wiki("tewiki"), OPTIONS), undefined);
  assert.equal(existsSync(farm.path("public/tewiki")), false);
});

test("unfinished files of a batch that a living worker has claimed stay, those of others go", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  const directory = await farm.addRun(wiki, RUNNING);
  const history = (range: string): string => `tewiki-20260101-pages-meta-history1.xml-${range}.bz2.inprog`;
  const stay = [history("p11p15"), history("p16p20")];
  const go = [history("p1p10"), history("p21p30"), "tewiki-20260101-pages-articles1.xml-p11p20.bz2.inprog"];
  for (const name of [...stay, ...go]) writeFileSync(join(directory, name), "x");
  const running = (pages: string): string =>
    `private/tewiki/20260101/job-metahistorybz2dump-batch-${pages}-running.txt`;
  farm.write(running("p11p20"), "elsewhere 4711");
  const old = Date.now() / 1000 - 7200;
  utimesSync(farm.write(running("p21p30"), "elsewhere 4711"), old, old);
  const recovered = await recoverRun(wiki, OPTIONS);
  assert.deepEqual([...recovered!.removedFiles].sort(), [...go].sort());
  assert.deepEqual(readdirSync(directory).filter((name) => name.endsWith(".inprog")).sort(), stay);
});
