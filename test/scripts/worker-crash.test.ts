/** What happens to a run when something from outside goes wrong: signals, lost locks, full disks, two workers at once. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmdirSync, rmSync, utimesSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import type { TestContext } from "node:test";
import process from "node:process";
import { TemporaryFarm } from "../support/temporary-farm.ts";
import { tinyDump } from "../support/tiny-dump.ts";

const DATE = "20260301";
const LOCK = `private/tinywiki/lock_${DATE}`;

/** An export that keeps a worker busy for some seconds, whatever the machine. */
function slowDump(): string {
  const pages = Array.from({ length: 60 }, (_, i) => ({
    id: i + 1,
    title: `Page ${i}`,
    revisions: [{ id: i + 1, text: randomBytes(150_000).toString("base64") }],
  }));
  return tinyDump(pages);
}

function dumpFiles(farm: TemporaryFarm): readonly string[] {
  return farm.list(`public/tinywiki/${DATE}`).filter((name) => /\.(?:bz2|gz)(?:\.inprog)?$/.test(name));
}

/** Starts a worker on a slow export, and waits until it writes its outputs. */
async function startBusyWorker(farm: TemporaryFarm) {
  farm.addWiki("tinywiki", slowDump());
  const child = farm.startWorker("tinywiki", "--date", DATE);
  const output = { stderr: "" };
  child.stderr!.setEncoding("utf8").on("data", (text: string) => output.stderr += text);
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  for (let tries = 0; !dumpFiles(farm).some((name) => name.endsWith("pages-meta-history.xml.bz2.inprog")); tries++) {
    assert.ok(tries < 1000 && child.exitCode === null, `the worker did not come to its outputs: ${output.stderr}`);
    await sleep(10);
  }
  return { child, output, ended };
}

test("SIGTERM ends a run cleanly: no half-written file, lock given back, run aborted, the signal passed on", async (t) => {
  const farm = new TemporaryFarm(t);
  const { child, output, ended } = await startBusyWorker(farm);
  assert.equal(farm.read(LOCK), `${hostname()} ${child.pid}`);
  child.kill("SIGTERM");
  const [status, signal] = await ended;
  assert.equal(signal ?? status, "SIGTERM", output.stderr);
  assert.deepEqual(dumpFiles(farm), []);
  assert.equal(farm.exists(LOCK), false);
  assert.match(farm.read(`public/tinywiki/${DATE}/status.html`), /dump aborted/);
  assert.doesNotMatch(farm.read(`public/tinywiki/${DATE}/dumpruninfo.txt`), /done|in-progress/);
});

test("losing the lock stops the run with exit code 9: nothing done, nothing published, nothing more written", async (t) => {
  const farm = new TemporaryFarm(t);
  const { output, ended } = await startBusyWorker(farm);
  rmSync(farm.path(LOCK));
  const [status] = await ended;
  assert.equal(status, 9, output.stderr);
  assert.match(output.stderr, /lock_20260301 was lost/);
  assert.deepEqual(dumpFiles(farm), []);
  assert.doesNotMatch(farm.read(`public/tinywiki/${DATE}/dumpruninfo.txt`), /done/);
});

test("a lock that somebody else took meanwhile is left alone", async (t) => {
  const farm = new TemporaryFarm(t);
  const { output, ended } = await startBusyWorker(farm);
  rmSync(farm.path(LOCK));
  farm.write(LOCK, "otherhost 4711");
  const [status] = await ended;
  assert.equal(status, 9, output.stderr);
  assert.equal(farm.read(LOCK), "otherhost 4711");
});

test("after kill -9 the monitor marks the run aborted and removes lock and leftovers, and the wiki is dumped again", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.extraConfig = "[reporting]\nstaleage=60\n";
  const { child, ended } = await startBusyWorker(farm);
  child.kill("SIGKILL");
  await ended;
  assert.equal(farm.exists(LOCK), true);
  assert.equal((await farm.monitor()).status, 0);
  assert.equal(farm.exists(LOCK), true, "a lock that was touched just now is not stale");
  const old = new Date(Date.now() - 120_000);
  utimesSync(farm.path(LOCK), old, old);
  const sweep = await farm.monitor();
  assert.equal(sweep.status, 0, sweep.stderr);
  assert.equal(farm.exists(LOCK), false);
  assert.match(farm.read(`public/tinywiki/${DATE}/status.html`), /<span class="failed">dump aborted<\/span>/);
  assert.match(farm.read("public/index.html"), /aborted/);
  assert.doesNotMatch(farm.read(`public/tinywiki/${DATE}/dumpruninfo.txt`), /in-progress|done/);
  assert.deepEqual(dumpFiles(farm), []);
  farm.write("exports/tinywiki.xml", tinyDump());
  const again = await farm.worker("--date", DATE, "--cutoff", DATE);
  assert.equal(again.status, 0, again.stderr);
  assert.match(farm.read(`public/tinywiki/${DATE}/status.html`), /Dump complete/);
});

