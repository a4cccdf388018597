/**
 * Reads a small text file whole: lists of wikis, status files, templates. Absence is an answer here, not an error.
 */
import { open } from "node:fs/promises";
import { SourceError } from "../errors.ts";
import { isAbsent, sourceError } from "./system-error.ts";

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * The text of a file (UTF-8; bytes that are none become U+FFFD), or undefined if nothing is there.
 *
 * Throws `SourceError` READ if it cannot be read, is a directory, or has more than `maxBytes` (64 MiB).
 */
export async function readSmallFile(path: string, options: { maxBytes?: number } = {}): Promise<string | undefined> {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  try {
    const handle = await open(path, "r");
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) throw tooLarge(path, size, maxBytes);
      return new TextDecoder().decode(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw sourceError(error, path, "read");
  }
}

function tooLarge(path: string, size: number, maxBytes: number): SourceError {
  return new SourceError("READ", `Cannot read ${path}: it has ${size} bytes, at most ${maxBytes} were expected`, path, {
    remedy: "Check that this is the right file",
  });
}
