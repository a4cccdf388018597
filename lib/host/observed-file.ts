/**
 * A small file as it was seen at one moment, and its removal only if it is still that very file.
 *
 * An inode number alone does not do: it is given to the next new file as soon as the old one is gone. So the content is
 * compared as well, and, where the file must not have been touched in between, its time.
 */
import { readFileSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { type FileIdentity, identityOfPath, removeIf } from "./file-identity.ts";
import { isGone, sourceError } from "./system-error.ts";

/** What was seen. */
export interface ObservedFile {
  readonly path: string;
  readonly identity: FileIdentity;
  readonly content: string;
  /** Milliseconds since 1970, as the file system says. */
  readonly modifiedAtMs: number;
}

/** Looks at a file; undefined when there is none. Throws `SourceError` READ. */
export async function observeFile(path: string): Promise<ObservedFile | undefined> {
  try {
    const handle = await open(path, "r");
    try {
      const stat = await handle.stat({ bigint: true });
      const content = await handle.readFile("utf8");
      return { path, identity: `${stat.dev}:${stat.ino}`, content, modifiedAtMs: Number(stat.mtimeNs / 1000n) / 1000 };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isGone(error)) return undefined;
    throw sourceError(error, path, "read");
  }
}

/**
 * Removes a file if it is still the one that was seen, and tells whether it did.
 *
 * With `untouched`, it must not have been touched since either. Throws `SourceError` when it cannot be removed.
 */
export function removeObserved(file: ObservedFile, options: { untouched?: boolean } = {}): boolean {
  try {
    return removeIf(file.path, (path) => isSame(file, path, options.untouched === true));
  } catch (error) {
    throw sourceError(error, file.path, "remove");
  }
}

function isSame(file: ObservedFile, path: string, isTimeCompared: boolean): boolean {
  if (identityOfPath(path) !== file.identity || readFileSync(path, "utf8") !== file.content) return false;
  if (!isTimeCompared) return true;
  return Math.abs(statSync(path).mtimeMs - file.modifiedAtMs) < 2;
}
