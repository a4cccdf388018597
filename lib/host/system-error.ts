/**
 * Turns what the operating system says (ENOENT, ENOSPC, …) into a `SourceError` with a code, the path and a remedy.
 *
 * The host's ground floor: every file operation of lib/host/ reports its troubles through here.
 */
import { isWikidumpError, SourceError, type SourceErrorCode } from "../errors.ts";

/** The system's own name of a failure, such as "ENOENT"; empty when the value carries none. */
export function systemCode(cause: unknown): string {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return "";
  return typeof cause.code === "string" ? cause.code : "";
}

/** Whether a failure says that nothing is there. */
export function isAbsent(cause: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(systemCode(cause));
}

/** Whether a failure says that nothing is there any more, also where a server of files says it in its own way. */
export function isGone(cause: unknown): boolean {
  return isAbsent(cause) || systemCode(cause) === "ESTALE";
}

interface Trouble {
  readonly code: SourceErrorCode;
  readonly what: string;
  readonly remedy: string;
}

const KNOWN: Readonly<Record<string, Trouble>> = {
  ENOENT: { code: "NOT_FOUND", what: "no such file or directory", remedy: "Check the path" },
  ENOTDIR: { code: "NOT_FOUND", what: "part of the path is not a directory", remedy: "Check the path" },
  ENOSPC: { code: "NO_SPACE", what: "no space left on the device", remedy: "Free some space, then start again" },
  EDQUOT: { code: "NO_SPACE", what: "the disk quota is used up", remedy: "Free some space or raise the quota" },
  EROFS: {
    code: "READ_ONLY",
    what: "the file system is read-only",
    remedy: "Mount it writable or choose another path",
  },
  EACCES: { code: "READ_ONLY", what: "permission denied", remedy: "Check owner and permissions of the path" },
  EPERM: { code: "READ_ONLY", what: "operation not permitted", remedy: "Check owner and permissions of the path" },
  EEXIST: { code: "EXISTS", what: "it exists already", remedy: "Remove it or choose another name" },
};

/**
 * The `SourceError` for a failed operation. An error of this library is passed on as it is.
 *
 * `doing` completes the sentence "Cannot … <path>", such as "write" or "rename".
 */
export function sourceError(cause: unknown, path: string, doing: "read" | "write" | "rename" | "remove"): Error {
  if (isWikidumpError(cause)) return cause;
  const known = KNOWN[systemCode(cause)];
  const isReading = doing === "read";
  let code: SourceErrorCode = known?.code ?? (isReading ? "READ" : "WRITE");
  if (isReading && code === "READ_ONLY") code = "READ";
  const what = known?.what ?? (cause instanceof Error ? cause.message : String(cause));
  return new SourceError(code, `Cannot ${doing} ${path}: ${what}`, path, { cause, remedy: known?.remedy ?? "" });
}
