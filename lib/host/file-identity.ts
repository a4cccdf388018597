/**
 * Which file is it? Device and inode as one string, and the removal of a file only if it is still the expected one.
 *
 * A path can be given to another file at any moment; the identity of a file cannot change while somebody keeps it open.
 */
import { randomBytes } from "node:crypto";
import { fstatSync, linkSync, lstatSync, renameSync, unlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { isGone, systemCode } from "./system-error.ts";

/** Device and inode. Unique among existing files; a number may be given again once the file is gone and closed. */
export type FileIdentity = `${bigint}:${bigint}`;

/** The identity of an open file. */
export function identityOfOpenFile(fd: number): FileIdentity {
  const stat = fstatSync(fd, { bigint: true });
  return `${stat.dev}:${stat.ino}`;
}

/** The identity of the file at a path (a symbolic link is not followed), or undefined when nothing is there. */
export function identityOfPath(path: string): FileIdentity | undefined {
  try {
    const stat = lstatSync(path, { bigint: true });
    return `${stat.dev}:${stat.ino}`;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** A hidden name in the same directory that nobody else uses: ".<base name>~<pid>-<random>". */
export function uniqueSibling(path: string): string {
  return join(dirname(path), `.${basename(path)}~${process.pid}-${randomBytes(6).toString("hex")}`);
}

/**
 * Removes the file at `path` if `isExpected` says so, and tells whether it did.
 *
 * Looking and unlinking are two steps, between which somebody may put another file there. So the file is first renamed
 * to a name of our own and looked at again; a stranger is linked back. All calls are synchronous to keep that moment
 * short.
 */
export function removeIf(path: string, isExpected: (path: string) => boolean): boolean {
  if (identityOfPath(path) === undefined || !isExpected(path)) return false;
  const aside = uniqueSibling(path);
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
  if (isExpected(aside)) {
    unlinkSync(aside);
    return true;
  }
  putBack(aside, path);
  return false;
}

function putBack(aside: string, path: string): void {
  try {
    linkSync(aside, path);
    unlinkSync(aside);
  } catch (error) {
    // A file system without hard links: rename, which cannot refuse to replace. Otherwise the name is taken again
    // already.
    if (systemCode(error) === "EEXIST") unlinkSync(aside);
    else renameSync(aside, path);
  }
}
