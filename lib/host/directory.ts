/** What is in a directory, and what a path is. Absence is an answer here, not an error; everything else is a SourceError. */
import { mkdir, readdir, rm, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { isAbsent, sourceError, systemCode } from "./system-error.ts";

export interface FileFacts {
  readonly isDirectory: boolean;
  readonly byteLength: number;
  readonly modifiedAt: Date;
}

/** What a path is, symbolic links followed; undefined if nothing is there. */
export async function fileFacts(path: string): Promise<FileFacts | undefined> {
  try {
    const found = await stat(path);
    return { isDirectory: found.isDirectory(), byteLength: found.size, modifiedAt: found.mtime };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw sourceError(error, path, "read");
  }
}

/** The names in a directory, in code point order; none if it does not exist. */
export async function listDirectory(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw sourceError(error, path, "read");
  }
}

/** Makes a directory and those above it. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw sourceError(await trueReason(error, path), path, "write");
  }
}

/** A recursive mkdir says ENOENT where the file system is read-only; making the first missing directory alone says why. */
async function trueReason(error: unknown, path: string): Promise<unknown> {
  if (systemCode(error) !== "ENOENT") return error;
  let missing = path;
  while ((await fileFacts(dirname(missing))) === undefined && dirname(missing) !== missing) missing = dirname(missing);
  try {
    await mkdir(missing);
    return error;
  } catch (reason) {
    return reason;
  }
}

/** Removes a file or a whole directory; one that is not there is fine. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw sourceError(error, path, "remove");
  }
}

/** Removes a file or a link (not what it points to); one that is not there is fine. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isAbsent(error)) throw sourceError(error, path, "remove");
  }
}
