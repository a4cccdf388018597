/**
 * What a run comes to: how many jobs are in which state, and whether the run is over. Counted once here, for every
 * rendering, for the purge and for the index.
 */

import type { JobState, RunStatus } from "./run-status.ts";

export interface RunTotals extends Readonly<Record<JobState, number>> {
  readonly total: number;
  /** Jobs that are over: done, failed or skipped. */
  readonly over: number;
  /** Every job is done or skipped, and the worker left the run in order: all files are there. */
  readonly isComplete: boolean;
  /** Every job is over, some may have failed. */
  readonly isOver: boolean;
}

/** Counts the jobs of a run. */
export function runTotals(status: Pick<RunStatus, "phase" | "jobs">): RunTotals {
  const counts: Record<JobState, number> = { waiting: 0, "in-progress": 0, done: 0, failed: 0, skipped: 0 };
  for (const job of status.jobs) counts[job.state] += 1;
  const total = status.jobs.length;
  const over = counts.done + counts.failed + counts.skipped;
  const isOver = over === total && total > 0;
  return {
    ...counts,
    total,
    over,
    isOver,
    isComplete: isOver && counts.failed === 0 && counts.done > 0 && status.phase === "finished",
  };
}
