/** The error for an input of a task that is not what it should be. It names the file, and its cause says more. */
import { CommandError, isWikidumpError, SourceError } from "../../../errors.ts";

const DAMAGED = new Set(["Bzip2Error", "GzipError", "DumpFormatError"]);

export function unfitError(path: string, what: string, cause?: unknown): SourceError {
  return new SourceError("UNFIT", `${path} is not fit to be used: ${what}`, path, {
    cause,
    remedy: "Make this file anew: run its job with --cleanup. Nothing was published",
  });
}

/** The same error, or what it says about the file where it does not name one: damage, and archives that cannot be read. */
export function asUnfit(error: unknown, path: string): unknown {
  if (!isWikidumpError(error)) return error;
  const isRefused = error instanceof CommandError && error.code === "EXIT";
  return DAMAGED.has(error.name) || isRefused ? unfitError(path, error.message, error) : error;
}
