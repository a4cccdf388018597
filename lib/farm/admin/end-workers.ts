/**
 * Ends the workers of this machine that have locks of the farm: SIGTERM, so that each leaves its run in order, and then a look at what
 * became of them.
 *
 * A lock file is only paper: a process is asked to end when it is a worker by its command line, too.
 */
import { sleep } from "../../host/clock.ts";
import { isProcessAlive, ownPid } from "../../host/machine.ts";
import { askToEnd, processArguments } from "../../host/other-process.ts";
import { describeLock } from "../lock/lock-info.ts";
import { findLocks, type FoundLock } from "../lock/stale.ts";
import type { Wiki } from "../wiki.ts";
import { holderState, isWorkerProgram } from "./lock-holder.ts";

export interface EndOptions {
  /** Only workers on this date; all without it. */
  readonly date: string | undefined;
  /** How long they may take. */
  readonly waitMs: number;
  readonly isDryRun: boolean;
  readonly signal?: AbortSignal;
}

/** What became of the holder of one lock. */
export interface WorkerVerdict {
  readonly wiki: string;
  readonly date: string;
  readonly pid: number;
  readonly action: "ended" | "would be ended" | "still there" | "left alone";
  readonly reason: string;
}

const LOOK_MS = 100;

/** Asks them all, then waits for them together. Those of other machines are told of, and left alone. */
export async function endWorkers(wikis: readonly Wiki[], options: EndOptions): Promise<readonly WorkerVerdict[]> {
  const verdicts: WorkerVerdict[] = [];
  for (const wiki of wikis) {
    for (const lock of await findLocks(wiki.privateDirectory)) {
      if (options.date === undefined || lock.date === options.date) verdicts.push(begin(wiki, lock, options));
    }
  }
  await waitFor(verdicts.filter(({ action }) => action === "still there").map(({ pid }) => pid), options);
  return verdicts.map((verdict) => {
    const hasEnded = verdict.action === "still there" && !isAtWork(verdict.pid);
    return hasEnded ? { ...verdict, action: "ended", reason: "it left its run in order" } : verdict;
  });
}

/** Sends the signal; a process to which it was sent counts as still there until it is seen to be gone. */
function begin(wiki: Wiki, lock: FoundLock, { isDryRun }: EndOptions): WorkerVerdict {
  const pid = lock.holder?.pid ?? 0;
  const verdict = (action: WorkerVerdict["action"], reason: string): WorkerVerdict => {
    return { wiki: wiki.name, date: lock.date, pid, action, reason };
  };
  const state = holderState(lock);
  if (state !== "alive") return verdict("left alone", `${STATE_WORDS[state]}: ${describeLock(lock)}`);
  if (pid === ownPid() || !isWorkerProgram(processArguments(pid) ?? [])) {
    return verdict("left alone", `process ${pid} is no worker, or cannot be looked at`);
  }
  if (isDryRun) return verdict("would be ended", describeLock(lock));
  const obstacle = askToEnd(pid);
  return obstacle === undefined
    ? verdict("still there", "it was asked to end, but has not ended yet")
    : verdict("left alone", `it cannot be asked to end: ${obstacle}`);
}

const STATE_WORDS = {
  gone: "its process is gone (monitor unlock frees the run)",
  elsewhere: "it is on another host (run this there)",
  unknown: "the lock does not say whose it is",
} as const;

async function waitFor(pids: readonly number[], { waitMs, signal }: EndOptions): Promise<void> {
  for (let waitedMs = 0; waitedMs < waitMs && pids.some(isAtWork); waitedMs += LOOK_MS) {
    await sleep(LOOK_MS, signal === undefined ? {} : { signal });
  }
}

/** A process that has ended, and whose parent has not looked yet, has no words any more. */
function isAtWork(pid: number): boolean {
  return isProcessAlive(pid) && processArguments(pid)?.length !== 0;
}
