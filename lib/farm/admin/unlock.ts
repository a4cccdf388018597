/**
 * Takes away locks whose holders are gone, at once instead of after the stale age, and puts their runs in order.
 *
 * Only what is known to be gone goes: on this machine a process that is no more, or is another program by now; of another machine only
 * when the operator says by name that it is gone. A lock that somebody still touches stays in any case.
 */
import { type AbandonedOptions, recoverLockedRun } from "../abandoned-runs.ts";
import { describeLock } from "../lock/lock-info.ts";
import { findLocks, type FoundLock } from "../lock/stale.ts";
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

/** Looks at every lock of these wikis. */
export async function unlock(wikis: readonly Wiki[], options: UnlockOptions): Promise<readonly LockVerdict[]> {
  const verdicts: LockVerdict[] = [];
  for (const wiki of wikis) {
    for (const lock of await findLocks(wiki.privateDirectory)) {
      if (options.date === undefined || lock.date === options.date) verdicts.push(await judge(wiki, lock, options));
    }
  }
  return verdicts;
}

async function judge(wiki: Wiki, lock: FoundLock, options: UnlockOptions): Promise<LockVerdict> {
  const verdict = (action: LockVerdict["action"], reason: string): LockVerdict => {
    return { wiki: wiki.name, date: lock.date, path: lock.path, action, reason: `${reason}: ${describeLock(lock)}` };
  };
  const obstacle = reasonToKeep(lock, options.goneHosts);
  if (obstacle !== undefined) return verdict("kept", obstacle);
  if (options.isDryRun) return verdict("would be removed", "its worker is gone");
  const recovery: AbandonedOptions = { now: new Date(), staleAgeMs: 0, log: options.log };
  const recovered = await recoverLockedRun(wiki, { ...lock, why: "dead" }, recovery);
  return recovered === undefined
    ? verdict("kept", "somebody touched it in this moment")
    : verdict("removed", "its worker is gone");
}

function reasonToKeep(lock: FoundLock, goneHosts: readonly string[]): string | undefined {
  const state = holderState(lock);
  if (state === "alive") return "its worker is alive";
  if (state === "unknown") return "it does not say whose it is; the monitor removes it when it is stale";
  if (state === "elsewhere" && !goneHosts.includes(lock.holder!.host)) return "its worker is on another host";
  return lock.ageMs <= FRESH_MS ? "somebody touches it" : undefined;
}
