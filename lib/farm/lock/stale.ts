/**
 * Finding locks that a dead worker left behind.
 *
 * A lock is stale when nobody touched it for longer than the configured age; on the machine of its holder, much sooner:
 * when that process is gone. Three missed heartbeats must come on top of that, since containers may share a host name,
 * and not see each other's processes.
 */
import { listDirectory } from "../../host/directory.ts";
import { hostName, isProcessAlive } from "../../host/machine.ts";
import { sleep } from "../../host/clock.ts";
import { DEFAULT_HEARTBEAT_MS } from "./lock.ts";
import { type LockInfo, readLock } from "./lock-info.ts";
import { parseLockName } from "./lock-path.ts";

/** A heartbeat may come late on a machine under load; so many have to be missing. */
const MISSED_HEARTBEATS = 3;

/** A lock that was found in a directory. */
export interface FoundLock extends LockInfo {
  /** Date of the run, YYYYMMDD; "" for the lock of 2011, which has none. */
  readonly date: string;
}

/** A stale lock, and how that is known. */
export interface StaleLock extends FoundLock {
  /** "age": not touched for too long. "dead": its process is gone from this machine. */
  readonly why: "age" | "dead";
}

export interface StaleOptions {
  /** Without a touch for so long, a lock is stale wherever its holder lives. */
  readonly olderThanMs: number;
  /** Time between two touches of a living worker; 10 000 without it. */
  readonly heartbeatMs?: number;
  /** The name under which workers of this machine lock; the machine's own without it. */
  readonly host?: string;
  /**
   * Look again after so long, and take only locks that were not touched in between: for clocks that jump or differ. 0
   * without it.
   */
  readonly confirmMs?: number;
  readonly signal?: AbortSignal;
}

/** All locks in the directory of a wiki, by date. An absent directory has none. */
export async function findLocks(directory: string): Promise<readonly FoundLock[]> {
  const found: FoundLock[] = [];
  for (const name of await listDirectory(directory)) {
    const parsed = parseLockName(name);
    if (parsed === undefined) continue;
    const info = await readLock(`${directory}/${name}`);
    if (info !== undefined) found.push({ ...info, date: parsed.date });
  }
  return found;
}

/**
 * The stale locks in one or several directories of wikis. Removes nothing: that is `breakLock(found, { untouched: true
 * })`, which refuses if the holder comes back to life in between.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, utimes, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { breakLock, staleLocks } from "wikidump/node";
 *
 * const directory = await mkdtemp(join(tmpdir(), "example-"));
 * await writeFile(join(directory, "lock_20260101"), "dump9 4711");
 * const twoHoursAgo = Date.now() / 1000 - 7200;
 * await utimes(join(directory, "lock_20260101"), twoHoursAgo, twoHoursAgo);
 *
 * const [stale] = await staleLocks(directory, { olderThanMs: 3_600_000 });
 * assert.equal(stale?.date, "20260101");
 * assert.equal(stale?.why, "age");
 * assert.equal(breakLock(stale!, { untouched: true }), true);
 * ```
 */
export async function staleLocks(
  directories: string | readonly string[],
  options: StaleOptions,
): Promise<readonly StaleLock[]> {
  const suspects: StaleLock[] = [];
  for (const directory of typeof directories === "string" ? [directories] : directories) {
    for (const lock of await findLocks(directory)) {
      const why = whyStale(lock, options);
      if (why !== undefined) suspects.push({ ...lock, why });
    }
  }
  const confirmMs = options.confirmMs ?? 0;
  if (suspects.length === 0 || confirmMs === 0) return suspects;
  await sleep(confirmMs, options);
  return await stillUntouched(suspects);
}

/** Whether and why a lock is stale; undefined when it is not. */
export function whyStale(lock: LockInfo, options: StaleOptions): "age" | "dead" | undefined {
  if (lock.ageMs > options.olderThanMs) return "age";
  const heartbeatMs = options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS;
  const isLocal = lock.holder !== undefined && lock.holder.host === (options.host ?? hostName());
  if (!isLocal || lock.ageMs <= MISSED_HEARTBEATS * heartbeatMs) return undefined;
  return isProcessAlive(lock.holder.pid) ? undefined : "dead";
}

async function stillUntouched(suspects: readonly StaleLock[]): Promise<readonly StaleLock[]> {
  const confirmed: StaleLock[] = [];
  for (const suspect of suspects) {
    const now = await readLock(suspect.path);
    const isSame = now !== undefined && now.file.identity === suspect.file.identity &&
      now.file.modifiedAtMs === suspect.file.modifiedAtMs && now.file.content === suspect.file.content;
    if (isSame) confirmed.push({ ...suspect, ageMs: now.ageMs });
  }
  return confirmed;
}
