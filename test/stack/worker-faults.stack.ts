/**
 * The bundled worker while something goes wrong. Each time the run comes to its end, at once or when it is resumed with --skipdone; no
 * file that is not whole ever has its name; and what comes out at last is what comes out when nothing goes wrong.
 */
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { FaultFarm } from "./fault-farm.ts";
import {
  changeText,
  keepKillingPhp,
  lockTable,
  loseText,
  signalPhp,
  skipWithoutMount,
  smallDisk,
  stopDatabaseFor,
  untilSomebodyWaits,
  withoutApi,
} from "./faults.ts";
import { assertEnded, DATE, FAULT_WIKI, GoodDump, HISTORY, TEXTS } from "./good-dump.ts";
import { openFarm } from "./open-farm.ts";
import { checkPublished } from "./published-files.ts";
import { pause } from "./server-process.ts";

const stack = await openFarm(FAULT_WIKI);
const wiki = FAULT_WIKI.name;
const good = await GoodDump.make(new FaultFarm({ after }, stack, wiki));

test("MariaDB is down for 20 s in the middle of table dumps: they are tried again", async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
  // 8 and 16 s together last longer than 20.
  farm.set({ chunks: { retryWait: 8 } });
  await lockTable(stack, wiki, "page");
  const jobs = "pagetable,usergroupstable,redirecttable,pagetitlesdump,namespaces,xmlstubsdump";
  const worker = farm.begin(DATE, "--job", jobs);
  await untilSomebodyWaits(stack);
  // The lock goes with the server.
  await stopDatabaseFor(stack, 20_000);
  const ended = await worker.ended;
  assertEnded(ended, 0);
  assert.match(
    ended.stderr,
    /Job pagetable failed: .*(?:Lost connection|Error 2013|gone away|Can.t connect).*Attempt 2 in 8 s/s,
  );
  assert.equal((await good.assertGood(farm)).length, 8);
});

test("MariaDB is down for 20 s in the middle of the text pass: it waits, and begins nothing anew", async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
  const worker = farm.begin(DATE, ...TEXTS);
  await farm.untilWritten(DATE, HISTORY, 100_000);
  await stopDatabaseFor(stack, 20_000);
  const ended = await worker.ended;
  assertEnded(ended, 0);
  assert.match(ended.stderr, /it is started again in/);
  assert.match(ended.stderr, /Texts: 0 taken over, 4000 fetched\n/);
  assert.ok((await good.assertGood(farm)).includes(HISTORY));
});

test("MariaDB is down for longer than the attempts last: what failed is done by --skipdone", async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
  farm.set({ chunks: { retryWait: 0 }, misc: { maxRetries: 1 } });
  const worker = farm.begin(DATE);
  await worker.untilSaid("Job pagetable is done");
  const over = stopDatabaseFor(stack, 15_000);
  const ended = await worker.ended;
  await over;
  // That of a program, or of the API, whichever failed first.
  assertEnded(ended, ended.status === 7 ? 7 : 74);
  assert.ok(farm.undone(DATE).length > 0);
  await good.assertResumes(farm);
});

test("dumpBackup.php is killed: the slice is made again", async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
  const worker = farm.begin(DATE, "--job", "xmlstubsdump");
  await signalPhp(stack, "dumpBackup.php", { afterMs: 100 });
  const ended = await worker.ended;
  assertEnded(ended, 0);
  assert.match(ended.stderr, /Slice 1 to \d+ of stubs failed, next attempt in 1 s: .*SIGKILL/);
  assert.equal((await good.assertGood(farm)).length, 3);
  assert.deepEqual(farm.list(`temp/f/${wiki}`), []);
});

test("dumpBackup.php is killed whenever it is started: the stubs fail, and are made later", async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
  const stop = keepKillingPhp(stack, "dumpBackup.php");
  const ended = await farm.dump(DATE, "--job", "xmlstubsdump,xmlpagelogsdump");
  await stop();
  assertEnded(ended, 7);
  // Three attempts for each of the two jobs, and not three times three.
  assert.equal(ended.stderr.match(/ failed, next attempt in /g)?.length, 4, ended.stderr);
  assert.doesNotMatch(ended.stderr, /Attempt 2/);
  assert.equal((await good.assertGood(farm)).length, 0);
  await good.assertResumes(farm, "--job", "xmlstubsdump,xmlpagelogsdump");
});

test("fetchText.php is killed once, then for a while whenever it is started, then stands still", async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
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
  await good.assertGood(farm);
  assert.deepEqual(farm.processes(), []);
});

