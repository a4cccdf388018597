/**
 * Symbolic links: read, and replaced so that the name is never without a target, not even for a moment.
 */
import { lstat, readlink, rename, symlink, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { uniqueSibling } from "./file-identity.ts";
import { syncDirectory } from "./sync-directory.ts";
import { isAbsent, sourceError } from "./system-error.ts";

/** What stands at a path: nothing, a link with its target as written, or something else. */
export type LinkFacts =
  | { readonly kind: "absent" }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "other" };

/** What stands at a path, without following links. */
export async function linkFacts(path: string): Promise<LinkFacts> {
  try {
    const found = await lstat(path);
    if (!found.isSymbolicLink()) return { kind: "other" };
    return { kind: "link", target: await readlink(path) };
  } catch (error) {
    if (isAbsent(error)) return { kind: "absent" };
    throw sourceError(error, path, "read");
  }
}

/** Makes `path` a link to `target`, or turns an existing link there, by renaming a new link over it. */
export async function replaceLink(path: string, target: string): Promise<void> {
  const temporary = uniqueSibling(path);
  try {
    await symlink(target, temporary);
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw sourceError(error, path, "write");
  }
}
