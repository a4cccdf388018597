/** Runs of a wiki as their files tell them: one of a date, and the one before a date. */
import { readRun } from "./report/run-reader.ts";
import type { RunRecord } from "./report/run-reader.ts";
import type { RunIdentity } from "./report/report-settings.ts";
import type { RunStatus } from "./report/run-status.ts";
import { runTotals } from "./report/run-totals.ts";
import { listRunDates } from "./run-dates.ts";
import { runDirectory } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";

/** What names a run in its files. */
export function runIdentity(wiki: Wiki, date: string): RunIdentity {
  return { wiki: wiki.name, date, isPrivate: wiki.isPrivate, isClosed: wiki.isClosed };
}

/** Reads what is there of a run. */
export function readRunOf(wiki: Wiki, date: string): Promise<RunRecord> {
  return readRun(runDirectory(wiki, date), runIdentity(wiki, date));
}

/** Whether every job of a run is done or skipped; a run of which nothing is known is not. */
export function isCompleteRun(status: RunStatus | undefined): boolean {
  return status !== undefined && runTotals(status).isComplete;
}

/** The run before a date, if there is one. */
export async function previousRun(wiki: Wiki, date: string): Promise<RunStatus["previous"]> {
  const before = (await listRunDates(wiki)).filter((other) => other < date).at(-1);
  if (before === undefined) return undefined;
  const { status } = await readRunOf(wiki, before);
  return { date: before, isComplete: isCompleteRun(status) };
}
