/** What a run would do, for people: each job with its files, and the commands that would be run. */
import type { JobDefinition, Piece } from "../jobs/job.ts";
import { outputNames } from "../jobs/job-outputs.ts";
import { runDirectory } from "../wiki.ts";
import type { RunPlan } from "./run-plan.ts";

export interface PlanLinesOptions {
  readonly showsCommands?: boolean;
  readonly signal: AbortSignal;
}

/** A line for each job, and with `showsCommands` one more for each command. Asks the source, writes nothing. */
export async function planLines(
  plan: RunPlan,
  jobs: readonly JobDefinition[],
  options: PlanLinesOptions,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const job of jobs) {
    const pieces = job.pieces(plan.layout);
    lines.push(
      `${job.name}: ${pieces === undefined ? "page ranges that follow from the stubs" : pathsOf(plan, pieces)}`,
    );
    if (options.showsCommands === true) lines.push(...await commandLines(plan, job, options.signal));
  }
  return lines;
}

function pathsOf({ wiki, date }: RunPlan, pieces: readonly Piece[]): string {
  const names = pieces.flatMap(({ outputs }) => outputNames(outputs, wiki.name, date));
  return names.map((name) => `${runDirectory(wiki, date)}/${name}`).join(" ");
}

/** Whole files and 7z are made from other files, without a command of the source. */
async function commandLines(
  { source, layout }: RunPlan,
  job: JobDefinition,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const isOfFiles = job.kind === "task" && job.prerequisites.length > 0;
  if (source.preview === undefined || isOfFiles) return [];
  const files = (job.pieces(layout) ?? job.pieces({ ...layout, ranges: "none" }) ?? [])
    .flatMap(({ pages, outputs }) => outputs.map((output) => ({ ...output, pages })));
  const lines = new Set<string>();
  for (const file of files) for (const line of await source.preview(file, signal)) lines.add(`    ${line}`);
  return [...lines];
}
