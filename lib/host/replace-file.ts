/**
 * Replaces a small file so that every reader sees the old or the new content, whole, also after a crash.
 *
 * Differs from dumps (Python): those truncate status files and write them anew, or use one fixed temporary name.
 */
import { open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { uniqueSibling } from "./file-identity.ts";
import { syncDirectory } from "./sync-directory.ts";
import { sourceError } from "./system-error.ts";

/**
 * Writes `content` to a temporary file beside `path`, syncs it, renames it over `path` and syncs the directory.
 *
 * `mode` is set exactly, whatever the umask; without it a new file gets 0666 less the umask. Throws `SourceError`
 * NOT_FOUND, NO_SPACE, READ_ONLY or WRITE; then the old file is untouched and nothing is left behind.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, readFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { replaceFile } from "wikidump/node";
 *
 * const path = join(await mkdtemp(join(tmpdir(), "example-")), "status.json");
 * await replaceFile(path, '{"state":"running"}\n', { mode: 0o644 });
 * assert.equal(await readFile(path, "utf8"), '{"state":"running"}\n');
 * ```
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: { mode?: number } = {},
): Promise<void> {
  const temporary = uniqueSibling(path);
  try {
    const handle = await open(temporary, "wx", options.mode ?? 0o666);
    try {
      if (options.mode !== undefined) await handle.chmod(options.mode);
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw sourceError(error, path, "write");
  }
}
