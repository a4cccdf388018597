/**
 * The exit codes of all commands: one table, printed by the help pages, and one way from an error to its code.
 */
import { isWikidumpError, type WikidumpError } from "../errors.ts";

/** One exit code. */
export interface ExitCode {
  readonly code: number;
  /** Two or three words, for the help pages. */
  readonly short: string;
  readonly text: string;
}

/** Every exit code, by a name for use in code. */
export interface ExitCodes {
  readonly DONE: 0;
  readonly FAILED: 1;
  readonly USAGE: 2;
  readonly DAMAGED: 3;
  readonly TRUNCATED: 4;
  readonly CONFIGURATION: 5;
  readonly LOCK_HELD: 6;
  readonly COMMAND: 7;
  readonly PREREQUISITE: 8;
  readonly LOCK_LOST: 9;
  readonly BUG: 70;
  readonly IO: 74;
  readonly NOTHING_TO_DO: 255;
}

/** Every exit code, by a name for use in code. */
export const EXIT: ExitCodes = {
  DONE: 0,
  FAILED: 1,
  USAGE: 2,
  DAMAGED: 3,
  TRUNCATED: 4,
  CONFIGURATION: 5,
  LOCK_HELD: 6,
  COMMAND: 7,
  PREREQUISITE: 8,
  LOCK_LOST: 9,
  BUG: 70,
  IO: 74,
  NOTHING_TO_DO: 255,
};

/** The table for people. */
export const EXIT_CODES: readonly ExitCode[] = [
  { code: EXIT.DONE, short: "done", text: "done" },
  { code: EXIT.FAILED, short: "failed", text: "the work failed in a foreseen way (a job failed, page not found)" },
  { code: EXIT.USAGE, short: "usage", text: "wrong usage" },
  { code: EXIT.DAMAGED, short: "input damaged", text: "input damaged (bzip2, gzip or XML)" },
  { code: EXIT.TRUNCATED, short: "input truncated", text: "input truncated, otherwise good" },
  { code: EXIT.CONFIGURATION, short: "configuration", text: "configuration" },
  { code: EXIT.LOCK_HELD, short: "lock held", text: "lock held by somebody else" },
  { code: EXIT.COMMAND, short: "command failed", text: "an external command failed" },
  { code: EXIT.PREREQUISITE, short: "prerequisite missing", text: "prerequisite job missing" },
  { code: EXIT.LOCK_LOST, short: "lock lost", text: "lock lost while running" },
  { code: EXIT.BUG, short: "our bug", text: "our bug" },
  {
    code: EXIT.IO,
    short: "read or write failed",
    text: "reading or writing failed (missing, unreadable, disk full, read-only)",
  },
  { code: 128, short: "signal", text: "and above: 128 plus the number of the signal that ended it" },
  { code: EXIT.NOTHING_TO_DO, short: "nothing to do", text: "nothing to do" },
];

/** The exit code for an error: by class and code; 70 for what nobody foresaw. */
export function exitCodeFor(error: unknown): number {
  if (isWikidumpError(error)) return exitCodeForOurs(error);
  if (error instanceof Error) {
    const { exitCode, code } = error as { exitCode?: unknown; code?: unknown };
    // An interruption knows the number of its signal.
    if (error.name === "InterruptedError" && typeof exitCode === "number") return exitCode;
    // The system's own names, such as ENOSPC; those of the runtime (ERR_…) have an underscore.
    if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code)) return EXIT.IO;
  }
  return EXIT.BUG;
}

// By name and not by class: the error may come from another copy of the library.
function exitCodeForOurs(error: WikidumpError): number {
  switch (error.name) {
    case "Bzip2Error":
    case "DumpFormatError":
    case "GzipError":
      return error.code === "TRUNCATED" ? EXIT.TRUNCATED : EXIT.DAMAGED;
    case "SourceError":
      return EXIT.IO;
    case "ConfigError":
      return EXIT.CONFIGURATION;
    case "LockError":
      return error.code === "LOST" ? EXIT.LOCK_LOST : EXIT.LOCK_HELD;
    case "CommandError":
      return EXIT.COMMAND;
    case "JobError":
      return error.code === "PREREQUISITE" ? EXIT.PREREQUISITE : EXIT.FAILED;
    case "UsageError":
      return EXIT.USAGE;
    case "WorkerError":
      // A thread that ended had no memory, mostly; whatever else is wrong with threads, we are.
      return error.code === "ENDED" ? EXIT.FAILED : EXIT.BUG;
    default:
      return EXIT.BUG;
  }
}
