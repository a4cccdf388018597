/** Signals of every kind at every time, and what others see of a run while it goes on. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseStatusLine } from "../../lib/farm/report/status-line.ts";
import { runProcess, TemporaryFarm } from "../support/temporary-farm.ts";
import { tinyDump } from "../support/tiny-dump.ts";

const WORKER = fileURLToPath(new URL("../../dist/worker.mjs", import.meta.url));
const DATE = "20260301";
const RUN = `public/tinywiki/${DATE}`;

/** An export that takes some seconds to dump. */
function slowDump(): string {
  const pages = Array.from({ length: 8 }, (_, page) => ({
    id: page + 1,
    title: `P${page}`,
    revisions: [{ id: page + 1, text: Array.from({ length: 30_000 }, () => Math.random().toString(36)).join(" ") }],
  }));
  return tinyDump(pages);
}

interface Started {
  readonly child: ReturnType<TemporaryFarm["startWorker"]>;
  readonly ended: Promise<[number | null, string | null]>;
  readonly output: { stderr: string };
}

function start(farm: TemporaryFarm, ...args: readonly string[]): Started {
  const child = farm.startWorker(...args);
  const output = { stderr: "" };
  child.stderr!.setEncoding("utf8").on("data", (text: string) => output.stderr += text);
  return { child, output, ended: once(child, "exit") as Started["ended"] };
}

async function until(what: () => boolean, output: { stderr: string }): Promise<void> {
  for (let tries = 0; !what(); tries++) {
    assert.ok(tries < 2000, `waited in vain: ${output.stderr}`);
    await sleep(10);
  }
}

const isWriting = (farm: TemporaryFarm) => farm.list(RUN).some((name) => name.endsWith("history.xml.bz2.inprog"));

function assertTidy(farm: TemporaryFarm): void {
  assert.deepEqual(farm.files().filter((path) => /\.inprog|~|\.sort$|\/lock/.test(path)), []);
}

function slowFarm(t: TestContext): TemporaryFarm {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", slowDump());
  return farm;
}

for (const signal of ["SIGINT", "SIGHUP"] as const) {
  test(`${signal} ends a run like SIGTERM: aborted, tidy, the signal passed on`, async (t) => {
    const farm = slowFarm(t);
    const { child, ended, output } = start(farm, "tinywiki", "--date", DATE);
    await until(() => isWriting(farm), output);
    child.kill(signal);
    const [status, name] = await ended;
    assert.equal(name ?? status, signal, output.stderr);
    assertTidy(farm);
    assert.match(farm.read(`${RUN}/status.html`), /dump aborted/);
  });
}

test("two signals at once are one request; the run still ends in order", async (t) => {
  const farm = slowFarm(t);
  const { child, ended, output } = start(farm, "tinywiki", "--date", DATE);
  await until(() => isWriting(farm), output);
  child.kill("SIGTERM");
  child.kill("SIGINT");
  await ended;
  assertTidy(farm);
  assert.match(farm.read(`${RUN}/status.html`), /dump aborted/);
});

test("--loop: SIGTERM in the pause ends it at once; nothing is left", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  const { child, ended, output } = start(farm, "--loop", "--sleep", "1000000");
  await until(() => /articlesmultistreamdump is done/.test(output.stderr), output);
  await sleep(700);
  const sentAt = performance.now();
  child.kill("SIGTERM");
  const [status, name] = await ended;
  assert.equal(name ?? status, "SIGTERM", output.stderr);
  assert.ok(performance.now() - sentAt < 2000);
  assertTidy(farm);
});

test("--loop: SIGTERM while a child dumps ends the child in order, then the loop", async (t) => {
  const farm = slowFarm(t);
  const { child, ended, output } = start(farm, "--loop", "--date", DATE);
  await until(() => isWriting(farm), output);
  child.kill("SIGTERM");
  const [status, name] = await ended;
  assert.equal(name ?? status, "SIGTERM", output.stderr);
  assertTidy(farm);
  assert.match(farm.read(`${RUN}/status.html`), /dump aborted/);
});

const RANK: Readonly<Record<string, number>> = { waiting: 0, "in-progress": 1, done: 2 };

