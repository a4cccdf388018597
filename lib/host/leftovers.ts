/**
 * Hidden temporary files that a process left behind because it was killed between writing and renaming one.
 *
 * They are made by `uniqueSibling` in file-identity.ts, for replaced files and for locks. Nobody else makes such names.
 */
import { readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { sourceError, systemCode } from "./system-error.ts";

const TEMPORARY_NAME = /^\..+~\d+-[0-9a-f]{12}$/;

/**
 * Removes such files from a directory (not from those below) when they were not written to for `olderThanMs`, and gives
 * their names. An absent directory has none. Throws `SourceError`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, utimes, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { removeLeftovers } from "wikidump/node";
 *
 * const directory = await mkdtemp(join(tmpdir(), "example-"));
 * await writeFile(join(directory, ".index.html~4711-0123456789ab"), "<html>");
 * await utimes(join(directory, ".index.html~4711-0123456789ab"), 1, 1);
 * assert.deepEqual(await removeLeftovers(directory, { olderThanMs: 3_600_000 }), [".index.html~4711-0123456789ab"]);
 * ```
 */
export async function removeLeftovers(directory: string, options: { olderThanMs: number }): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await namesIn(directory)) {
    if (!TEMPORARY_NAME.test(name)) continue;
    const path = join(directory, name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs <= options.olderThanMs) continue;
      await unlink(path);
      removed.push(name);
    } catch (error) {
      // Another monitor was quicker.
      if (systemCode(error) !== "ENOENT") throw sourceError(error, path, "remove");
    }
  }
  return removed;
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw sourceError(error, directory, "read");
  }
}
