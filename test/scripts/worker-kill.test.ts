/**
 * A worker killed with SIGKILL at moments that nobody chose, again and again on one farm: after each kill, and after the
 * monitor that follows, what is published must be true; the next worker must finish the run.
 *
 * `WIKIDUMP_KILL_SECONDS` makes the loop longer, `WIKIDUMP_KILL_SEED` repeats one that failed.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { lstatSync, readlinkSync, utimesSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { decompress } from "../../lib/bzip2/whole.ts";
import { parseStatusLine } from "../../lib/farm/report/status-line.ts";
import { TemporaryFarm } from "../support/temporary-farm.ts";
import { tinyDump } from "../support/tiny-dump.ts";

const DATE = "20260301";
const RUN = `public/tinywiki/${DATE}`;
const SECONDS = Number(process.env["WIKIDUMP_KILL_SECONDS"] ?? 12);
const SEED = Number(process.env["WIKIDUMP_KILL_SEED"] ?? Date.now() % 1_000_000);

/** Numbers from 0 up to 1, the same for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** An export that takes a worker a second or so; a new one each time, so that files of two attempts can be told apart. */
function mediumDump(random: () => number): string {
  const pages = Array.from({ length: 12 }, (_, page) => ({
    id: page + 1,
    title: `Page ${page}`,
    revisions: Array.from({ length: 4 }, (_, revision) => ({
      id: page * 4 + revision + 1,
      text: Array.from({ length: 4000 }, () => Math.floor(random() * 2 ** 32).toString(36)).join(" "),
    })),
  }));
  return tinyDump(pages);
}

interface RunFiles {
  readonly states: ReadonlyMap<string, string>;
  /** MD5 by name, of files that the status lists. */
  readonly sums: ReadonlyMap<string, string>;
  /** The job that a file belongs to. */
  readonly jobs: ReadonlyMap<string, string>;
}

function readStatus(farm: TemporaryFarm): RunFiles {
  const states = new Map<string, string>();
  const sums = new Map<string, string>();
  const jobs = new Map<string, string>();
  if (!farm.exists(`${RUN}/dumpstatus.json`)) return { states, sums, jobs };
  const status = JSON.parse(farm.read(`${RUN}/dumpstatus.json`)) as {
    jobs: Record<string, { files?: Record<string, { md5?: string }> }>;
  };
  for (const [jobName, job] of Object.entries(status.jobs)) {
    for (const [name, { md5 }] of Object.entries(job.files ?? {})) {
      jobs.set(name, jobName);
      if (md5 !== undefined) sums.set(name, md5);
    }
  }
  for (const name of ["dumpruninfo.json", "report.json"]) {
    if (farm.exists(`${RUN}/${name}`)) {
      assert.equal(typeof JSON.parse(farm.read(`${RUN}/${name}`)).jobs, "object", name);
    }
  }
  if (farm.exists(`${RUN}/status.html`)) {
    assert.notEqual(parseStatusLine(farm.read(`${RUN}/status.html`)).state, "unknown");
  }
  if (farm.exists(`${RUN}/dumpruninfo.txt`)) {
    for (const line of farm.read(`${RUN}/dumpruninfo.txt`).trimEnd().split("\n")) {
      const fields = /^name:(\w+); status:(waiting|in-progress|done|failed|skipped); updated:[-\d: ]*$/.exec(line);
      assert.ok(fields, line);
      states.set(fields[1]!, fields[2]!);
    }
  }
  return { states, sums, jobs };
}

/** What is true at any moment. */
function assertTrueToTheFiles(farm: TemporaryFarm, whole: Map<string, boolean>): RunFiles {
  const status = readStatus(farm);
  const sums = new Map<string, string>();
  for (const name of farm.list(RUN).filter((name) => /\.(?:bz2|gz)$/.test(name))) {
    const bytes = farm.readBytes(`${RUN}/${name}`);
    const md5 = createHash("md5").update(bytes).digest("hex");
    sums.set(name, md5);
    if (!whole.has(md5)) whole.set(md5, decodes(name, bytes));
    assert.ok(whole.get(md5), `${name} does not decode`);
  }
  for (const [name, md5] of status.sums) assert.equal(sums.get(name), md5, `${name} is not what dumpstatus.json says`);
  for (const line of listLines(farm)) {
    const [md5, name] = line.split("  ") as [string, string];
    assert.equal(sums.get(name), md5, `${name} is not what the list says`);
  }
  for (const name of farm.list("public/tinywiki/latest")) {
    const path = farm.path("public/tinywiki/latest", name);
    if (!lstatSync(path).isSymbolicLink()) continue;
    assert.ok(farm.exists(`public/tinywiki/latest/${name}`), `${name} points to nothing`);
    const target = readlinkSync(path).split("/").at(-1)!;
    if (/\.(?:bz2|gz)$/.test(target)) assert.ok(sums.has(target), `${name} points to ${target}`);
  }
  return status;
}

