import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, unlinkSync } from "node:fs";
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { breakLock } from "../../../lib/farm/lock/break-lock.ts";
import { acquireLock } from "../../../lib/farm/lock/lock.ts";
import { staleLocks } from "../../../lib/farm/lock/stale.ts";
import { waitUntil } from "../../support/process.ts";
import { bundleFixture, type Child, denoPath, skipWithoutDeno, startChild, startNode } from "../../support/child.ts";
import { scratchDirectory } from "../../support/scratch.ts";

let script = "";
before(async () => {
  script = await bundleFixture("lock-child");
});

const directory = (): string => scratchDirectory("lock");
const nap = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function holder(path: string, ...args: readonly string[]): Promise<Child> {
  const child = startNode(script, args[0] ?? "hold", path, ...args.slice(1));
  assert.deepEqual(await child.next(), { held: true }, child.stderr());
  return child;
}

test("of 100 contenders in 10 processes exactly one wins, and all others are told that it is held", async () => {
  const home = directory();
  const path = join(home, "not", "there", "yet", "lock_20260101");
  const startAt = Date.now() + 1000;
  const children = Array.from({ length: 10 }, () => startNode(script, "contend", path, `10@${startAt}`));
  const reports = await Promise.all(children.map((child) => child.next()));
  assert.equal(reports.reduce((sum, report) => sum + Number(report?.["won"]), 0), 1);
  assert.deepEqual([...new Set(reports.flatMap((report) => report?.["errors"]))], ["HELD"]);
  const winner = children[reports.findIndex((report) => report?.["won"] === 1)]!;
  assert.match(readFileSync(path, "utf8"), new RegExp(`^\\S+ ${winner.pid}$`));
  for (const child of children) child.endInput();
  for (const child of children) assert.equal((await child.exit).exitCode, 0, child.stderr());
  assert.deepEqual(await readdir(join(path, "..")), []);
});

test("a killed holder leaves a lock that is soon found stale and can be broken", async () => {
  const home = directory();
  const path = join(home, "lock_20260101");
  const child = await holder(path);
  const options = { olderThanMs: 3_600_000, heartbeatMs: 40 };
  await nap(200);
  assert.deepEqual(await staleLocks(home, options), []);
  child.kill("SIGKILL");
  await child.exit;
  assert.equal(existsSync(path), true);
  await nap(200);
  const [stale] = await staleLocks(home, options);
  assert.equal(stale?.why, "dead");
  assert.deepEqual(stale?.holder?.pid, child.pid);
  assert.equal(breakLock(stale!, { untouched: true }), true);
  await (await acquireLock(path)).release();
});

test("a stopped holder is not declared dead, but old in the end; when it wakes up it finds its lock lost", async () => {
  const home = directory();
  const path = join(home, "lock_20260101");
  const child = await holder(path, "busy", "5000");
  child.kill("SIGSTOP");
  await nap(300);
  assert.deepEqual(await staleLocks(home, { olderThanMs: 3_600_000, heartbeatMs: 40 }), []);
  const [stale] = await staleLocks(home, { olderThanMs: 200, heartbeatMs: 40 });
  assert.equal(stale?.why, "age");
  assert.equal(breakLock(stale!, { untouched: true }), true);
  const lock = await acquireLock(path);
  child.kill("SIGCONT");
  assert.equal((await child.next())?.["code"], "LOST");
  assert.equal((await child.exit).exitCode, 0);
  lock.verify();
  await lock.release();
});

test("a lock that was touched since it was looked at is not removed as stale", async () => {
  const home = directory();
  const child = await holder(join(home, "lock_20260101"));
  const [suspect] = await staleLocks(home, { olderThanMs: -1 });
  await nap(150);
  assert.equal(breakLock(suspect!, { untouched: true }), false);
  assert.deepEqual(await staleLocks(home, { olderThanMs: -1, confirmMs: 200 }), []);
  assert.equal(breakLock(suspect!), true);
  child.kill("SIGKILL");
  await child.exit;
});

for (const [runtime, skip] of [["node", false], ["deno", skipWithoutDeno], ["tsx", false]] as const) {
  const start = (...args: string[]): Child => {
    if (runtime === "node") return startNode(script, ...args);
    if (runtime === "deno") return startChild(denoPath()!, ["run", "-A", "--no-lock", script, ...args]);
    const source = fileURLToPath(new URL("../../support/fixtures/lock-child.ts", import.meta.url));
    return startChild(process.execPath, ["--import", "tsx", source, ...args]);
  };

  test(
    `on ${runtime}, a busy owner's lock is touched, and its loss is seen within a few heartbeats`,
    { skip },
    async () => {
      const path = join(directory(), "lock_20260101");
      const child = start("busy", path, "10000");
      assert.deepEqual(await child.next(), { held: true }, child.stderr());
      await nap(50);
      await utimes(path, 1, 1);
      await waitUntil(() => Date.now() - statSync(path).mtimeMs < 5000, 3000);
      const lostAtMs = performance.now();
      unlinkSync(path);
      const report = await child.next();
      assert.equal(report?.["code"], "LOST", child.stderr());
      assert.ok(performance.now() - lostAtMs < 3000, `${performance.now() - lostAtMs} ms`);
      assert.equal(report?.["isAborted"], true);
      assert.equal((await child.exit).exitCode, 0, child.stderr());
    },
  );
}

test("a busy owner that keeps its lock is not told otherwise", async () => {
  const path = join(directory(), "lock_20260101");
  const child = await holder(path, "busy", "300");
  assert.equal((await child.next())?.["code"], "");
  assert.equal((await child.exit).exitCode, 0, child.stderr());
  assert.equal(existsSync(path), false);
});

for (
  const [way, expected] of [
    ["throw", { exitCode: 1, signal: null }],
    ["exit", { exitCode: 7, signal: null }],
    ["forget", { exitCode: 0, signal: null }],
  ] as const
) {
  test(`a process that ends by "${way}" leaves no lock`, async () => {
    const path = join(directory(), "lock_20260101");
    const child = startNode(script, way, path);
    assert.deepEqual(await child.exit, expected, child.stderr());
    assert.equal(existsSync(path), false);
  });
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`a process that nobody prepared for ${signal} leaves no lock and still dies by it`, async () => {
    const path = join(directory(), "lock_20260101");
    const child = await holder(path);
    child.kill(signal);
    assert.deepEqual(await child.exit, { exitCode: null, signal });
    assert.equal(existsSync(path), false);
  });

  test(`a process that listens for ${signal} ends cleanly, and dies by it`, async () => {
    const path = join(directory(), "lock_20260101");
    const child = await holder(path, "polite");
    child.kill(signal);
    const number = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 }[signal];
    assert.deepEqual(await child.next(), { asked: signal, exitCode: 128 + number });
    assert.deepEqual(await child.next(), { hook: true });
    assert.deepEqual(await child.exit, { exitCode: null, signal });
    assert.equal(existsSync(path), false);
  });
}

test("a second signal ends a process that hangs, and its lock is given up", async () => {
  const path = join(directory(), "lock_20260101");
  const child = await holder(path, "polite", "hang");
  child.kill("SIGTERM");
  await child.next();
  assert.equal(existsSync(path), true);
  child.kill("SIGINT");
  assert.deepEqual(await child.next(), { hook: true });
  assert.deepEqual(await child.exit, { exitCode: null, signal: "SIGINT" });
  assert.equal(existsSync(path), false);
});
