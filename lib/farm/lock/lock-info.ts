/**
 * Looking at a lock file of anybody: who holds it, how old it is, which file it is.
 */
import { type ObservedFile, observeFile } from "../../host/observed-file.ts";
import { type LockHolder, parseLockContent } from "./lock-content.ts";

/** A lock file as it was found. */
export interface LockInfo {
  readonly path: string;
  /** Undefined when the content is not `<host> <pid>`. */
  readonly holder: LockHolder | undefined;
  /** Time since the last touch, by this machine's clock; never negative. */
  readonly ageMs: number;
  /** The file that was seen, for `breakLock`. */
  readonly file: ObservedFile;
}

/**
 * Reads a lock file; undefined when there is none. Throws `SourceError` READ when it cannot be read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { describeLock, readLock } from "wikidump/node";
 *
 * const path = join(await mkdtemp(join(tmpdir(), "example-")), "lock_20260101");
 * assert.equal(await readLock(path), undefined);
 * await writeFile(path, "dump9 4711");
 * const info = (await readLock(path))!;
 * assert.deepEqual(info.holder, { host: "dump9", pid: 4711 });
 * assert.equal(describeLock(info), "process 4711 on dump9, last touched 0 s ago");
 * ```
 */
export async function readLock(path: string): Promise<LockInfo | undefined> {
  const file = await observeFile(path);
  if (file === undefined) return undefined;
  const ageMs = Math.max(0, Date.now() - file.modifiedAtMs);
  return { path, holder: parseLockContent(file.content), ageMs, file };
}

/** Who and since when, for messages. */
export function describeLock(info: LockInfo): string {
  const who = info.holder === undefined ? "an unknown worker" : `process ${info.holder.pid} on ${info.holder.host}`;
  return `${who}, last touched ${describeAge(info.ageMs)} ago`;
}

/** A duration in the largest unit that fits: "12 s", "5 min", "3 h", "2 days". */
function describeAge(ageMs: number): string {
  const seconds = Math.round(ageMs / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