function listLines(farm: TemporaryFarm): readonly string[] {
  const list = `${RUN}/tinywiki-${DATE}-md5sums.txt`;
  return farm.exists(list) ? farm.read(list).split("\n").filter((line) => line !== "") : [];
}

function decodes(name: string, bytes: Uint8Array): boolean {
  try {
    const plain = name.endsWith(".gz") ? gunzipSync(bytes) : decompress(bytes);
    return !name.includes(".xml.") || new TextDecoder().decode(plain.subarray(-40)).trimEnd().endsWith("</mediawiki>");
  } catch {
    return false;
  }
}

/**
 * What is true once the monitor has passed: nobody is at work, nothing is unfinished. Links lead to files that are listed;
 * those of a job that died in the very moment of replacing them may lead to whole files that are not.
 */
async function assertPutInOrder(farm: TemporaryFarm, whole: Map<string, boolean>): Promise<void> {
  for (const lock of farm.list("private/tinywiki").filter((name) => name.startsWith("lock"))) {
    utimesSync(farm.path("private/tinywiki", lock), new Date(0), new Date(0));
  }
  const monitor = await farm.monitor();
  assert.equal(monitor.status, 0, monitor.stderr);
  const { states, sums, jobs } = assertTrueToTheFiles(farm, whole);
  assert.deepEqual(farm.list("private/tinywiki").filter((name) => name.startsWith("lock")), []);
  assert.deepEqual(farm.list(RUN).filter((name) => /\.inprog|~/.test(name)), []);
  assert.ok(![...states.values()].includes("in-progress"), [...states].join(" "));
  if (farm.exists(RUN)) assert.notEqual(parseStatusLine(farm.read(`${RUN}/status.html`)).state, "in-progress");
  const listed = new Set(listLines(farm).map((line) => line.slice(34)));
  assert.deepEqual([...listed].sort(), [...sums.keys()].sort());
  for (const name of farm.list("public/tinywiki/latest")) {
    const path = farm.path("public/tinywiki/latest", name);
    if (!lstatSync(path).isSymbolicLink() || name.endsWith("sums.txt")) continue;
    const target = readlinkSync(path).split("/").at(-1)!;
    const state = states.get(jobs.get(target)!);
    assert.ok(listed.has(target) || state !== "done", `${name} points to ${target}, which no list has`);
  }
}

async function killAfter(farm: TemporaryFarm, delayMs: number, args: readonly string[]): Promise<void> {
  const worker = farm.startWorker("tinywiki", "--date", DATE, ...args);
  const ended = once(worker, "exit");
  worker.stderr?.resume();
  await Promise.race([sleep(delayMs), ended]);
  worker.kill("SIGKILL");
  await ended;
}

async function assertFinishes(
  farm: TemporaryFarm,
  args: readonly string[],
  whole: Map<string, boolean>,
): Promise<void> {
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE, ...args);
  assert.equal(status, 0, stderr);
  const { states, sums } = assertTrueToTheFiles(farm, whole);
  assert.deepEqual([...new Set(states.values())], ["done"]);
  assert.equal(sums.size, 12);
  assert.equal(listLines(farm).length, 12);
  assert.equal(farm.list("public/tinywiki/latest").filter((name) => /latest-.*(?:bz2|gz)$/.test(name)).length, 12);
  assert.deepEqual(farm.files().filter((path) => /\.inprog|~|\.sort$|\/lock/.test(path)), []);
}

const CHOICES: readonly (readonly string[])[] = [[], ["--skipdone"], ["--cleanup"], [
  "--job",
  "xmlstubsdump,articlesdump",
]];

test(`a worker killed at any moment leaves only what is true, and the next one finishes (seed ${SEED})`, async (t) => {
  const farm = new TemporaryFarm(t);
  const random = seededRandom(SEED);
  const whole = new Map<string, boolean>();
  farm.addWiki("tinywiki", mediumDump(random));
  const end = performance.now() + SECONDS * 1000;
  const start = performance.now();
  await assertFinishes(farm, [], whole);
  const usualMs = performance.now() - start;
  for (let round = 0; round === 0 || performance.now() < end; round++) {
    farm.write("exports/tinywiki.xml", mediumDump(random));
    for (let kill = 0; kill < 3; kill++) {
      await killAfter(farm, 60 + random() * usualMs, CHOICES[Math.floor(random() * CHOICES.length)]!);
      assertTrueToTheFiles(farm, whole);
      await assertPutInOrder(farm, whole);
    }
    await assertFinishes(farm, round % 2 === 0 ? ["--skipdone"] : [], whole);
  }
});
