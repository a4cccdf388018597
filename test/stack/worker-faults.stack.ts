/**
 * The bundled worker while something goes wrong. Each time the run comes to its end, at once or when it is resumed with --skipdone; no
 * file that is not whole ever has its name; and what comes out at last is what comes out when nothing goes wrong.
 */
import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { isAlive } from "../support/process.ts";
import type { ScriptResult } from "../support/temporary-farm.ts";
import { FaultFarm, until } from "./fault-farm.ts";
import {
  changeText,
  keepKillingPhp,
  lockTable,
  loseText,
  signalPhp,
  skipWithoutMount,
  smallDisk,
  stopDatabaseFor,
  withoutApi,
} from "./faults.ts";
import { fillWiki } from "./fill-wiki.ts";
import { openFarm } from "./open-farm.ts";
import { checkPublished } from "./published-files.ts";
import { pause } from "./server-process.ts";

const DATE = "20260101";
const TEXTS = ["--job", "articlesdump,metahistorybz2dump", "--prereqs", "--skipdone"];
const HISTORY = "pages-meta-history.xml.bz2";
const stack = await openFarm({
  name: "faultwiki",
  siteName: "Faults",
  fill: async (farm, name) => void await fillWiki(farm, name, { pages: 200, revisions: 4000 }),
});

/** What comes out when nothing goes wrong. */
let good: ReadonlyMap<string, string> | undefined;

function newFarm(context: TestContext): FaultFarm {
  return new FaultFarm(context, stack, "faultwiki");
}

/** Every published file is whole, and what it is in a run without faults. */
async function assertGood(farm: FaultFarm, date = DATE): Promise<ReadonlyMap<string, string>> {
  const found = await checkPublished(farm.runDirectory(date));
  for (const [name, digest] of found) assert.equal(digest, good?.get(name), `${name} is not what it is without faults`);
  return found;
}

/** The rest of a run is done, and all of it is good. */
async function assertResumes(farm: FaultFarm, ...args: readonly string[]): Promise<void> {
  const before = [...(await assertGood(farm)).keys()];
  assertEnded(await farm.dump(DATE, ...args, "--skipdone"), 0);
  const after = [...(await assertGood(farm)).keys()];
  assert.deepEqual(before.filter((name) => !after.includes(name)), []);
  assert.deepEqual(farm.unfinished(DATE), []);
  if (args.length > 0) return;
  assert.deepEqual(farm.undone(DATE), []);
  assert.deepEqual(after, [...good!.keys()]);
}

function assertEnded({ status, signal, stderr }: ScriptResult, expected: number): void {
  assert.equal(status, expected, `ended with ${status ?? signal}: ${stderr.slice(-3000)}`);
}

test("without a fault all jobs are done", async (context) => {
  const farm = newFarm(context);
  assertEnded(await farm.dump(DATE), 0);
  good = await checkPublished(farm.runDirectory(DATE));
  assert.deepEqual(farm.undone(DATE), []);
  assert.equal(good.size, 17, [...good.keys()].join(" "));
  assert.deepEqual(farm.processes(), []);
});

test("MariaDB is down for 20 s in the middle of table dumps: they are tried again", async (context) => {
  const farm = newFarm(context);
  // 8 and 16 s together last longer than 20.
  farm.set({ chunks: { retryWait: 8 } });
  await lockTable(stack, farm.wiki, "page");
  const jobs = "pagetable,usergroupstable,redirecttable,pagetitlesdump,namespaces,xmlstubsdump";
  const worker = farm.begin(DATE, "--job", jobs);
  await farm.untilRunning("mysqldump");
  // The lock goes with the server.
  await stopDatabaseFor(stack, 20_000);
  const ended = await worker.ended;
  assertEnded(ended, 0);
  assert.match(ended.stderr, /Job pagetable failed: .*(?:Lost connection|Error 2013|gone away).*Attempt 2 in 8 s/s);
  assert.equal((await assertGood(farm)).size, 8);
});

