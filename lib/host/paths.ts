/**
 * Paths as this machine writes them.
 */
import { dirname, resolve } from "node:path";

/** The directory that a path lies in, as an absolute path. */
export function directoryOf(path: string): string {
  return dirname(resolve(path));
}

/** A path as an absolute one, seen from a directory; without "." and "..", and without a slash at the end. */
export function resolvePath(directory: string, path: string): string {
  return resolve(directory, path);
}
