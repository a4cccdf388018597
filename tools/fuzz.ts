/**
 * `npm run fuzz -- decoder|splitter [--runs N] [--seed S] [--seconds T] [--no-oracle]`: damages the stored files of
 * test/fuzz-corpus/ in many ways and looks at what our code makes of them. The decoder is compared with libbz2, when python3 is there.
 *
 * A finding (a wrong answer, another error class, a hang) is saved in .fuzz/ with what is wrong. Ends with 1 if there was one.
 * The same seed gives the same cases, so a run can be done again.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { Cases, TARGETS } from "./fuzz/cases.ts";
import { hasLibbz2 } from "./fuzz/libbz2.ts";
import type { WorkerNews, WorkerOrder } from "./fuzz/worker.ts";

const USAGE = "npm run fuzz -- decoder|splitter [--runs N] [--seed S] [--seconds T] [--no-oracle]";
const FINDINGS = fileURLToPath(new URL("../.fuzz/", import.meta.url));
/** A case takes milliseconds, the largest bomb a second or two. */
const HANG_MS = 30_000;
/** A broken decoder finds something in every case: the first ones are enough. */
const MAX_SAVED = 50;

interface Order {
  readonly target: string;
  readonly runs: number;
  readonly seed: number;
  readonly seconds: number;
  readonly hasOracle: boolean;
}

function readOrder(args: readonly string[]): Order {
  const number = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { runs: number, seed: number, seconds: number, "no-oracle": { type: "boolean" } },
  });
  const target = positionals[0] ?? "";
  const seconds = count(values.seconds, Infinity);
  // With a time but no number, the time decides.
  const runs = count(values.runs, seconds === Infinity ? 20_000 : 2 ** 31 - 1);
  const seed = count(values.seed, Date.now() % 1_000_000);
  if (TARGETS[target] === undefined || positionals.length !== 1) throw new TypeError("Name one target");
  return {
    target,
    runs,
    seed,
    seconds,
    hasOracle: target === "decoder" && values["no-oracle"] !== true && hasLibbz2(),
  };
}

function count(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`${text} is not a number`);
  return Number(text);
}

/** Works through the cases; the number of findings. */
async function fuzz(order: Order): Promise<number> {
  const { target, runs, seed, seconds, hasOracle } = order;
  const startMs = Date.now();
  const progress = new SharedArrayBuffer(4);
  const workerData: WorkerOrder = { target, seed, runs, hasOracle, progress, endTimeMs: startMs + seconds * 1000 };
  // A thread does not inherit what makes this one understand TypeScript.
  const [loader, script] = ["tsx/esm/api", "./fuzz/worker.ts"].map((name) => JSON.stringify(import.meta.resolve(name)));
  const worker = new Worker(`import(${loader}).then((tsx) => { tsx.register(); return import(${script}); })`, {
    eval: true,
    workerData,
  });
  let findings = 0;
  const save = (index: number, problem: string, bytes: Uint8Array): void => {
    findings++;
    console.error(`Case ${index} of seed ${seed}: ${problem}`);
    if (findings > MAX_SAVED) return;
    mkdirSync(FINDINGS, { recursive: true });
    const path = `${FINDINGS}${target}-${seed}-${index}`;
    writeFileSync(`${path}.${TARGETS[target]!.suffix}`, bytes);
    writeFileSync(`${path}.txt`, `${problem}\n`);
  };
  const news = await new Promise<WorkerNews | undefined>((resolve, reject) => {
    worker.on("message", (one: WorkerNews) => {
      if (one.type === "finding") save(one.index, one.problem, one.bytes);
      else resolve(one);
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve(undefined));
    const watchdog = watch(new Int32Array(progress), (index) => {
      // Repairing its checksums could hang here too.
      const problem = `no end within ${
        HANG_MS / 1000
      } s (the file is saved as it is before its checksums are repaired)`;
      save(index, problem, new Cases(TARGETS[target]!, seed).damagedBytes(index));
      resolve(undefined);
    });
    worker.on("exit", () => clearInterval(watchdog));
  });
  await worker.terminate();
  if (news?.type === "done") report(order, news, (Date.now() - startMs) / 1000);
  else if (findings === 0) throw new Error("The worker ended early");
  return findings;
}

/** Calls `onHang` when the number of the case has not changed for long. */
function watch(current: Int32Array, onHang: (index: number) => void): ReturnType<typeof setInterval> {
  let [seen, sinceMs] = [-1, Date.now()];
  return setInterval(() => {
    const index = Atomics.load(current, 0);
    if (index !== seen) [seen, sinceMs] = [index, Date.now()];
    else if (Date.now() - sinceMs > HANG_MS) onHang(index);
  }, 1000);
}

function report({ target, seed, hasOracle }: Order, news: WorkerNews & { type: "done" }, seconds: number): void {
  const { runs, compared, outcomes } = news;
  console.log(
    `${target}: ${runs} cases of seed ${seed} in ${seconds.toFixed(1)} s (${Math.round(runs / seconds)} per second)`,
  );
  const counts = Object.entries(outcomes).sort((a, b) => b[1] - a[1]).map(([name, times]) => `${name} ${times}`);
  console.log(`outcomes: ${counts.join(", ")}`);
  if (target === "decoder") {
    console.log(hasOracle ? `compared with libbz2: ${compared}` : "not compared: no python3 with bz2");
  }
}

let order: Order;
try {
  order = readOrder(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exit(2);
}
const findings = await fuzz(order);
console.log(findings === 0 ? "no findings" : `${findings} findings, saved in .fuzz/`);
process.exit(findings === 0 ? 0 : 1);