test("MariaDB is down for 20 s in the middle of the text pass: it waits, and begins nothing anew", async (context) => {
  const farm = newFarm(context);
  const worker = farm.begin(DATE, ...TEXTS);
  await farm.untilWritten(DATE, HISTORY, 100_000);
  await stopDatabaseFor(stack, 20_000);
  const ended = await worker.ended;
  assertEnded(ended, 0);
  assert.match(ended.stderr, /it is started again in/);
  assert.match(ended.stderr, /Texts: 0 taken over, 4000 fetched\n/);
  assert.ok((await assertGood(farm)).has(HISTORY));
});

test("MariaDB is down for longer than the attempts last: what failed is done by --skipdone", async (context) => {
  const farm = newFarm(context);
  farm.set({ chunks: { retryWait: 0 }, misc: { maxRetries: 1 } });
  const worker = farm.begin(DATE);
  await worker.untilSaid("Job pagetable is done");
  const over = stopDatabaseFor(stack, 15_000);
  const ended = await worker.ended;
  await over;
  assertEnded(ended, 7);
  assert.ok(farm.undone(DATE).length > 0);
  await assertResumes(farm);
});

test("dumpBackup.php is killed: the slice is made again", async (context) => {
  const farm = newFarm(context);
  const worker = farm.begin(DATE, "--job", "xmlstubsdump");
  await signalPhp(stack, "dumpBackup.php", { afterMs: 100 });
  const ended = await worker.ended;
  assertEnded(ended, 0);
  assert.match(ended.stderr, /Slice 1 to \d+ of stubs failed, next attempt in 1 s: .*SIGKILL/);
  assert.equal((await assertGood(farm)).size, 3);
  assert.deepEqual(farm.list("temp/f/faultwiki"), []);
});

test("dumpBackup.php is killed whenever it is started: the stubs fail, and are made later", async (context) => {
  const farm = newFarm(context);
  const stop = keepKillingPhp(stack, "dumpBackup.php");
  const ended = await farm.dump(DATE, "--job", "xmlstubsdump,xmlpagelogsdump");
  await stop();
  assertEnded(ended, 7);
  // Three attempts for each of the two jobs, and not three times three.
  assert.equal(ended.stderr.match(/ failed, next attempt in /g)?.length, 4, ended.stderr);
  assert.doesNotMatch(ended.stderr, /Attempt 2/);
  assert.equal((await assertGood(farm)).size, 0);
  await assertResumes(farm, "--job", "xmlstubsdump,xmlpagelogsdump");
});

test("fetchText.php is killed once, then for a while whenever it is started, then stands still", async (context) => {
  const farm = newFarm(context);
  farm.set({ misc: { stallTime: 4 } });
  const worker = farm.begin(DATE, ...TEXTS);
  await farm.untilWritten(DATE, HISTORY, 1);
  await signalPhp(stack, "fetchText.php");
  await worker.untilSaid("it is started again");
  const stop = keepKillingPhp(stack, "fetchText.php");
  await pause(2000);
  assert.ok(await stop() > 1);
  await signalPhp(stack, "fetchText.php", { signal: "SIGSTOP" });
  const ended = await worker.ended;
  assertEnded(ended, 0);
  assert.match(ended.stderr, /gave no answer for 4000 ms/);
  assert.match(ended.stderr, /Texts: 0 taken over, 4000 fetched\n/);
  await assertGood(farm);
  assert.deepEqual(farm.processes(), []);
});

test("the API is down: its jobs fail with exit code 74, the others are done; later these are, too", async (context) => {
  const farm = newFarm(context);
  const jobs = ["--job", "namespaces,namespacesv2,pagetable"];
  const ended = await withoutApi(stack, () => farm.dump(DATE, ...jobs));
  assertEnded(ended, 74);
  assert.match(
    ended.stderr,
    /Job namespaces failed: The API http:\/\/127\.0\.0\.1:\d+\/faultwiki\/api\.php\?.* cannot be reached/,
  );
  const { namespaces, namespacesv2, pagetable } = farm.states(DATE);
  assert.deepEqual([namespaces, namespacesv2, pagetable], ["failed", "failed", "done"]);
  await assertResumes(farm, ...jobs);
});

