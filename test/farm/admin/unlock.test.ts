import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import { test, type TestContext } from "node:test";
import { farmWikis } from "../../../lib/farm/admin/farm-wikis.ts";
import { isWorkerProgram } from "../../../lib/farm/admin/lock-holder.ts";
import { type LockVerdict, unlock, type UnlockOptions } from "../../../lib/farm/admin/unlock.ts";
import { type Batch, newBatch } from "../../../lib/farm/batches/batch.ts";
import { renderBatchFile } from "../../../lib/farm/batches/batch-file.ts";
import { runningFileName } from "../../../lib/farm/batches/batch-names.ts";
import { batchesOf } from "../../../lib/farm/batches-of.ts";
import { acquireLock } from "../../../lib/farm/lock/lock.ts";
import { RUNNING } from "../report/sample-run.ts";
import { TestFarm } from "../test-farm.ts";

const MINUTE_MS = 60_000;

async function unlockAll(farm: TestFarm, options: Partial<UnlockOptions> = {}): Promise<readonly LockVerdict[]> {
  const wikis = await farmWikis(await farm.config(), []);
  return await unlock(wikis, { date: undefined, goneHosts: [], isDryRun: false, log: () => {}, ...options });
}

function addLock(farm: TestFarm, holder: string, ageMs = MINUTE_MS): string {
  const path = farm.write("private/tewiki/lock_20260101", holder);
  const touched = (Date.now() - ageMs) / 1000;
  utimesSync(path, touched, touched);
  return path;
}

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

function actions(verdicts: readonly LockVerdict[]): readonly string[] {
  return verdicts.map(({ action, reason }) => `${action}: ${reason.replace(/: .*/, "")}`);
}

async function farmWithRun(context: TestContext): Promise<TestFarm> {
  const farm = new TestFarm(context, { wikis: ["tewiki"] });
  await farm.addRun(await farm.wiki("tewiki"), RUNNING);
  return farm;
}

test("the lock of a process that is no more goes, and its run is marked as aborted", async (context) => {
  const farm = await farmWithRun(context);
  const path = addLock(farm, `${hostname()} ${deadPid()}`);
  assert.deepEqual(actions(await unlockAll(farm)), ["removed: its worker is gone"]);
  assert.equal(existsSync(path), false);
  assert.match(readFileSync(farm.path("public/tewiki/20260101/status.html"), "utf8"), /dump aborted/);
});

test("the lock of a living worker stays, however long it was not touched", async (context) => {
  const farm = await farmWithRun(context);
  const script = farm.write("worker.mjs", "setInterval(() => {}, 1000)");
  const worker = spawn(process.execPath, [script, "tewiki"]);
  context.after(() => worker.kill("SIGKILL"));
  const path = addLock(farm, `${hostname()} ${worker.pid}`, 100 * MINUTE_MS);
  assert.deepEqual(actions(await unlockAll(farm)), ["kept: its worker is alive"]);
  assert.ok(existsSync(path));
});

test("a lock that is really held stays, also when it names a process that is no more", async (context) => {
  const farm = await farmWithRun(context);
  const lock = await acquireLock(farm.path("private/tewiki/lock_20260101"), { pid: deadPid(), heartbeatMs: 50 });
  try {
    assert.deepEqual(actions(await unlockAll(farm)), ["kept: somebody touches it"]);
    lock.verify();
  } finally {
    await lock.release();
  }
});

test("a number that another program has by now is no worker", async (context) => {
  const farm = await farmWithRun(context);
  const other = spawn("sleep", ["1000"]);
  context.after(() => other.kill("SIGKILL"));
  addLock(farm, `${hostname()} ${other.pid}`);
  assert.deepEqual(actions(await unlockAll(farm)), ["removed: its worker is gone"]);
  assert.equal(other.exitCode, null, "and nobody has hurt it");
});

