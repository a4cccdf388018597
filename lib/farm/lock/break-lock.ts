/**
 * Taking a lock away from its holder: for --force, and for the monitor, which removes locks that have gone stale.
 *
 * Only the very file that was looked at is removed. A holder that is still alive notices within one heartbeat and
 * stops.
 */
import { LockError } from "../../errors.ts";
import { removeObserved } from "../../host/observed-file.ts";
import type { LockInfo } from "./lock-info.ts";

/**
 * Removes a lock of somebody else, as it was read by `readLock` or found by `staleLocks`.
 *
 * With `untouched`, only if it was not touched since. Gives false when it was gone already, or is another file by now.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { breakLock, readLock } from "wikidump/node";
 *
 * const path = join(await mkdtemp(join(tmpdir(), "example-")), "lock_20260101");
 * await writeFile(path, "dump9 4711");
 * const seen = (await readLock(path))!;
 * assert.equal(breakLock(seen), true);
 * assert.equal(breakLock(seen), false);
 * ```
 */
export function breakLock(info: LockInfo, options: { untouched?: boolean } = {}): boolean {
  return removeObserved(info.file, options);
}

/**
 * Like `breakLock`, for a caller that cannot go on otherwise. Throws `LockError` NOT_OURS when the lock is another one
 * by now.
 */
export function breakLockOrThrow(info: LockInfo): void {
  if (breakLock(info)) return;
  throw new LockError("NOT_OURS", `Lock ${info.path} changed while it was to be removed`, info.path, {
    remedy: "Look who holds it now, then try again",
  });
}
