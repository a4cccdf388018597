import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import test from "node:test";
import { scratchDirectory } from "../support/scratch.ts";
import { PLAIN_WIKI, PREFIX_WIKI } from "./farm-wikis.ts";
import {
  changeText,
  keepKillingPhp,
  lockTable,
  loseText,
  phpProcesses,
  signalPhp,
  skipWithoutMount,
  smallDisk,
  stopDatabaseFor,
  withoutApi,
} from "./faults.ts";
import { openFarm } from "./open-farm.ts";
import { spawnTied, tryProgram } from "./run-program.ts";
import { pause } from "./server-process.ts";

const stack = await openFarm(PLAIN_WIKI, PREFIX_WIKI);
const wiki = PLAIN_WIKI.name;
const stub = ["--full", "--stub", "--output=file:/dev/null"];

test("MariaDB is down for a time, then answers again with all rows", async () => {
  const before = await stack.sql(wiki, "select count(*) from revision");
  const over = stopDatabaseFor(stack, 1500);
  await pause(1000);
  const script = `${stack.mediaWikiDirectory}/maintenance/dumpBackup.php`;
  const { status, stderr, stdout } = await tryProgram("php", [script, `--wiki=${wiki}`, ...stub]);
  assert.equal(status, 1);
  assert.match(stderr + new TextDecoder().decode(stdout), /Cannot access the database/);
  await over;
  await stack.maintenance(wiki, "dumpBackup.php", stub);
  assert.equal(await stack.sql(wiki, "select count(*) from revision"), before);
});

test("the API is down while something is done, and up afterwards", async () => {
  const address = `${stack.address}/${wiki}/api.php?action=query&format=json`;
  await withoutApi(stack, () => assert.rejects(fetch(address)));
  assert.equal((await fetch(address)).status, 200);
});

test("a script is killed by its name, and no other", async () => {
  const fetchText = spawnTied("php", [`${stack.mediaWikiDirectory}/maintenance/fetchText.php`, `--wiki=${wiki}`]);
  // Its input stays open in a worker; here it ends, so another one waits.
  const closed = new Promise((resolve) => fetchText.on("close", resolve));
  await closed;
  const args = [
    `${stack.mediaWikiDirectory}/maintenance/dumpBackup.php`,
    `--wiki=${wiki}`,
    "--full",
    "--output=file:/dev/null",
  ];
  const dump = spawnTied("php", args);
  const ended = new Promise((resolve) => dump.on("close", (_status, signal) => resolve(signal)));
  await assert.rejects(signalPhp(stack, "fetchText.php", { withinMs: 100 }), /No process ran fetchText\.php/);
  const pid = await signalPhp(stack, "dumpBackup.php");
  assert.equal(pid, dump.pid);
  assert.equal(await ended, "SIGKILL");
  assert.deepEqual(phpProcesses(stack, "dumpBackup.php"), []);
});

test("a script is stopped, stands still, and goes on", async () => {
  const args = [
    `${stack.mediaWikiDirectory}/maintenance/dumpBackup.php`,
    `--wiki=${wiki}`,
    "--full",
    "--output=file:/dev/null",
  ];
  const dump = spawnTied("php", args);
  const ended = new Promise((resolve) => dump.on("close", resolve));
  await signalPhp(stack, "dumpBackup.php", { signal: "SIGSTOP" });
  await pause(300);
  assert.deepEqual(phpProcesses(stack, "dumpBackup.php"), [dump.pid]);
  await signalPhp(stack, "dumpBackup.php", { signal: "SIGCONT" });
  assert.equal(await ended, 0);
});

test("a script is killed as often as it is started", async () => {
  const stop = keepKillingPhp(stack, "dumpBackup.php");
  const script = `${stack.mediaWikiDirectory}/maintenance/dumpBackup.php`;
  for (let round = 0; round < 2; round++) {
    const { signal } = await tryProgram("php", [script, `--wiki=${wiki}`, "--full", "--output=file:/dev/null"]);
    assert.equal(signal, "SIGKILL");
  }
  assert.equal(await stop(), 2);
});

for (const { name } of [PLAIN_WIKI, PREFIX_WIKI]) {
  test(`${name}: a locked table cannot be read until it is unlocked`, async () => {
    const prefix = stack.tablePrefix(name);
    const unlock = await lockTable(stack, name, "page");
    let isRead = false;
    const reading = stack.sql(name, `select count(*) from ${prefix}page`).then(() => isRead = true);
    await pause(500);
    assert.equal(isRead, false);
    await stack.sql(name, `select count(*) from ${prefix}user`);
    await unlock();
    await reading;
  });
}

test("a table that is not there cannot be locked", async () => {
  await assert.rejects(lockTable(stack, wiki, "nosuchtable"), /could not be locked: .*1146/s);
});

test("a text is lost, and comes back", async () => {
  const lost = await loseText(stack, wiki);
  const ask = async () => {
    const args = [`${stack.mediaWikiDirectory}/maintenance/fetchText.php`, `--wiki=${wiki}`];
    return new TextDecoder().decode((await tryProgram("php", args, { input: `tt:${lost.textId}\n` })).stdout);
  };
  assert.equal(await ask(), `tt:${lost.textId}\n-1\n`);
  await lost.restore();
  const dump = await stack.maintenance(wiki, "dumpBackup.php", ["--full", "--stub"]);
  const size = new RegExp(`<text bytes="(\\d+)" [^>]*location="tt:${lost.textId}"`).exec(dump)?.[1];
  assert.match(await ask(), new RegExp(`^tt:${lost.textId}\n${size}\n`));
});

test("a text is changed without a trace, and comes back", async () => {
  const changed = await changeText(stack, wiki);
  const get = () =>
    stack.sql(wiki, `select length(old_text), left(old_text, 1) from text where old_id = ${changed.textId}`);
  const size = await stack.sql(wiki, `select content_size from content where content_address = 'tt:${changed.textId}'`);
  assert.equal(await get(), `${size.trim()}\t~\n`);
  await changed.restore();
  assert.doesNotMatch(await get(), /~/);
});

test("a disk gets full, and has room again", { skip: skipWithoutMount() }, async () => {
  const disk = await smallDisk(`${scratchDirectory("small-disk")}/disk`, 1 << 20);
  try {
    writeFileSync(`${disk.path}/before`, new Uint8Array(4096));
    disk.fill();
    assert.throws(() => writeFileSync(`${disk.path}/after`, "x"), { code: "ENOSPC" });
    disk.free();
    writeFileSync(`${disk.path}/after`, "x");
    assert.throws(() => writeFileSync(`${disk.path}/big`, new Uint8Array(2 << 20)), { code: "ENOSPC" });
  } finally {
    await disk.remove();
  }
  assert.doesNotMatch(spawnSync("mount", { encoding: "utf8" }).stdout, new RegExp(disk.path));
});