test("whoever reads the status files while a run goes on finds them whole, and moving forward only", async (t) => {
  const farm = slowFarm(t);
  const { child, ended, output } = start(farm, "tinywiki", "--date", DATE);
  const ranks = new Map<string, number>();
  let updatedAt = "";
  let looks = 0;
  while (child.exitCode === null) {
    await Promise.race([sleep(20), ended]);
    if (!farm.exists(`${RUN}/status.html`)) continue;
    looks++;
    const status = JSON.parse(farm.read(`${RUN}/dumpstatus.json`));
    assert.ok(status.updatedAt >= updatedAt, `${status.updatedAt} after ${updatedAt}`);
    updatedAt = status.updatedAt;
    for (const [name, job] of Object.entries(status.jobs) as [string, { status: string }][]) {
      assert.ok(RANK[job.status]! >= (ranks.get(name) ?? 0), `${name} went back to ${job.status}`);
      ranks.set(name, RANK[job.status]!);
    }
    JSON.parse(farm.read(`${RUN}/dumpruninfo.json`));
    if (farm.exists(`${RUN}/report.json`)) JSON.parse(farm.read(`${RUN}/report.json`));
    assert.notEqual(parseStatusLine(farm.read(`${RUN}/status.html`)).state, "unknown");
    assert.match(farm.read(`${RUN}/index.html`), /<\/html>\s*$/);
  }
  assert.equal((await ended)[0], 0, output.stderr);
  assert.ok(looks > 10, `${looks} looks`);
  assert.deepEqual(new Set(ranks.values()), new Set([2]));
});

test("a log that cannot be written does not stop the dump; the worker says so at its end", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  mkdirSync(farm.path(`private/tinywiki/${DATE}/dumplog.txt`), { recursive: true });
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE, "--log");
  assert.match(farm.read(`${RUN}/status.html`), /Dump complete/);
  assert.equal(status, 74, stderr);
  assert.match(stderr, /dumplog\.txt/);
  assertTidy(farm);
});

test("a temp tree that is no directory fails with exit code 74 and its path; lock given back", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  farm.write("temp", "in the way");
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(status, 74, stderr);
  assert.match(stderr, /temp/);
  assertTidy(farm);
});

/** A module that sets the clock of a process before its program starts; `now` is an expression of `real`, the true time. */
function clockModule(farm: TemporaryFarm, now: string): string {
  farm.write(
    "clock.mjs",
    `import { existsSync } from "node:fs";\nconst RealDate = Date;\nconst startedAt = RealDate.now();\nconst nowOf = (real, elapsed) => ${now};\n` +
      "const now = () => nowOf(RealDate.now(), RealDate.now() - startedAt);\n" +
      "globalThis.Date = class Date extends RealDate {\n" +
      "  constructor(...args) { if (args.length > 0) super(...args); else super(now()); }\n" +
      "  static now() { return now(); }\n};\n",
  );
  return farm.path("clock.mjs");
}

async function workWithClock(farm: TemporaryFarm, now: string, ...args: readonly string[]) {
  const clock = clockModule(farm, now);
  return await runProcess(
    process.execPath,
    ["--import", clock, WORKER, "--configfile", farm.configure(), ...args],
    farm.root,
  );
}

test("a run that crosses midnight UTC has the date of its start, in every name", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  // Midnight comes as soon as the run has a directory, however long the start took.
  const beforeMidnight =
    'RealDate.parse(existsSync("private/tinywiki/20260301") ? "2026-03-02" : "2026-03-01T23:00Z") + elapsed';
  const { status, stderr } = await workWithClock(farm, beforeMidnight, "tinywiki", "--log");
  assert.equal(status, 0, stderr);
  assert.deepEqual(farm.list("public/tinywiki"), ["20260301", "latest"]);
  assert.deepEqual(farm.list("private/tinywiki"), ["20260301"]);
  assert.match(stderr, /2026-03-02 00:00:/);
});

test("a clock that jumps back an hour in the middle of a run does no harm, and the run ends complete", async (t) => {
  const farm = slowFarm(t);
  const { status, stderr } = await workWithClock(
    farm,
    "real - (elapsed > 500 ? 3_600_000 : 0)",
    "tinywiki",
    "--date",
    DATE,
  );
  assert.equal(status, 0, stderr);
  assert.match(farm.read(`${RUN}/status.html`), /Dump complete</);
  assertTidy(farm);
});