test("the lock of another host goes only when that host is named as gone", async (context) => {
  const farm = await farmWithRun(context);
  const path = addLock(farm, "dump7 4711");
  assert.deepEqual(actions(await unlockAll(farm)), ["kept: its worker is on another host"]);
  assert.deepEqual(actions(await unlockAll(farm, { goneHosts: ["dump8"] })), ["kept: its worker is on another host"]);
  assert.ok(existsSync(path));
  assert.deepEqual(actions(await unlockAll(farm, { goneHosts: ["dump7"] })), ["removed: its worker is gone"]);
});

test("a host that is said to be gone, but touches its lock, is not", async (context) => {
  const farm = await farmWithRun(context);
  const path = addLock(farm, "dump7 4711", 0);
  assert.deepEqual(actions(await unlockAll(farm, { goneHosts: ["dump7"] })), ["kept: somebody touches it"]);
  assert.ok(existsSync(path));
});

test("a lock that does not say whose it is stays", async (context) => {
  const farm = await farmWithRun(context);
  addLock(farm, "by hand");
  assert.match(actions(await unlockAll(farm, { goneHosts: ["by"] }))[0]!, /^kept: it does not say whose it is/);
});

test("with isDryRun the same is said, and nothing is done", async (context) => {
  const farm = await farmWithRun(context);
  const path = addLock(farm, `${hostname()} ${deadPid()}`);
  assert.deepEqual(actions(await unlockAll(farm, { isDryRun: true })), ["would be removed: its worker is gone"]);
  assert.ok(existsSync(path));
  assert.match(readFileSync(farm.path("public/tewiki/20260101/status.html"), "utf8"), /in progress/);
});

test("only locks of the date that is given are looked at", async (context) => {
  const farm = await farmWithRun(context);
  addLock(farm, `${hostname()} ${deadPid()}`);
  assert.deepEqual(await unlockAll(farm, { date: "20260102" }), []);
});

test("workers are known by the script that runs, not by any word", () => {
  for (
    const words of [
      "node /srv/wikidump/worker.mjs tewiki",
      "node --import tsx scripts/worker.ts",
      "deno run --allow-read /srv/worker.mjs --loop",
      "/usr/bin/node /usr/local/bin/wikidump-worker tewiki",
      "/usr/bin/python3 ./worker.py --job noop",
      "/opt/worker",
    ]
  ) assert.equal(isWorkerProgram(words.split(" ")), true, words);
  for (const words of ["celery worker", "node server.js", "vi worker.txt", "node worker.mjs.bak", "sleep 5", ""]) {
    assert.equal(isWorkerProgram(words.split(" ")), false, words);
  }
});

test("batches of dead processes, and of hosts that are gone, can be claimed again; those of others stay claimed", async (context) => {
  const farm = await farmWithRun(context);
  const list = batchesOf(await farm.wiki("tewiki"), "20260101", "metahistorybz2dump");
  const owners = [`${hostname()} ${deadPid()}`, "gone 4711", "elsewhere 4711"];
  const batches = owners.map((owner, at): Batch => {
    const [host, pid] = owner.split(" ") as [string, string];
    const range = { first: at * 10 + 1, last: at * 10 + 10 };
    const path = farm.write(`private/tewiki/20260101/${runningFileName("metahistorybz2dump", range)}`, owner);
    utimesSync(path, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
    return { ...newBatch(range), state: "claimed", owner: { host, pid: Number(pid) }, runs: 1 };
  });
  writeFileSync(list.path, renderBatchFile(batches));
  const states = async () => (await list.read())!.map(({ state }) => state);
  await unlockAll(farm, { isDryRun: true });
  assert.deepEqual(await states(), ["claimed", "claimed", "claimed"]);
  assert.deepEqual(actions(await unlockAll(farm, { goneHosts: ["gone"] })), [
    "removed: its worker is gone",
    "removed: its worker is gone",
    "kept: its worker is on another host",
  ]);
  assert.deepEqual(await states(), ["aborted", "aborted", "claimed"]);
});
