/**
 * What bzip2 lets the output inherit from the input: owner, permissions, times.
 *
 * Set-user-ID and set-group-ID are never inherited. The owner is kept where the system allows it (mostly for root only); times
 * are as exact as the runtime's, which knows microseconds.
 */
import type { Stats } from "node:fs";
import { chmod, chown, utimes } from "node:fs/promises";

/** All permissions but those that lend the owner's rights to others. */
const INHERITED_MODE = 0o1777;

/** The permissions that an output inherits. */
export function inheritedMode(like: Stats): number {
  return like.mode & INHERITED_MODE;
}

/** Gives a file the owner, the permissions and the times of another. */
export async function keepStatus(path: string, like: Stats): Promise<void> {
  // As bzip2 does, without a word: a copy is one's own unless one may give it away.
  await chown(path, like.uid, like.gid).catch(() => {});
  await chmod(path, inheritedMode(like));
  await utimes(path, like.atimeMs / 1000, like.mtimeMs / 1000);
}
