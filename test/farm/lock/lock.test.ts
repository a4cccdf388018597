import assert from "node:assert/strict";
import { existsSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { LockError } from "../../../lib/errors.ts";
import { acquireLock } from "../../../lib/farm/lock/lock.ts";
import { createDirectly } from "../../../lib/host/exclusive-file.ts";
import { waitUntil } from "../../support/process.ts";
import { scratchDirectory } from "../../support/scratch.ts";

async function lockIn(): Promise<string> {
  return join(scratchDirectory("lock"), "be_x_oldwiki", "lock_20260101");
}

const isLost = (error: unknown): boolean => error instanceof LockError && error.code === "LOST";

test("a lock is a file with host and process id and no line end, in a directory that is created", async () => {
  const path = await lockIn();
  const lock = await acquireLock(path);
  assert.equal(await readFile(path, "utf8"), `${hostname()} ${process.pid}`);
  assert.deepEqual(await readdir(dirname(path)), ["lock_20260101"]);
  assert.equal(statSync(path).mode & 0o111, 0);
  lock.assertHeld();
  lock.verify();
  await lock.release();
  await lock.release();
  assert.deepEqual(await readdir(dirname(path)), []);
  assert.equal(lock.lost.aborted, false);
});

test("a held lock tells holder, age and what to do", async () => {
  const path = await lockIn();
  await mkdir(dirname(path));
  await writeFile(path, "dump9.example 4711");
  const anHourAgo = Date.now() / 1000 - 3600 * 5;
  await utimes(path, anHourAgo, anHourAgo);
  await assert.rejects(acquireLock(path), (error: unknown) => {
    assert.ok(error instanceof LockError);
    assert.equal(error.code, "HELD");
    assert.equal(error.path, path);
    assert.match(error.message, /lock_20260101 is held by process 4711 on dump9\.example, last touched 5 h ago$/);
    assert.match(error.remedy, /monitor.*--force/);
    return true;
  });
  assert.equal(await readFile(path, "utf8"), "dump9.example 4711");
});

test("a lock with strange content is held all the same", async () => {
  const path = await lockIn();
  await mkdir(dirname(path));
  await writeFile(path, "");
  await assert.rejects(acquireLock(path), /held by an unknown worker/);
});

test("a lock of another kind also means held, and leaves nothing behind", async () => {
  const path = await lockIn();
  const old = join(dirname(path), "lock");
  await mkdir(dirname(path));
  await writeFile(old, "dump9 4711");
  await assert.rejects(acquireLock(path, { alsoHeldBy: [old] }), { code: "HELD", path: old });
  assert.deepEqual(await readdir(dirname(path)), ["lock"]);
  unlinkSync(old);
  await (await acquireLock(path, { alsoHeldBy: [old] })).release();
});

test("a directory that cannot be made is a source error", async () => {
  const path = await lockIn();
  await writeFile(dirname(path), "a file where the directory should be");
  await assert.rejects(acquireLock(path), { name: "SourceError" });
});

test("a lock that is removed is lost: the signal aborts, asking throws, release does not mind", async () => {
  const path = await lockIn();
  const lock = await acquireLock(path, { heartbeatMs: 20 });
  unlinkSync(path);
  await waitUntil(() => lock.lost.aborted, 2000);
  assert.ok(isLost(lock.lost.reason));
  assert.match((lock.lost.reason as LockError).message, /was lost: it was removed$/);
  assert.throws(() => lock.assertHeld(), isLost);
  assert.throws(() => lock.verify(), isLost);
  await lock.release();
});

test("a lock that is replaced by an equal one is lost, and the other one stays", async () => {
  const path = await lockIn();
  const lock = await acquireLock(path, { heartbeatMs: 20 });
  const content = await readFile(path, "utf8");
  unlinkSync(path);
  writeFileSync(path, content);
  await waitUntil(() => lock.lost.aborted, 2000);
  assert.match((lock.lost.reason as LockError).message, /replaced by another one$/);
  await lock.release();
  assert.equal(await readFile(path, "utf8"), content);
});

test("verify notices a loss without waiting for a heartbeat", async () => {
  const path = await lockIn();
  const lock = await acquireLock(path, { heartbeatMs: 60_000 });
  renameSync(path, `${path}.away`);
  lock.assertHeld();
  assert.throws(() => lock.verify(), isLost);
  assert.throws(() => lock.assertHeld(), isLost);
  assert.equal(lock.lost.aborted, true);
  await lock.release();
});

test("release leaves a file of somebody else alone, also before any heartbeat", async () => {
  const path = await lockIn();
  const lock = await acquireLock(path, { heartbeatMs: 60_000 });
  unlinkSync(path);
  writeFileSync(path, "other 1");
  await lock.release();
  assert.equal(await readFile(path, "utf8"), "other 1");
});

test("a lock is touched again and again", async () => {
  const path = await lockIn();
  const lock = await acquireLock(path, { heartbeatMs: 20 });
  await utimes(path, 1, 1);
  await waitUntil(() => statSync(path).mtimeMs > Date.now() - 5000, 2000);
  lock.assertHeld();
  await lock.release();
});

test("a lock for a moment is not touched, and yet excludes, notices its loss, and goes", async () => {
  const path = await lockIn();
  const lock = await acquireLock(path, { heartbeatMs: Infinity });
  await utimes(path, 1, 1);
  await assert.rejects(acquireLock(path, { heartbeatMs: Infinity }), { code: "HELD" });
  lock.assertHeld();
  lock.verify();
  assert.equal(statSync(path).mtimeMs, 1000);
  await lock.release();
  assert.equal(existsSync(path), false);

  const lost = await acquireLock(path, { heartbeatMs: Infinity });
  unlinkSync(path);
  assert.throws(() => lost.verify(), isLost);
  assert.throws(() => lost.assertHeld(), isLost);
  assert.equal(lost.lost.aborted, true);
  await lost.release();
});

test("a released lock can be taken again at once", async () => {
  const path = await lockIn();
  for (let i = 0; i < 5; i++) await (await acquireLock(path)).release();
  assert.equal(existsSync(path), false);
});

test("where files cannot be linked, the exclusive open still lets one win", async () => {
  const path = join(scratchDirectory("lock"), "lock_20260101");
  assert.equal(typeof createDirectly(path, "a 1", 0o644), "number");
  assert.equal(createDirectly(path, "b 2", 0o644), undefined);
  assert.equal(await readFile(path, "utf8"), "a 1");
});
