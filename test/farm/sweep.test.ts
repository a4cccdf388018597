import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import test from "node:test";
import type { BatchClaim } from "../../lib/farm/batches/batch-claim.ts";
import { batchesOf } from "../../lib/farm/batches-of.ts";
import { acquireLock } from "../../lib/farm/lock/lock.ts";
import { sweepFarm, type SweepOutcome } from "../../lib/farm/sweep.ts";
import { sharedPath, skipWithoutShared } from "../support/shared.ts";
import { assertAccessible } from "./report/page-check.ts";
import { COMPLETE, RUNNING } from "./report/sample-run.ts";
import { TestFarm } from "./test-farm.ts";

const HOUR_MS = 3_600_000;
const NOW = new Date();

async function sweep(farm: TestFarm): Promise<SweepOutcome & { lines: string[] }> {
  const lines: string[] = [];
  const outcome = await sweepFarm(await farm.config(), { directories: [farm.root], log: (line) => lines.push(line) });
  return { ...outcome, lines };
}

function read(farm: TestFarm, path: string): string {
  return readFileSync(farm.path(path), "utf8");
}

test("the run of a dead worker is marked, its lock is gone, and the page says so in the same sweep", async (context) => {
  const farm = new TestFarm(context, { wikis: ["be_x_oldwiki"] });
  const wiki = await farm.wiki("be_x_oldwiki");
  await farm.addRun(wiki, { ...RUNNING, updatedAt: NOW });
  const lock = farm.addLock(wiki, "lock_20260101", 2 * HOUR_MS);
  const { recovered, counts, lines } = await sweep(farm);
  assert.deepEqual(recovered.map(({ wiki, date, isMarked }) => [wiki, date, isMarked]), [[
    "be_x_oldwiki",
    "20260101",
    true,
  ]]);
  assert.equal(existsSync(lock), false);
  assert.equal(counts.aborted, 1);
  assert.match(read(farm, "public/be_x_oldwiki/20260101/status.html"), /dump aborted/);
  assert.match(read(farm, "public/backup-index.html"), /Dump aborted/);
  assert.match(lines.join("\n"), /Removed stale lock .*lock_20260101 \(process 4711 on elsewhere/);
  assert.equal((await sweep(farm)).recovered.length, 0);
});

test("what is published about a dead worker does not name host and process", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  const directory = await farm.addRun(wiki, RUNNING);
  farm.addLock(wiki, "lock_20260101", 2 * HOUR_MS);
  await sweep(farm);
  for (const name of ["index.html", "dumpstatus.json"]) {
    assert.equal(/elsewhere|4711/.test(readFileSync(join(directory, name), "utf8")), false, name);
  }
});

test("a run whose lock is fresh is left alone and counts as in progress", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  await farm.addRun(wiki, RUNNING);
  const lock = farm.addLock(wiki, "lock_20260101");
  const { recovered, counts } = await sweep(farm);
  assert.equal(recovered.length, 0);
  assert.equal(counts.running, 1);
  assert.ok(existsSync(lock));
  assert.match(read(farm, "public/backup-index.html"), /Dumps are in progress\.\.\./);
});

test("a run that says it is running, with no lock and no news, is marked; with news it is not", async (context) => {
  const farm = new TestFarm(context, { wikis: ["oldwiki", "newwiki"] });
  await farm.addRun(await farm.wiki("oldwiki"), RUNNING);
  await farm.addRun(await farm.wiki("newwiki"), { ...RUNNING, updatedAt: NOW });
  const { recovered } = await sweep(farm);
  assert.deepEqual(recovered.map(({ wiki }) => wiki), ["oldwiki"]);
  assert.equal(existsSync(farm.path("private/oldwiki/lock_20260101")), false);
});

test("the lock of 2011, which names no date, stands for the runs that are at work", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  await farm.addRun(wiki, { ...COMPLETE, date: "20260201" });
  await farm.addRun(wiki, RUNNING);
  farm.addLock(wiki, "lock", 2 * HOUR_MS);
  const { recovered } = await sweep(farm);
  assert.deepEqual(recovered.map(({ date }) => date), ["20260101"]);
  assert.equal(existsSync(farm.path("private/tewiki/lock")), false);
});

