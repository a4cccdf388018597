/**
 * The names of lock files: `<private>/<wiki>/lock_<YYYYMMDD>`, one per wiki and date, and the `lock` of 2011, one per
 * wiki.
 *
 * Differs from dumps (Python): the date is read from the base name by a strict pattern. Wiki names and directories may
 * hold underscores (be_x_oldwiki).
 */

/**
 * The lock of one run. `date` is YYYYMMDD.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lockPath, parseLockName, wikiLockPath } from "./lock-path.ts";
 *
 * assert.equal(lockPath("/srv/private", "be_x_oldwiki", "20260101"), "/srv/private/be_x_oldwiki/lock_20260101");
 * assert.equal(wikiLockPath("/srv/private", "be_x_oldwiki"), "/srv/private/be_x_oldwiki/lock");
 * assert.deepEqual(parseLockName("lock_20260101"), { date: "20260101" });
 * assert.equal(parseLockName("lock_of_somebody"), undefined);
 * ```
 */
export function lockPath(privateRoot: string, wiki: string, date: string): string {
  return `${withoutSlash(privateRoot)}/${wiki}/lock_${date}`;
}

/** The lock that workers of 2011 took, whatever the date. Means "held" for every run of the wiki. */
export function wikiLockPath(privateRoot: string, wiki: string): string {
  return `${withoutSlash(privateRoot)}/${wiki}/lock`;
}

/**
 * What a base name says: the date of the run ("" for the lock of 2011), or undefined when it is not the name of a lock.
 */
export function parseLockName(baseName: string): { readonly date: string } | undefined {
  const match = /^lock(?:_(\d{8}))?$/.exec(baseName);
  return match === null ? undefined : { date: match[1] ?? "" };
}

function withoutSlash(directory: string): string {
  return directory.endsWith("/") ? directory.slice(0, -1) : directory;
}