test("7z is missing: only its job fails, and is done when the configuration is mended", async (context) => {
  const farm = newFarm(context);
  farm.set({ tools: { sevenzip: "/nowhere" } });
  const ended = await farm.dump(DATE);
  assertEnded(ended, 7);
  assert.match(ended.stderr, /Job metahistory7zdump failed: .*\/nowhere/);
  assert.deepEqual(farm.undone(DATE), ["metahistory7zdump failed"]);
  farm.set({ tools: { sevenzip: "7za" } });
  await assertResumes(farm);
});

test("the scratch tree is full: the stubs fail as such, and are made when there is room", {
  skip: skipWithoutMount(),
}, async (context) => {
  const farm = newFarm(context);
  farm.set({ misc: { maxRetries: 0 } });
  const disk = await smallDisk(farm.path("temp"), 8 << 20);
  try {
    disk.fill();
    const ended = await farm.dump(DATE, ...TEXTS);
    assertEnded(ended, 7);
    assert.match(ended.stderr, /Job xmlstubsdump failed: .*no space left/i);
    assert.equal((await assertGood(farm)).size, 0);
    disk.free();
    await assertResumes(farm, ...TEXTS);
  } finally {
    await disk.remove();
  }
});

test("the public tree is full: what does not fit fails as such, what is published stays good", {
  skip: skipWithoutMount(),
}, async (context) => {
  const farm = newFarm(context);
  const disk = await smallDisk(farm.path("public"), 32 << 20);
  try {
    const worker = farm.begin(DATE);
    await farm.untilWritten(DATE, HISTORY, 100_000);
    disk.fill();
    const ended = await worker.ended;
    assertEnded(ended, 74);
    assert.match(ended.stderr, /failed: .*no space left/i);
    disk.free();
    assert.deepEqual(farm.unfinished(DATE), []);
    assert.ok(farm.undone(DATE).some((job) => job.startsWith("metahistorybz2dump")), farm.undone(DATE).join());
    await assertResumes(farm);
  } finally {
    await disk.remove();
  }
});

test("a table is locked for some seconds: its dump waits", async (context) => {
  const farm = newFarm(context);
  const unlock = await lockTable(stack, farm.wiki, "page");
  const worker = farm.begin(DATE, "--job", "pagetable,usergroupstable,pagetitlesdump");
  await worker.untilSaid("Job usergroupstable is done");
  await pause(2000);
  assert.equal(farm.states(DATE)["pagetable"], "in-progress");
  await unlock();
  assertEnded(await worker.ended, 0);
  assert.equal((await assertGood(farm)).size, 3);
});

test("a table is locked for longer than stallTime: its dump is ended, tried again, and fails", async (context) => {
  const farm = newFarm(context);
  farm.set({ misc: { stallTime: 1, maxRetries: 1 } });
  const unlock = await lockTable(stack, farm.wiki, "page");
  const jobs = ["--job", "pagetable,usergroupstable"];
  const ended = await farm.dump(DATE, ...jobs);
  await unlock();
  assertEnded(ended, 7);
  assert.match(
    ended.stderr,
    /Job pagetable failed: .*gave no output for 1000 ms\. Attempt 2 in 1 s[^]*Job pagetable failed/,
  );
  assert.deepEqual([...(await assertGood(farm)).keys()], ["user_groups.sql.gz"]);
  assert.deepEqual(farm.processes(), []);
  await assertResumes(farm, ...jobs);
});

for (
  const { title, spoil, words } of [
    { title: "missing", spoil: loseText, words: /cannot be had: there is no text at tt:\d+/ },
    { title: "changed", spoil: changeText, words: /has SHA-1 \w+ where the stub states/ },
  ]
) {
  test(`a text is ${title}: the job fails and names it, or is published with a notice, as configured`, async (context) => {
    const farm = newFarm(context);
    const { pageId, revisionId, restore } = await spoil(stack, farm.wiki);
    try {
      const failed = await farm.dump(DATE, ...TEXTS);
      assertEnded(failed, 1);
      assert.match(
        failed.stderr,
        new RegExp(`Job metahistorybz2dump failed: .*Page ${pageId}, revision ${revisionId}: the text `),
      );
      assert.match(failed.stderr, words);
      assert.equal(farm.states(DATE)["metahistorybz2dump"], "failed");
      assert.equal((await assertGood(farm)).has(HISTORY), false);
      farm.set({ export: { textmismatch: "report" } });
      const reported = await farm.dump(DATE, ...TEXTS);
      assertEnded(reported, 0);
      assert.match(
        reported.stderr,
        new RegExp(`Job metahistorybz2dump: Page ${pageId}, revision ${revisionId}: the text `),
      );
      const published = await checkPublished(farm.runDirectory(DATE));
      assert.ok(published.has(HISTORY));
      assert.notEqual(published.get(HISTORY), good?.get(HISTORY));
      assert.match(farm.read(`public/${farm.wiki}/${DATE}/index.html`), new RegExp(`revision ${revisionId}: the text`));
    } finally {
      await restore();
    }
    farm.set({ export: { textmismatch: "fail" } });
    assertEnded(await farm.dump(DATE, "--job", "articlesdump,metahistorybz2dump", "--noprefetch"), 0);
    await assertGood(farm);
  });
}