test("a run that another worker has taken in the meantime is not touched", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const wiki = await farm.wiki("tewiki");
  await farm.addRun(wiki, RUNNING);
  const lock = await acquireLock(farm.path("private/tewiki/lock_20260101"));
  try {
    assert.equal((await sweep(farm)).recovered.length, 0);
    lock.verify();
  } finally {
    await lock.release();
  }
});

test("nothing in the public tree tells of a private wiki; the private tree has a page of its own", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki", "secretwiki"], privates: ["secretwiki"] });
  await farm.addRun(await farm.wiki("tewiki"), COMPLETE);
  const secret = await farm.wiki("secretwiki", true);
  await farm.addRun(secret, RUNNING);
  farm.addLock(secret, "lock_20260101", 2 * HOUR_MS);
  const { counts } = await sweep(farm);
  assert.equal(counts.aborted, 1, "it is recovered like any other");
  const shown = readdirSync(farm.path("public"), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile()
  );
  assert.notEqual(shown.length, 0);
  for (const file of shown) assert.doesNotMatch(readFileSync(`${file.path}/${file.name}`, "utf8"), /secret/, file.name);
  assert.deepEqual(Object.keys(JSON.parse(read(farm, "public/index.json")).wikis), ["tewiki"]);
  assert.match(read(farm, "public/backup-index.html"), /1 wiki</);
  assert.match(read(farm, "private/backup-index.html"), /secretwiki/);
  assert.deepEqual(Object.keys(JSON.parse(read(farm, "private/index.json")).wikis), ["secretwiki"]);
});

test("a busy private wiki does not make the public page say that dumps are in progress", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki", "secretwiki"], privates: ["secretwiki"] });
  const secret = await farm.wiki("secretwiki", true);
  await farm.addRun(secret, RUNNING);
  farm.addLock(secret, "lock_20260101");
  await sweep(farm);
  assert.match(read(farm, "public/backup-index.html"), /Dump process is idle\./);
});

test("old public dumps of a wiki that is private now are told of to the operator", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"], privates: ["tewiki"] });
  mkdirSync(farm.path("public/tewiki"));
  const { problems } = await sweep(farm);
  assert.match(problems.join("\n"), /tewiki is a private wiki, but .*public\/tewiki is in the public tree/);
});

test("one wiki with damaged files never hides the others", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki", "garbagewiki", "filewiki", "mixedwiki"] });
  await farm.addRun(await farm.wiki("tewiki"), COMPLETE);
  await farm.addRun(await farm.wiki("mixedwiki"), COMPLETE);
  farm.write("public/mixedwiki/20260101/dumpstatus.json", "{");
  farm.write("public/garbagewiki/20260101/dumpruninfo.txt", "\u0000\u0001\u0002".repeat(1000));
  farm.write("public/garbagewiki/20260101/dumpstatus.json", "[1, 2]");
  mkdirSync(farm.path("public/garbagewiki/20260101/status.html"));
  farm.write("public/filewiki", "a file where a directory should be");
  const { counts, problems } = await sweep(farm);
  assert.deepEqual([counts.complete, counts.unreadable, counts.never], [2, 1, 1]);
  assert.equal(problems.length, 3);
  const page = read(farm, "public/backup-index.html");
  assertAccessible(page);
  assert.match(
    page,
    /<li>garbagewiki: Cannot read garbagewiki\/20260101\/dumpstatus\.json: it is not a JSON object<\/li>/,
  );
  assert.equal(page.includes(farm.root), false, "paths of this machine are not published");
  assert.equal(read(farm, "public/index.json").includes(farm.root), false);
});