test("of two workers started at once for one wiki, one dumps it and the other ends with exit code 6", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", slowDump());
  const jobs = ["tinywiki", "--date", DATE, "--job", "xmlstubsdump,articlesdump"];
  const results = await Promise.all([farm.worker(...jobs), farm.worker(...jobs)]);
  assert.deepEqual(
    results.map((result) => result.status).sort(),
    [0, 6],
    results.map((result) => result.stderr).join("\n"),
  );
  const loser = results.find((result) => result.status === 6)!;
  assert.match(loser.stderr, /lock_20260301 is held by process \d+ on /);
  assert.equal(farm.exists(LOCK), false);
});

test("of two workers without a wiki, each takes another one", async (t) => {
  const farm = new TemporaryFarm(t);
  for (const name of ["awiki", "bwiki"]) farm.addWiki(name, slowDump());
  const jobs = ["--date", DATE, "--job", "xmlstubsdump"];
  const results = await Promise.all([farm.worker(...jobs), farm.worker(...jobs)]);
  assert.deepEqual(results.map((result) => result.status), [0, 0], results.map((result) => result.stderr).join("\n"));
  assert.deepEqual(farm.list("public"), ["awiki", "bwiki"]);
});

test("a lock of somebody else ends a named worker with exit code 6 and says who has it; --force takes it", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  farm.write(LOCK, "otherhost 4711");
  const refused = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(refused.status, 6, refused.stderr);
  assert.match(refused.stderr, /process 4711 on otherhost/);
  assert.equal(farm.exists(`public/tinywiki/${DATE}`), false);
  assert.equal(farm.read(LOCK), "otherhost 4711");
  const forced = await farm.worker("tinywiki", "--date", DATE, "--force");
  assert.equal(forced.status, 0, forced.stderr);
});

test("a lock of another date does not keep a run from starting", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  farm.write("private/tinywiki/lock_20260201", "otherhost 4711");
  assert.equal((await farm.worker("tinywiki", "--date", DATE)).status, 0);
});

/** A small file system of its own, where this user can make one; undefined with a reason in the test's diagnostics if not. */
function smallDisk(t: TestContext, options: string): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "wikidump-disk-"));
  const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory]).status === 0;
  t.after(() => {
    if (isMounted) spawnSync("umount", [directory]);
    rmdirSync(directory);
  });
  return isMounted ? directory : undefined;
}

const skipWithoutRoot = process.getuid?.() === 0 && existsSync("/bin/mount")
  ? false
  : "mounting a file system needs root";

test("a full disk fails the jobs with exit code 74 and a remedy; nothing half-written, lock given back", {
  skip: skipWithoutRoot,
}, async (t) => {
  const farm = new TemporaryFarm(t);
  const disk = smallDisk(t, "size=300k");
  if (disk === undefined) return t.skip("this sandbox does not let us mount");
  farm.extraConfig = `[output]\npublic=${disk}\n`;
  farm.addWiki("tinywiki", slowDump());
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(status, 74, stderr);
  assert.match(stderr, /no space left/i);
  const left = readdirSync(`${disk}/tinywiki/${DATE}`);
  assert.deepEqual(left.filter((name) => /pages-.*bz2$|inprog/.test(name)), []);
  assert.equal(farm.exists(LOCK), false);
});

test(
  "a read-only tree ends the worker with exit code 74 and the path; lock given back",
  { skip: skipWithoutRoot },
  async (t) => {
    const farm = new TemporaryFarm(t);
    const disk = smallDisk(t, "size=300k,ro");
    if (disk === undefined) return t.skip("this sandbox does not let us mount");
    farm.extraConfig = `[output]\npublic=${disk}\n`;
    farm.addWiki("tinywiki", tinyDump());
    const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
    assert.equal(status, 74, stderr);
    assert.match(stderr, /wikidump-disk-.*read-only/);
    assert.equal(farm.exists(LOCK), false);
  },
);
