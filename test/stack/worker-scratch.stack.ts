/** Nothing of a run stays in the temporary directory: not at its end, and not when its worker was killed and the monitor came by. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import process from "node:process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { waitUntil } from "../support/process.ts";
import { runProcess } from "../support/temporary-farm.ts";
import { SKIP_WITHOUT_STACK, STACK } from "./stack-settings.ts";
import { WorkerHost } from "./worker-host.ts";

const DATE = "20260801";
const PARTS =
  "[lighthousewiki]\nchunksEnabled=1\npagesPerChunkHistory=20,20\ncheckpointTime=720\nrevsPerJob=100\nrevinfostash=1";
const MONITOR = fileURLToPath(new URL("../../dist/monitor.mjs", import.meta.url));

function tempFiles(host: WorkerHost, wiki: string): readonly string[] {
  const directory = host.path("dumps/temp", wiki.slice(0, 1), wiki);
  return existsSync(directory) ? readdirSync(directory) : [];
}

test("at the end of a run with page ranges", { skip: SKIP_WITHOUT_STACK }, async () => {
  const host = new WorkerHost(STACK!, PARTS);
  const jobs = "xmlstubsdump,xmlpagelogsdump,metahistorybz2dump";
  const result = await host.worker("lighthousewiki", "--date", DATE, "--job", jobs);
  assert.equal(result.status, 0, result.stderr);
  assert.ok(existsSync(host.path("dumps/public/lighthousewiki", DATE, "pagerangeinfo.json")));
  assert.deepEqual(tempFiles(host, "lighthousewiki"), []);
});

test("after kill -9 in the middle of the stubs, and a round of the monitor", { skip: SKIP_WITHOUT_STACK }, async () => {
  const host = new WorkerHost(STACK!);
  const foreign = "beewiki-20260701-revinfo.gz";
  mkdirSync(host.path("dumps/temp/b/beewiki"), { recursive: true });
  writeFileSync(host.path("dumps/temp/b/beewiki", foreign), "of another date");
  const words = [host.path("wikidump/worker.mjs"), "--configfile", host.configFile, "beewiki", "--date", DATE];
  const worker = spawn(process.execPath, [...words, "--job", "xmlstubsdump"], { stdio: "ignore" });
  const ended = once(worker, "exit");
  await waitUntil(() => tempFiles(host, "beewiki").some((name) => name.includes("-stubs-")), 60_000);
  worker.kill("SIGKILL");
  await ended;
  assert.ok(tempFiles(host, "beewiki").length > 1);
  // Three heartbeats have to be missing before its lock is taken from it.
  const missed = new Date(Date.now() - 60_000);
  utimesSync(host.path(`dumps/private/beewiki/lock_${DATE}`), missed, missed);

  copyFileSync(MONITOR, host.path("wikidump/monitor.mjs"));
  const sweep = await runProcess(
    process.execPath,
    [host.path("wikidump/monitor.mjs"), "--configfile", host.configFile],
    host.root,
  );
  assert.equal(sweep.status, 0, sweep.stderr);
  assert.deepEqual(tempFiles(host, "beewiki"), [foreign]);
});
