/**
 * How much room a file system has left for this user: to refuse a run that cannot end well before it starts.
 */
import { statfs } from "node:fs/promises";
import { sourceError } from "./system-error.ts";

/**
 * Bytes that this user may still write to the file system of a directory. Throws `SourceError` NOT_FOUND or READ.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { freeBytes } from "wikidump/node";
 *
 * assert.ok(await freeBytes(".") >= 0);
 * ```
 */
export async function freeBytes(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch (error) {
    throw sourceError(error, directory, "read");
  }
}