test("the API is down: its jobs fail with exit code 74, the others are done; later these are, too", async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
  const jobs = ["--job", "namespaces,namespacesv2,pagetable"];
  const ended = await withoutApi(stack, () => farm.dump(DATE, ...jobs));
  assertEnded(ended, 74);
  assert.match(
    ended.stderr,
    /Job namespaces failed: The API http:\/\/127\.0\.0\.1:\d+\/faultwiki\/api\.php\?.* cannot be reached/,
  );
  const { namespaces, namespacesv2, pagetable } = farm.states(DATE);
  assert.deepEqual([namespaces, namespacesv2, pagetable], ["failed", "failed", "done"]);
  await good.assertResumes(farm, ...jobs);
});

test("7z is missing: only its job fails, and is done when the configuration is mended", async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
  farm.set({ tools: { sevenzip: "/nowhere" } });
  const ended = await farm.dump(DATE);
  assertEnded(ended, 7);
  assert.match(ended.stderr, /Job metahistory7zdump failed: .*\/nowhere/);
  assert.deepEqual(farm.undone(DATE), ["metahistory7zdump failed"]);
  farm.set({ tools: { sevenzip: "7za" } });
  await good.assertResumes(farm);
});

test("the scratch tree is full: the stubs fail as such, and are made when there is room", {
  skip: skipWithoutMount(),
}, async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
  farm.set({ misc: { maxRetries: 0 } });
  const disk = await smallDisk(farm.path("temp"), 8 << 20);
  try {
    disk.fill();
    const ended = await farm.dump(DATE, ...TEXTS);
    assertEnded(ended, 7);
    assert.match(ended.stderr, /Job xmlstubsdump failed: .*no space left/i);
    assert.equal((await good.assertGood(farm)).length, 0);
    disk.free();
    await good.assertResumes(farm, ...TEXTS);
  } finally {
    await disk.remove();
  }
});

test("the public tree is full: what does not fit fails as such, what is published stays good", {
  skip: skipWithoutMount(),
}, async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
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
    await good.assertResumes(farm);
  } finally {
    await disk.remove();
  }
});

test("a table is locked for some seconds: its dump waits", async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
  const unlock = await lockTable(stack, wiki, "page");
  const worker = farm.begin(DATE, "--job", "pagetable,usergroupstable,pagetitlesdump");
  await worker.untilSaid("Job usergroupstable is done");
  await pause(2000);
  assert.equal(farm.states(DATE)["pagetable"], "in-progress");
  await unlock();
  assertEnded(await worker.ended, 0);
  assert.equal((await good.assertGood(farm)).length, 3);
});

test("a table is locked for longer than stallTime: its dump is ended, tried again, and fails", async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
  farm.set({ misc: { stallTime: 1, maxRetries: 1 } });
  const unlock = await lockTable(stack, wiki, "page");
  const jobs = ["--job", "pagetable,usergroupstable"];
  const ended = await farm.dump(DATE, ...jobs);
  await unlock();
  assertEnded(ended, 7);
  assert.match(
    ended.stderr,
    /Job pagetable failed: .*gave no output for 1000 ms\. Attempt 2 in 1 s[^]*Job pagetable failed/,
  );
  assert.deepEqual(await good.assertGood(farm), ["user_groups.sql.gz"]);
  assert.deepEqual(farm.processes(), []);
  await good.assertResumes(farm, ...jobs);
});

for (
  const { title, spoil, words } of [
    { title: "missing", spoil: loseText, words: /cannot be had: there is no text at tt:\d+/ },
    { title: "changed", spoil: changeText, words: /has SHA-1 \w+ where the stub states/ },
  ]
) {
  test(`a text is ${title}: the job fails and names it, or is published with a notice, as configured`, async (context) => {
    const farm = new FaultFarm(context, stack, wiki);
    const { pageId, revisionId, restore } = await spoil(stack, wiki);
    try {
      const failed = await farm.dump(DATE, ...TEXTS);
      assertEnded(failed, 1);
      assert.match(
        failed.stderr,
        new RegExp(`Job metahistorybz2dump failed: .*Page ${pageId}, revision ${revisionId}: the text `),
      );
      assert.match(failed.stderr, words);
      assert.equal(farm.states(DATE)["metahistorybz2dump"], "failed");
      assert.equal((await good.assertGood(farm)).includes(HISTORY), false);
      farm.set({ export: { textmismatch: "report" } });
      const reported = await farm.dump(DATE, ...TEXTS);
      assertEnded(reported, 0);
      assert.match(
        reported.stderr,
        new RegExp(`Job metahistorybz2dump: Page ${pageId}, revision ${revisionId}: the text `),
      );
      const published = await checkPublished(farm.runDirectory(DATE));
      assert.ok(published.has(HISTORY));
      assert.notEqual(published.get(HISTORY), good.files.get(HISTORY));
      assert.match(farm.read(`public/${wiki}/${DATE}/index.html`), new RegExp(`revision ${revisionId}: the text`));
    } finally {
      await restore();
    }
    farm.set({ export: { textmismatch: "fail" } });
    assertEnded(await farm.dump(DATE, "--job", "articlesdump,metahistorybz2dump", "--noprefetch"), 0);
    await good.assertGood(farm);
  });
}
