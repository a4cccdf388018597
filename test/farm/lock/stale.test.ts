import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { breakLock, breakLockOrThrow } from "../../../lib/farm/lock/break-lock.ts";
import { formatLockContent, parseLockContent } from "../../../lib/farm/lock/lock-content.ts";
import { readLock } from "../../../lib/farm/lock/lock-info.ts";
import { lockPath, parseLockName, wikiLockPath } from "../../../lib/farm/lock/lock-path.ts";
import { findLocks, staleLocks } from "../../../lib/farm/lock/stale.ts";
import { scratchDirectory } from "../../support/scratch.ts";

const HOUR_MS = 3_600_000;

async function directoryWith(files: Readonly<Record<string, { content: string; ageMs: number }>>): Promise<string> {
  const directory = scratchDirectory("stale");
  for (const [name, { content, ageMs }] of Object.entries(files)) {
    await writeFile(join(directory, name), content);
    const time = (Date.now() - ageMs) / 1000;
    await utimes(join(directory, name), time, time);
  }
  return directory;
}

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

test("names of locks are made and read, also with underscores in wiki and root", () => {
  assert.equal(
    lockPath("/srv/private_dumps/", "be_x_oldwiki", "20260101"),
    "/srv/private_dumps/be_x_oldwiki/lock_20260101",
  );
  assert.equal(wikiLockPath("/", "tewiki"), "/tewiki/lock");
  assert.deepEqual(parseLockName("lock_20260101"), { date: "20260101" });
  assert.deepEqual(parseLockName("lock"), { date: "" });
  for (
    const name of [
      "lock_2026010",
      "lock_202601011",
      "lock_20260101~",
      "xlock",
      "lock_",
      "locks",
      "lock_2026010a",
      ".lock_20260101",
    ]
  ) {
    assert.equal(parseLockName(name), undefined, name);
  }
});

test("contents of locks are read as the reference writes them, and nothing else is", () => {
  assert.deepEqual(parseLockContent(formatLockContent({ host: "a.b", pid: 12 })), { host: "a.b", pid: 12 });
  assert.deepEqual(parseLockContent("host 12\n"), { host: "host", pid: 12 });
  for (const content of ["", "host", "host x", "host 0", "host -1", "a b 12", " 12"]) {
    assert.equal(parseLockContent(content), undefined, content);
  }
});

test("only files with the name of a lock are looked at", async () => {
  const directory = await directoryWith({
    lock_20260101: { content: "a 1", ageMs: 0 },
    lock: { content: "b 2", ageMs: 0 },
    lock_backup: { content: "c 3", ageMs: 0 },
    ".lock_20260102~1-ab": { content: "d 4", ageMs: 0 },
  });
  assert.deepEqual((await findLocks(directory)).map(({ date, holder }) => [date, holder?.host]), [["", "b"], [
    "20260101",
    "a",
  ]]);
  assert.deepEqual(await findLocks(join(directory, "absent")), []);
});

test("a lock is stale by age whoever holds it, and not before", async () => {
  const directory = await directoryWith({
    lock_20260101: { content: "elsewhere 1", ageMs: 2 * HOUR_MS },
    lock_20260102: { content: "elsewhere 1", ageMs: HOUR_MS / 2 },
    lock: { content: "", ageMs: 2 * HOUR_MS },
    lock_20260103: { content: "elsewhere 1", ageMs: -2 * HOUR_MS },
  });
  const stale = await staleLocks([directory, join(directory, "absent")], { olderThanMs: HOUR_MS });
  assert.deepEqual(stale.map(({ date, why }) => [date, why]), [["", "age"], ["20260101", "age"]]);
});

test("a dead process on this machine makes a lock stale after three missed heartbeats", async () => {
  const content = `${hostname()} ${deadPid()}`;
  const directory = await directoryWith({
    lock_20260101: { content, ageMs: 31_000 },
    lock_20260102: { content, ageMs: 29_000 },
    lock_20260103: { content: `${hostname()} ${process.pid}`, ageMs: 31_000 },
    lock_20260104: { content: `elsewhere ${deadPid()}`, ageMs: 31_000 },
  });
  const stale = await staleLocks(directory, { olderThanMs: HOUR_MS });
  assert.deepEqual(stale.map(({ date, why }) => [date, why]), [["20260101", "dead"]]);
});

test("breaking removes the lock that was seen, and only that", async () => {
  const directory = await directoryWith({ lock_20260101: { content: "a 1", ageMs: 2 * HOUR_MS } });
  const path = join(directory, "lock_20260101");
  const [seen] = await staleLocks(directory, { olderThanMs: HOUR_MS });
  // Same inode, other holder: what happens when the number of a removed file is used again.
  await writeFile(path, "b 2");
  assert.equal(breakLock(seen!), false);
  assert.throws(() => breakLockOrThrow(seen!), { code: "NOT_OURS" });
  assert.equal(await readFile(path, "utf8"), "b 2");
  assert.equal(breakLock((await readLock(path))!), true);
  assert.equal(breakLock(seen!), false);
  assert.deepEqual(await readdir(directory), []);
});

test("breaking with `untouched` spares a holder that came back to life", async () => {
  const directory = await directoryWith({ lock_20260101: { content: "a 1", ageMs: 2 * HOUR_MS } });
  const path = join(directory, "lock_20260101");
  const seen = (await readLock(path))!;
  await utimes(path, new Date(), new Date());
  assert.equal(breakLock(seen, { untouched: true }), false);
  assert.equal(breakLock(seen), true);
});

test("a lock in a directory that cannot be read is an error, not an absence", async () => {
  const directory = scratchDirectory("stale");
  await mkdir(join(directory, "lock_20260101"));
  await assert.rejects(findLocks(directory), { name: "SourceError", code: "READ" });
});