test("the worker is killed in the middle of the text pass: nothing of it lives on, the next one goes on", async (context) => {
  const farm = newFarm(context);
  const worker = farm.begin(DATE);
  await farm.untilWritten(DATE, HISTORY, 100_000);
  const pid = await farm.untilRunning("php");
  worker.kill("SIGKILL");
  await worker.ended;
  await farm.untilQuiet();
  assert.equal(isAlive(pid), false);
  assert.ok(farm.unfinished(DATE).length > 0);
  await assertGood(farm);
  const { status, stderr } = await farm.monitor();
  assert.equal(status, 0, stderr);
  assert.deepEqual(farm.unfinished(DATE), []);
  assert.equal(farm.states(DATE)["metahistorybz2dump"], "failed");
  await assertResumes(farm);
});

/** A kind of job that is at work, and the program that it runs. */
interface Moment {
  readonly title: string;
  readonly jobs: string;
  readonly program: string;
  /** Makes it last; ends that. */
  readonly hold?: () => Promise<() => Promise<void>>;
  readonly ready?: (farm: FaultFarm) => Promise<void>;
}

const lockPages = (): Promise<() => Promise<void>> => lockTable(stack, "faultwiki", "page");
const MOMENTS: readonly Moment[] = [
  { title: "a table dump", jobs: "pagetable", program: "mysqldump", hold: lockPages },
  { title: "a list of titles", jobs: "allpagetitlesdump", program: "mysql", hold: lockPages },
  {
    title: "the page logs",
    jobs: "xmlpagelogsdump",
    program: "php",
    hold: () => lockTable(stack, "faultwiki", "logging"),
  },
  { title: "the stubs", jobs: "xmlstubsdump", program: "php", hold: lockPages },
  {
    title: "the text pass",
    jobs: "metahistorybz2dump",
    program: "php",
    ready: (farm) => farm.untilWritten(DATE, HISTORY, 1),
  },
  { title: "packing to 7z", jobs: "metahistory7zdump", program: "7za" },
];

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`${signal} in the middle of each kind of job: its programs end with the worker, and nothing half-written has a name`, async (context) => {
    const farm = newFarm(context);
    for (const { title, jobs, program, hold, ready } of MOMENTS) {
      const release = await hold?.();
      const worker = farm.begin(DATE, "--job", jobs, "--prereqs", "--skipdone");
      await ready?.(farm);
      const pid = await farm.untilRunning(program);
      await pause(50);
      worker.kill(signal);
      assert.equal((await worker.ended).signal, signal, title);
      await farm.untilQuiet();
      assert.equal(isAlive(pid), false, title);
      await release?.();
      if (signal === "SIGTERM") assert.deepEqual(farm.unfinished(DATE), [], title);
      else assert.equal((await farm.monitor()).status, 0);
      assert.notEqual(farm.states(DATE)[jobs], "done", title);
      await assertGood(farm);
      await until("the lock is free", () => farm.list("private/faultwiki").every((name) => !name.startsWith("lock")));
      if (jobs === "metahistorybz2dump") assertEnded(await farm.dump(DATE, "--job", jobs, "--skipdone"), 0);
    }
    await assertResumes(farm);
    assert.deepEqual(farm.list("temp/f/faultwiki"), []);
  });
}
