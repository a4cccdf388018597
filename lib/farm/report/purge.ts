/**
 * Which old runs go: counted by complete runs, so that a series of broken ones never pushes out the last good one.
 *
 * A plan first, then its execution: the plan can be shown, and it is all that is removed. Runs in use never go: the current
 * one, locked ones, and the newest complete one.
 */

import { removeTree } from "../../host/directory.ts";

/** An old run, as the plan sees it. */
export interface PurgeCandidate {
  /** YYYYMMDD. */
  readonly date: string;
  readonly isComplete: boolean;
  /** Somebody is working on it. */
  readonly isLocked: boolean;
}

export interface PurgeRules {
  /** How many complete runs stay, besides the current one. */
  readonly keepCount: number;
  /** The run that is going on or has just ended; undefined if there is none. */
  readonly currentDate: string | undefined;
}

/** What happens to one run, and why. */
export interface PurgeDecision {
  readonly date: string;
  readonly action: "keep" | "remove";
  /** For people: "the current run", "locked", "one of the 3 newest complete runs" … */
  readonly reason: string;
}

/**
 * Decides on every run, newest first.
 *
 * A run goes when `keepCount` complete runs are newer than it, the current one not counted. Runs that are not complete go by
 * the same rule: those newer than the oldest kept run stay, since they may be resumed.
 */
export function planPurge(runs: readonly PurgeCandidate[], rules: PurgeRules): PurgeDecision[] {
  const newestFirst = [...runs].sort((a, b) => (a.date < b.date ? 1 : -1));
  const lastComplete = newestFirst.find((run) => run.isComplete)?.date;
  let completeBefore = 0;
  return newestFirst.map((run) => {
    const isCurrent = run.date === rules.currentDate;
    const reason = protection(run, { isCurrent, lastComplete }) ?? ruleOf(run, completeBefore, rules.keepCount);
    if (run.isComplete && !isCurrent) completeBefore++;
    return reason === undefined
      ? { date: run.date, action: "remove", reason: removalReason(rules.keepCount) }
      : { date: run.date, action: "keep", reason };
  });
}

function protection(
  run: PurgeCandidate,
  { isCurrent, lastComplete }: { isCurrent: boolean; lastComplete: string | undefined },
): string | undefined {
  if (isCurrent) return "the current run";
  if (run.isLocked) return "locked";
  return run.date === lastComplete ? "the last complete run" : undefined;
}

function ruleOf(run: PurgeCandidate, completeBefore: number, keepCount: number): string | undefined {
  if (completeBefore >= keepCount) return undefined;
  const runs = keepCount === 1 ? "run" : "runs";
  return run.isComplete
    ? `one of the ${keepCount} newest complete ${runs}`
    : `not older than the complete ${runs} that stay`;
}

function removalReason(keepCount: number): string {
  if (keepCount === 0) return "no old run is kept";
  return keepCount === 1 ? "1 newer complete run is kept" : `${keepCount} newer complete runs are kept`;
}

/** The directories of a wiki in which runs are: one, or the public and the private one. */
export interface PurgeTrees {
  readonly runsDirectory: string;
  readonly privateDirectory: string;
}

/** Removes what the plan says, in both trees, the published one last; gives the dates that are gone. */
export async function executePurge(plan: readonly PurgeDecision[], trees: PurgeTrees): Promise<string[]> {
  const removed: string[] = [];
  for (const { date, action } of plan) {
    if (action === "keep") continue;
    if (!/^\d{8}$/.test(date)) throw new RangeError(`"${date}" is no date of a run`);
    await removeTree(`${trees.privateDirectory}/${date}`);
    await removeTree(`${trees.runsDirectory}/${date}`);
    removed.push(date);
  }
  return removed;
}
