/**
 * Takes away locks whose holders are gone, at once instead of after the stale age, and puts their runs in order; and claims of batches, which
 * others can claim then.
 *
 * Only what is known to be gone goes: on this machine a process that is no more, or is another program by now; of another machine only
 * when the operator says by name that it is gone. A lock that somebody still touches stays in any case.
 */
import { type AbandonedOptions, recoverLockedRun } from "../abandoned-runs.ts";
import { jobOfRunningFile } from "../batches/batch-names.ts";
import { batchesOf } from "../batches-of.ts";
import { listDirectory } from "../../host/directory.ts";
import { breakLock } from "../lock/break-lock.ts";
import { describeLock, readLock } from "../lock/lock-info.ts";
import { findLocks, type FoundLock } from "../lock/stale.ts";
import { isRunDate } from "../report/timestamp.ts";
import { privateRunDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import { FRESH_MS, holderState } from "./lock-holder.ts";

export interface UnlockOptions {
  /** Only locks of this date; all without it. */
  readonly date: string | undefined;
  /** Machines that are gone for good, with all their workers, in the words of the operator. */
  readonly goneHosts: readonly string[];
  readonly isDryRun: boolean;
  readonly log: (line: string) => void;
}

/** What was done about one lock, and why. */
export interface LockVerdict {
  readonly wiki: string;
  /** "" for a lock of the whole wiki. */
  readonly date: string;
  readonly path: string;
  readonly action: "removed" | "would be removed" | "kept";
  readonly reason: string;
}

/** A lock, and how it is taken away: false if somebody touched it in that moment. */
interface Candidate {
  readonly lock: FoundLock;
  readonly remove: () => Promise<boolean>;
}

/** Looks at every lock of these wikis, and at the batches that are claimed. */
export async function unlock(wikis: readonly Wiki[], options: UnlockOptions): Promise<readonly LockVerdict[]> {
  const verdicts: LockVerdict[] = [];
  for (const wiki of wikis) {
    for (const candidate of [...await locksOf(wiki, options), ...await claimsOf(wiki)]) {
      const { date } = candidate.lock;
      if (options.date === undefined || date === options.date) verdicts.push(await judge(wiki, candidate, options));
    }
  }
  return verdicts;
}

async function locksOf(wiki: Wiki, { log }: UnlockOptions): Promise<readonly Candidate[]> {
  const recovery: AbandonedOptions = { now: new Date(), staleAgeMs: 0, log };
  return (await findLocks(wiki.privateDirectory)).map((lock): Candidate => ({
    lock,
    remove: async () => await recoverLockedRun(wiki, { ...lock, why: "dead" }, recovery) !== undefined,
  }));
}

async function claimsOf(wiki: Wiki): Promise<readonly Candidate[]> {
  const claims: Candidate[] = [];
  for (const date of (await listDirectory(wiki.privateDirectory)).filter(isRunDate)) {
    const directory = privateRunDirectory(wiki, date);
    for (const name of await listDirectory(directory)) {
      const job = jobOfRunningFile(name);
      const info = job === undefined ? undefined : await readLock(`${directory}/${name}`);
      if (info !== undefined) {
        claims.push({
          lock: { ...info, date },
          remove: () => unclaim(wiki, { ...info, date }, job!),
        });
      }
    }
  }
  return claims;
}

async function unclaim(wiki: Wiki, lock: FoundLock, job: string): Promise<boolean> {
  // The look at the batches below may have removed this one when it was another's turn.
  const isGone = breakLock(lock, { untouched: true }) || await readLock(lock.path) === undefined;
  if (isGone) await batchesOf(wiki, lock.date, job).abortStale();
  return isGone;
}

async function judge(wiki: Wiki, { lock, remove }: Candidate, options: UnlockOptions): Promise<LockVerdict> {
  const verdict = (action: LockVerdict["action"], reason: string): LockVerdict => {
    return { wiki: wiki.name, date: lock.date, path: lock.path, action, reason: `${reason}: ${describeLock(lock)}` };
  };
  const obstacle = reasonToKeep(lock, options.goneHosts);
  if (obstacle !== undefined) return verdict("kept", obstacle);
  if (options.isDryRun) return verdict("would be removed", "its worker is gone");
  return await remove()
    ? verdict("removed", "its worker is gone")
    : verdict("kept", "somebody touched it in this moment");
}

function reasonToKeep(lock: FoundLock, goneHosts: readonly string[]): string | undefined {
  const state = holderState(lock);
  if (state === "alive") return "its worker is alive";
  if (state === "unknown") return "it does not say whose it is; the monitor removes it when it is stale";
  if (state === "elsewhere" && !goneHosts.includes(lock.holder!.host)) return "its worker is on another host";
  return lock.ageMs <= FRESH_MS ? "somebody touches it" : undefined;
}
