/** The lock of a run: respected, or taken from its holder when the operator says so. */
import { breakLockOrThrow } from "./lock/break-lock.ts";
import { acquireLock, refuseIfHeld } from "./lock/lock.ts";
import type { Lock } from "./lock/lock.ts";
import { readLock } from "./lock/lock-info.ts";
import { lockPath, wikiLockPath } from "./lock/lock-path.ts";
import type { Wiki } from "./wiki.ts";

/** Takes the lock of a wiki on a date. Throws LockError HELD, unless it is to be stolen. */
export async function takeRunLock(wiki: Wiki, date: string, policy: "respect" | "steal"): Promise<Lock> {
  const root = wiki.settings.output.private;
  const path = lockPath(root, wiki.name, date);
  const wholeWiki = wikiLockPath(root, wiki.name);
  if (policy === "steal") {
    for (const held of [path, wholeWiki]) {
      const info = await readLock(held);
      if (info !== undefined) breakLockOrThrow(info);
    }
  }
  return await acquireLock(path, { alsoHeldBy: [wholeWiki] });
}

/** Throws LockError HELD when the run has a lock: a cheap look, before much is asked of a wiki that somebody else dumps. */
export async function refuseHeldRun(wiki: Wiki, date: string): Promise<void> {
  const root = wiki.settings.output.private;
  for (const path of [lockPath(root, wiki.name, date), wikiLockPath(root, wiki.name)]) await refuseIfHeld(path);
}