const IS_ROOT = process.getuid?.() === 0;
test(
  "a wiki whose directory cannot be read is listed with its error",
  { skip: IS_ROOT && "root reads everything" },
  async (context) => {
    const farm = new TestFarm(context, { wikis: ["tewiki", "shutwiki"] });
    await farm.addRun(await farm.wiki("tewiki"), COMPLETE);
    mkdirSync(farm.path("public/shutwiki"));
    chmodSync(farm.path("public/shutwiki"), 0);
    const { counts } = await sweep(farm);
    chmodSync(farm.path("public/shutwiki"), 0o755);
    assert.deepEqual([counts.complete, counts.unreadable], [1, 1]);
    assert.match(read(farm, "public/backup-index.html"), /shutwiki: .*permission denied/);
  },
);

test("pages whose content did not change are not written again", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki", "newwiki"] });
  await farm.addRun(await farm.wiki("tewiki"), COMPLETE);
  assert.equal((await sweep(farm)).written.length, 3);
  const before = statSync(farm.path("public/backup-index.html")).ino;
  assert.deepEqual((await sweep(farm)).written, []);
  assert.equal(statSync(farm.path("public/backup-index.html")).ino, before);
});

test("a dot in the path of the tree does no harm", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"], keys: "index=all.wikis.html" });
  await sweep(farm);
  assert.ok(existsSync(farm.path("public/all.wikis.html")));
  assert.ok(existsSync(farm.path("public/all.wikis-bydb.html")));
});

test("the text of maintenance.txt is shown when nothing runs", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  farm.write("maintenance.txt", "Moving <disks>\n");
  await sweep(farm);
  assert.match(read(farm, "public/backup-index.html"), /Moving &lt;disks&gt;/);
});

test("the operator's template is used; the one without placeholders is not", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const templates = farm.path("templates");
  farm.write("conf/farm.conf", `${readFileSync(farm.configFile, "utf8")}\ntemplatedir=${templates}\n`);
  farm.write("templates/download-index.html", "<html>100% static</html>");
  await sweep(farm);
  assert.match(read(farm, "public/backup-index.html"), /<main id="main">/);
  farm.write("templates/progress.html", "<ul>%(items)s</ul>");
  await sweep(farm);
  assert.equal(read(farm, "public/backup-index.html"), "<ul><li> tewiki (new): has not yet been dumped</li></ul>");
});

const REAL = ["reference", "run", "public"];
test("the reference's own tree is shown with all its wikis", { skip: skipWithoutShared(...REAL) }, async (context) => {
  const farm = new TestFarm(context, { wikis: ["tenwiki", "elwikivoyage", "privwiki"], privates: ["privwiki"] });
  for (const name of ["dumpstatus.json", "dumpruninfo.txt", "status.html"]) {
    for (const run of ["public/tenwiki/20261122", "public/elwikivoyage/20261122", "private/privwiki/20261122"]) {
      mkdirSync(farm.path(run), { recursive: true });
      cpSync(sharedPath("reference", "run", run, name)!, farm.path(run, name));
    }
  }
  const { counts, problems } = await sweep(farm);
  assert.deepEqual([counts.complete, problems], [3, []]);
  const { wikis } = JSON.parse(read(farm, "public/index.json"));
  const theirs = JSON.parse(readFileSync(sharedPath(...REAL, "index.json")!, "utf8")).wikis;
  for (const name of ["tenwiki", "elwikivoyage"]) {
    assert.deepEqual(Object.keys(wikis[name].jobs).sort(), Object.keys(theirs[name].jobs).sort());
  }
});

test("a missing list of private wikis ends the sweep before anything is published", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  execFileSync("rm", [farm.path("conf/private.dblist")]);
  await assert.rejects(sweep(farm), { name: "SourceError", code: "NOT_FOUND" });
  assert.equal(existsSync(farm.path("public/backup-index.html")), false);
});

function monitor(
  farm: TestFarm,
  ...args: readonly string[]
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "scripts/monitor.ts", "--configfile", farm.configFile, "--basedir", farm.root, ...args],
    { encoding: "utf8", timeout: 20_000 },
  );
  return { status, stdout, stderr };
}

