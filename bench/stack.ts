/**
 * `npx tsx bench/stack.ts`: whole runs of the bundled worker on a real MediaWiki, against what the reference took for the same wikis.
 *
 *     npx tsx bench/stack.ts                          three rounds of two dates
 *     npx tsx bench/stack.ts --rounds 9 tenwiki       more rounds, one wiki
 *
 * Makes the farm of test/stack/README.md (WIKIDUMP_STACK_BASE keeps it) and the reference's wikis in it (WIKIDUMP_SHARED must have them);
 * `npm run build` first. The reference's figures are those that were measured once, on two cores, where its scripts run; it waits most of
 * the time, so a machine that is busy with other things makes ours look slow, not its. The CPU time of the worker and of all programs that it
 * starts is given beside; it is what a busy machine leaves alone. MariaDB's is in neither.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { type ReferenceWiki, restoreReference } from "../test/stack/restore-reference.ts";
import { type Stack, startStack } from "../test/stack/stack.ts";
import { IN_PARTS, WorkerFarm } from "../test/stack/worker-farm.ts";
import { type Figure, missed, printFigure, printJson } from "./figures.ts";
import { median } from "./measure.ts";

/** Wall seconds of the reference, of a first run and of one that takes its texts from the first. */
const REFERENCE: Readonly<Partial<Record<ReferenceWiki, readonly [first: number, second: number]>>> = {
  tenwiki: [69.9, 67.6],
  elwikivoyage: [158.4, 154.8],
};
const WIKIS = [
  { name: "tenwiki" },
  { name: "elwikivoyage", settings: `${IN_PARTS}\npagesPerChunkHistory=70,90\nrevsPerJob=100` },
] as const;
const DATES = ["20261101", "20261122"] as const;
const KINDS = ["first run", "second run"] as const;
const MUST = 1 / 4;
const AIM = 1 / 7;

/** One line of the worker's log, and when it came. */
interface Moment {
  readonly ms: number;
  readonly line: string;
}

interface Run {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly moments: readonly Moment[];
}

async function runOnce(farm: WorkerFarm, wiki: string, date: string): Promise<Run> {
  // The shell counts the time of all programs that were waited for.
  const script = 'TIMEFORMAT="cpu %U %S"; time "$@"';
  const args = ["-c", script, "bash", process.execPath, ...farm.workerArgs(wiki, date)];
  const startMs = performance.now();
  const child = spawn("bash", args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, LC_ALL: "C" } });
  const moments: Moment[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    moments.push({ ms: performance.now() - startMs, line });
  }
  const wallSeconds = (performance.now() - startMs) / 1000;
  const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/.exec(moments.at(-1)?.line ?? "") ?? [];
  const states = farm.jobStates(wiki, date);
  if (system === undefined || [...states.values()].some((state) => state !== "done")) {
    throw new Error(`${wiki}: ${moments.map(({ line }) => line).join("\n")}`);
  }
  return { wallSeconds, cpuSeconds: Number(user) + Number(system), moments };
}

/** Where the time of a run went: from the beginning of a job to its end; jobs run side by side. */
function printJobs({ moments }: Run): void {
  const begun = new Map<string, number>();
  for (const { ms, line } of moments) {
    const names = / Starting (.*)$/.exec(line)?.[1]?.split(", ") ?? [];
    for (const name of names) begun.set(name, ms);
    const done = / Job (\w+) is done$/.exec(line)?.[1];
    const startMs = done === undefined ? undefined : begun.get(done);
    if (startMs === undefined) continue;
    console.log(`  ${seconds(startMs)} – ${seconds(ms)}  ${seconds(ms - startMs)} s  ${done}`);
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2).padStart(6);
}

async function measure(stack: Stack, wiki: (typeof WIKIS)[number], rounds: number): Promise<readonly Figure[]> {
  const runs: readonly [Run[], Run[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const directory = mkdtempSync(join(tmpdir(), "wikidump-bench-"));
    try {
      const farm = new WorkerFarm(stack, directory, [wiki]);
      for (const [at, date] of DATES.entries()) runs[at]!.push(await runOnce(farm, wiki.name, date));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  return runs.map((ofDate, at) => {
    const theirs = REFERENCE[wiki.name]![at]!;
    const wall = median(ofDate.map(({ wallSeconds }) => wallSeconds));
    const cpu = median(ofDate.map(({ cpuSeconds }) => cpuSeconds));
    console.log(`\n${wiki.name}, ${KINDS[at]}: jobs of the fastest round`);
    printJobs(ofDate.toSorted((one, other) => one.wallSeconds - other.wallSeconds)[0]!);
    const best = Math.min(...ofDate.map(({ wallSeconds }) => wallSeconds));
    return {
      what: `${wiki.name}, ${KINDS[at]}: wall time, ours : the reference's`,
      value: wall / theirs,
      unit: "×",
      must: MUST,
      aim: AIM,
      detail: `${wall.toFixed(1)} s (best ${best.toFixed(1)}) : ${theirs} s; CPU ${cpu.toFixed(1)} s`,
    };
  });
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" } },
});
const stack = await startStack({ log: (line) => console.log(line) });
try {
  const figures: Figure[] = [];
  for (const wiki of WIKIS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
    await restoreReference(stack, wiki.name);
    console.log(
      `\n== ${wiki.name}: load ${loadavg()[0]!.toFixed(1)}, node ${process.version}, ${values.rounds} rounds`,
    );
    figures.push(...await measure(stack, wiki, Number(values.rounds)));
  }
  console.log();
  for (const figure of figures) printFigure(figure);
  console.log(`${missed(figures).length} of ${figures.length} figures miss their "must"`);
  printJson("stack", figures);
} finally {
  await stack.stop();
}
