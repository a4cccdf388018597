/** Times and memory of whole processes, and what many runs of them come to. */
import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import process from "node:process";

/** One run of a program. */
export interface Run {
  readonly ms: number;
  /** Resident at most, in units of 1,000,000 bytes; NaN for programs that do not say it (bench/programs/ do). */
  readonly megabytes: number;
}

/** Runs a program to its end. Its output goes to a file, or nowhere. */
export function run(command: string, args: readonly string[], outputPath = "/dev/null"): Run {
  const output = openSync(outputPath, "w");
  const startMs = performance.now();
  const { status, signal, stderr } = spawnSync(command, args, { stdio: ["ignore", output, "pipe"], encoding: "utf8" });
  const ms = performance.now() - startMs;
  closeSync(output);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status ?? signal}: ${stderr}`);
  return { ms, megabytes: Number(/maxRSS=(\d+)/.exec(stderr)?.[1] ?? NaN) * 1024 / 1e6 };
}

/** Runs a program with this Node. */
export function runNode(args: readonly string[], outputPath?: string): Run {
  return run(process.execPath, args, outputPath);
}

/** Whether a program can be started. */
export function has(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;
}

/** Lets each work be done once per round, so that all of them meet the same weather; gives the times of each. */
export function byTurns<Name extends string>(rounds: number, works: Record<Name, () => Run>): Record<Name, Run[]> {
  const names = Object.keys(works) as Name[];
  const runs = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Run[]>;
  for (let round = 0; round < rounds; round++) for (const name of names) runs[name].push(works[name]());
  return runs;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

export function medianMs(runs: readonly Run[]): number {
  return median(runs.map(({ ms }) => ms));
}

/** The median of the rounds' ratios: what slows a whole round down does not count. */
export function timeRatio(ours: readonly Run[], theirs: readonly Run[]): number {
  return median(ours.map(({ ms }, round) => ms / theirs[round]!.ms));
}