test("the monitor sweeps once, tells as JSON what it did, and ends with 0", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const { status, stdout, stderr } = monitor(farm, "--json", "--verbose");
  assert.equal(status, 0, stderr);
  const outcome = JSON.parse(stdout);
  assert.equal(outcome.schema, "monitor/sweep@1");
  assert.equal(outcome.counts.never, 1);
  assert.match(stderr, /1 never; 0 recovered; wrote /);
  writeFileSync(farm.path("conf/all.dblist"), "tewiki\nbad name\n");
  assert.equal(monitor(farm).status, 1, "something is wrong with a list");
});

test("the monitor loops until a signal", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  const { spawn } = await import("node:child_process");
  const args = [
    "--import",
    "tsx",
    "scripts/monitor.ts",
    "--configfile",
    farm.configFile,
    "--loop",
    "--sleep",
    "1",
    "--json",
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise<string | null>((resolve) => child.on("close", (_code, signal) => resolve(signal)));
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.split("\n").length > 2) child.kill("SIGTERM");
  }
  assert.ok(text.trim().split("\n").length >= 2, "two sweeps");
  assert.equal(await ended, "SIGTERM", "it ends by the signal, so that the parent sees the truth");
});

test("batches of dead workers can be claimed again: of the newest run, by age, or by their process; living ones stay", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"], keys: "[reporting]\nbatchjobsstaleage=600\n" });
  const wiki = await farm.wiki("tewiki");
  const ranges = [{ first: 1, last: 10 }, { first: 11, last: 20 }, { first: 21, last: 30 }];
  const offer = { ranges, batches: ranges, onNew: () => Promise.resolve(), isDone: () => Promise.resolve(false) };
  const claims: BatchClaim[] = [];
  for (const date of ["20251201", "20260101"]) {
    const list = batchesOf(wiki, date, "metahistorybz2dump");
    await list.offer(offer);
    claims.push(...[(await list.claim())!, (await list.claim())!]);
  }
  const running = (date: string, pages: string): string =>
    farm.path(`private/tewiki/${date}/job-metahistorybz2dump-batch-${pages}-running.txt`);
  const old = (Date.now() - HOUR_MS) / 1000;
  for (const date of ["20251201", "20260101"]) utimesSync(running(date, "p1p10"), old, old);
  const stray = farm.write("private/tewiki/20260101/job-metahistorybz2dump-batch-p21p30-running.txt", "");
  utimesSync(stray, old, old);

  const { lines } = await sweep(farm);
  const states = async (date: string) =>
    (await batchesOf(wiki, date, "metahistorybz2dump").read())!.map(({ state }) => state);
  assert.deepEqual(await states("20260101"), ["aborted", "claimed", "unclaimed"]);
  assert.deepEqual(await states("20251201"), ["claimed", "claimed", "unclaimed"]);
  assert.match(
    lines.join("\n"),
    /Run 20260101 of tewiki: the batch of pages 1-10 of metahistorybz2dump, of process \d+ on \S+ can be claimed again/,
  );
  assert.match(lines.join("\n"), /Removed .*p21p30-running\.txt/);
  assert.deepEqual([running("20260101", "p1p10"), stray].filter((path) => existsSync(path)), []);
  assert.equal(existsSync(running("20260101", "p11p20")), true);
  for (const claim of claims) await claim.finish("aborted").catch(() => undefined);
});

test("a list of batches that makes no sense is a problem that is told, and hides nothing else", async (context) => {
  const farm = new TestFarm(context, { wikis: ["awiki", "bwiki"] });
  for (const name of ["awiki", "bwiki"]) await farm.addRun(await farm.wiki(name), COMPLETE);
  farm.write("private/awiki/20260101/batches-metahistorybz2dump.json", "{");
  const { problems, counts } = await sweep(farm);
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /awiki\/20260101\/batches-metahistorybz2dump\.json cannot be used/);
  assert.equal(counts.complete, 2);
});
