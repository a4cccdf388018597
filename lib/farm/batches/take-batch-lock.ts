/**
 * The lock on a list of batches: held for the moment of a change, and waited for.
 *
 * Node has no lock of fcntl, and over NFS not everybody has one that works: the file beside the list is made as the lock of a run is.
 */
import { isWikidumpError } from "../../errors.ts";
import { sleep, steadyMs } from "../../host/clock.ts";
import { breakLock } from "../lock/break-lock.ts";
import { acquireLock, type Lock } from "../lock/lock.ts";
import { readLock } from "../lock/lock-info.ts";
import { whyStale } from "../lock/stale.ts";

export interface BatchLockOptions {
  readonly host?: string | undefined;
  readonly pid?: number | undefined;
  /** How long it is waited for; 5 minutes without it. */
  readonly patienceMs?: number | undefined;
  /** Without a touch for so long, its holder is gone; a minute without it: a change takes a moment. */
  readonly staleMs?: number | undefined;
  /** Time between two touches while it is held; none without it: a thread takes longer to start than a change takes. */
  readonly heartbeatMs?: number | undefined;
}

const PATIENCE_MS = 300_000;
const STALE_MS = 60_000;
/** Pauses are of random length, so that those who wait do not stay together. */
const LONGEST_PAUSE_MS = 200;

/** Takes the lock, when it is free or its holder is gone. Throws LockError HELD after waiting in vain. */
export async function takeBatchLock(path: string, options: BatchLockOptions = {}): Promise<Lock> {
  const { host, pid, patienceMs = PATIENCE_MS, staleMs = STALE_MS, heartbeatMs = Infinity } = options;
  const deadlineMs = steadyMs() + patienceMs;
  for (;;) {
    try {
      return await acquireLock(path, {
        heartbeatMs,
        ...(host !== undefined && { host }),
        ...(pid !== undefined && { pid }),
      });
    } catch (error) {
      if (!isWikidumpError(error) || !isPassing(error.code) || steadyMs() > deadlineMs) throw error;
    }
    const info = await readLock(path);
    const isStale = info !== undefined &&
      whyStale(info, { olderThanMs: staleMs, ...(host !== undefined && { host }) }) !== undefined;
    if (isStale && breakLock(info, { untouched: true })) continue;
    await sleep(LONGEST_PAUSE_MS * (0.1 + 0.9 * Math.random()));
  }
}

/** "CHANGED": it was taken from us while we stood still, before we had it. */
function isPassing(code: string): boolean {
  return code === "HELD" || code === "CHANGED";
}
