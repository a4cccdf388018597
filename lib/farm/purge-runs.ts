/**
 * Purges old runs of one wiki: reads what is there, plans (`report/purge.ts`), takes them out of `latest/`, removes them.
 */

import { isCompleteRun, readRunOf } from "./earlier-run.ts";
import { findLocks } from "./lock/stale.ts";
import { unlinkLatest } from "./report/latest-links.ts";
import { executePurge, planPurge, type PurgeCandidate, type PurgeDecision } from "./report/purge.ts";
import { reportSettingsOf } from "./report-settings-of.ts";
import { isRunDate } from "./report/timestamp.ts";
import { listRunDates } from "./run-dates.ts";
import type { Wiki } from "./wiki.ts";

/** What would be purged: every run with what happens to it, newest first. */
export async function planWikiPurge(wiki: Wiki, currentDate: string | undefined): Promise<PurgeDecision[]> {
  const candidates = await readCandidates(wiki);
  return planPurge(candidates, { keepCount: wiki.settings.cleanup.keep, currentDate });
}

/** Carries out a plan, but for runs that somebody has locked since; gives the dates that are gone. */
export async function purgeWiki(wiki: Wiki, plan: readonly PurgeDecision[]): Promise<string[]> {
  const locked = await lockedDates(wiki);
  const free = locked.has("") ? [] : plan.filter(({ date }) => !locked.has(date));
  const going = new Set(free.filter(({ action }) => action === "remove").map(({ date }) => date));
  const options = { settings: reportSettingsOf(wiki.settings), runsDirectory: wiki.runsDirectory };
  await unlinkLatest({ wiki: wiki.name, date: "" }, ({ date }) => going.has(date), options);
  return await executePurge(free, wiki);
}

async function readCandidates(wiki: Wiki): Promise<PurgeCandidate[]> {
  const locked = await lockedDates(wiki);
  const candidates: PurgeCandidate[] = [];
  for (const date of await listRunDates(wiki)) {
    // Eight digits that are no day are somebody else's directory.
    if (!isRunDate(date)) continue;
    const { status } = await readRunOf(wiki, date);
    const isComplete = isCompleteRun(status);
    // Workers of the reference do some runs without a lock; one that died is marked by the monitor, and goes then.
    const isAtWork = status?.phase === "running";
    candidates.push({ date, isComplete, isLocked: isAtWork || locked.has(date) || locked.has("") });
  }
  return candidates;
}

/** Dates of locks; "" for a lock of the whole wiki. */
async function lockedDates(wiki: Wiki): Promise<ReadonlySet<string>> {
  return new Set((await findLocks(wiki.privateDirectory)).map((lock) => lock.date));
}
