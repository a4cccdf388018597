/**
 * A file that exactly one process can create, and that is complete from the moment it is there: the stuff of locks.
 *
 * The content goes to a hidden file beside it, which is then linked to the real name; link(2) fails if that name is
 * taken. File systems without hard links get an exclusive open instead, with which a reader may see the file before its
 * content.
 */
import { closeSync, fstatSync, linkSync, openSync, unlinkSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { type FileIdentity, identityOfOpenFile, identityOfPath, removeIf, uniqueSibling } from "./file-identity.ts";
import { sourceError, systemCode } from "./system-error.ts";

const CANNOT_LINK = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** A file that this process has created and keeps open, so that its identity cannot be given to another file. */
export interface ExclusiveFile {
  readonly path: string;
  readonly identity: FileIdentity;
  /** Whether the path still leads to this file; asks the file system. */
  isOurs(): boolean;
  /**
   * Removes the file if it is still ours, and closes it. Tells whether it was. Synchronous: it also runs while the
   * process exits.
   */
  remove(): boolean;
}

/**
 * Creates `path` with `content`, and its directory if need be. Gives undefined when the file exists already.
 *
 * Throws `SourceError` for everything else that goes wrong.
 */
export async function createExclusiveFile(
  path: string,
  content: string,
  options: { mode?: number } = {},
): Promise<ExclusiveFile | undefined> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const fd = createLinked(path, content, options.mode ?? 0o644);
    return fd === undefined ? undefined : exclusiveFile(path, fd);
  } catch (error) {
    throw sourceError(error, path, "write");
  }
}

/** Gives the open file, or undefined when the name is taken. */
function createLinked(path: string, content: string, mode: number): number | undefined {
  const temporary = uniqueSibling(path);
  const fd = openSync(temporary, "wx+", mode);
  let isCreated = false;
  try {
    writeSync(fd, content);
    isCreated = link(temporary, path, fd);
    return isCreated ? fd : undefined;
  } catch (error) {
    if (!CANNOT_LINK.has(systemCode(error))) throw error;
  } finally {
    unlinkSync(temporary);
    if (!isCreated) closeSync(fd);
  }
  return createDirectly(path, content, mode);
}

function link(temporary: string, path: string, fd: number): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    // Over NFS the answer to a link that was made can get lost, and the repeated call finds it taken: by us.
    return fstatSync(fd).nlink === 2;
  }
}

/** For file systems without hard links. Gives the open file, or undefined when the name is taken. @internal */
export function createDirectly(path: string, content: string, mode: number): number | undefined {
  let fd: number;
  try {
    fd = openSync(path, "wx+", mode);
  } catch (error) {
    if (systemCode(error) === "EEXIST") return undefined;
    throw error;
  }
  try {
    writeSync(fd, content);
    return fd;
  } catch (error) {
    unlinkSync(path);
    closeSync(fd);
    throw error;
  }
}

function exclusiveFile(path: string, fd: number): ExclusiveFile {
  const identity = identityOfOpenFile(fd);
  let isOpen = true;
  return {
    path,
    identity,
    isOurs: () => isOpen && identityOfPath(path) === identity,
    remove() {
      if (!isOpen) return false;
      try {
        return removeIf(path, (candidate) => identityOfPath(candidate) === identity);
      } finally {
        isOpen = false;
        closeSync(fd);
      }
    },
  };
}
