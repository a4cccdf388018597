/**
 * Finds runs that their workers left behind, and has them recovered: runs with a stale lock, and runs that say they are at
 * work while nobody has a lock on them.
 *
 * The stale lock is removed first (only if it is still the very file that was seen), then taken by ourselves: so a worker
 * that was merely suspended notices, and no new one starts while the run is being put in order.
 */

import { readRunOf } from "./earlier-run.ts";
import { isWikidumpError } from "../errors.ts";
import { describeLock } from "./lock/lock-info.ts";
import { acquireLock, type Lock } from "./lock/lock.ts";
import { lockPath, wikiLockPath } from "./lock/lock-path.ts";
import { breakLock } from "./lock/break-lock.ts";
import { findLocks, type StaleLock, staleLocks } from "./lock/stale.ts";
import { type RecoveredRun, recoverRun } from "./recover.ts";
import type { RunStatus } from "./report/run-status.ts";
import { listRunDates } from "./run-dates.ts";
import type { Wiki } from "./wiki.ts";

export interface AbandonedOptions {
  readonly now: Date;
  /** Age from which a lock, or a status without a lock, counts as left behind. */
  readonly staleAgeMs: number;
  /** Told of everything that is done, one line each. */
  readonly log: (line: string) => void;
}

/** Recovers the runs of a wiki that are left behind; gives those that were there. */
export async function recoverAbandonedRuns(wiki: Wiki, options: AbandonedOptions): Promise<RecoveredRun[]> {
  const recovered: RecoveredRun[] = [];
  for (const stale of await staleLocks(wiki.privateDirectory, { olderThanMs: options.staleAgeMs })) {
    recovered.push(...await recoverLockedRun(wiki, stale, options) ?? []);
  }
  recovered.push(...await recoverUnlockedRuns(wiki, options));
  return recovered;
}

/** Removes a stale lock and recovers its run. Undefined when the lock was touched since it was looked at: then it stays. */
export async function recoverLockedRun(
  wiki: Wiki,
  stale: StaleLock,
  options: AbandonedOptions,
): Promise<RecoveredRun[] | undefined> {
  if (!breakLock(stale, { untouched: true })) return undefined;
  options.log(`Removed stale lock ${stale.path} (${describeLock(stale)})`);
  // The log has host and process; this text is published.
  const cause = stale.why === "dead" ? "its process is gone" : "it gave no sign of life";
  const dates = stale.date === "" ? await datesAtWork(wiki) : [stale.date];
  const recovered: RecoveredRun[] = [];
  for (const date of dates) {
    const run = await recoverUnderLock(wiki, { ...options, date, cause });
    if (run !== undefined) recovered.push(run);
  }
  return recovered;
}

/** The lock of 2011 names no date: the runs that say they are at work are meant. */
async function datesAtWork(wiki: Wiki): Promise<string[]> {
  const dates: string[] = [];
  for (const date of await listRunDates(wiki)) {
    const { status } = await readRunOf(wiki, date);
    if (status?.phase === "running") dates.push(date);
  }
  return dates;
}

/** The latest run, if it says it is at work, nobody has a lock on it, and nothing was heard of it for the stale age. */
async function recoverUnlockedRuns(wiki: Wiki, options: AbandonedOptions): Promise<RecoveredRun[]> {
  const date = (await listRunDates(wiki)).at(-1);
  if (date === undefined || !isSilent((await readRunOf(wiki, date)).status, options)) return [];
  const locks = await findLocks(wiki.privateDirectory);
  if (locks.some((lock) => lock.date === date || lock.date === "")) return [];
  const cause = "its status says it is running, but no worker has its lock";
  const run = await recoverUnderLock(wiki, { ...options, date, cause, onlyIfSilent: true });
  return run === undefined ? [] : [run];
}

function isSilent(status: RunStatus | undefined, { now, staleAgeMs }: AbandonedOptions): boolean {
  return status?.phase === "running" && now.getTime() - status.updatedAt.getTime() > staleAgeMs;
}

interface RunRecovery extends AbandonedOptions {
  readonly date: string;
  readonly cause: string;
  readonly onlyIfSilent?: boolean;
}

async function recoverUnderLock(wiki: Wiki, options: RunRecovery): Promise<RecoveredRun | undefined> {
  const { date, cause, now, log } = options;
  const lock = await lockUnlessHeld(wiki, date);
  if (lock === undefined) return undefined;
  try {
    // With the lock in hand, once more: a worker may have come and gone since.
    if (options.onlyIfSilent === true && !isSilent((await readRunOf(wiki, date)).status, options)) return undefined;
    const run = await recoverRun(wiki, { date, cause, now, onFailure: (error) => log(error.message) });
    if (run !== undefined) log(describeRecovery(run, cause));
    return run;
  } finally {
    await lock.release();
  }
}

async function lockUnlessHeld(wiki: Wiki, date: string): Promise<Lock | undefined> {
  const root = wiki.settings.output.private;
  try {
    return await acquireLock(lockPath(root, wiki.name, date), { alsoHeldBy: [wikiLockPath(root, wiki.name)] });
  } catch (error) {
    // A worker was quicker: the run is in good hands.
    if (isWikidumpError(error) && error.code === "HELD") return undefined;
    throw error;
  }
}

function describeRecovery(run: RecoveredRun, cause: string): string {
  const what = run.isMarked ? "marked as aborted" : "was in order already";
  const removed = run.removedFiles.length === 0 ? "" : `, removed ${run.removedFiles.join(", ")}`;
  return `Run ${run.date} of ${run.wiki}: ${what} (${cause})${removed}`;
}
