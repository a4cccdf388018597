import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
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
