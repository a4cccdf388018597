/**
 * An error as lines for a person: what happened, what to do about it, and for a bug of ours how to report it.
 */
import { isWikidumpError } from "../errors.ts";
import { EXIT, exitCodeFor } from "./exit-codes.ts";

/** What the error was met in. */
export interface ErrorContext {
  /** Name of the command, such as "bzdump". */
  readonly command: string;
  /** As `--version` prints it. */
  readonly version: string;
}

/**
 * The lines of an error, with a line end after the last:
 *
 *     bzdump: Block checksum mismatch in block 3 …
 *     What to do, in one line.
 */
export function renderError(error: unknown, context: ErrorContext): string {
  const lines = [`${context.command}: ${messageOf(error)}`];
  if (isWikidumpError(error) && error.remedy !== "") lines.push(error.remedy);
  const exitCode = exitCodeFor(error);
  if (exitCode === EXIT.USAGE) {
    const before = lines[1] === undefined ? "" : lines[1].replace(/[^.?!]$/, "$&.") + " ";
    lines[1] = `${before}Try ${context.command} --help`;
  }
  if (exitCode === EXIT.BUG) lines.push(...bugReport(error, context));
  return `${lines.join("\n")}\n`;
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `Something was thrown that is no error: ${String(error)}`;
  return error.message === "" ? error.name : error.message;
}

function bugReport(error: unknown, context: ErrorContext): readonly string[] {
  const stack = error instanceof Error && error.stack !== undefined ? error.stack.split("\n") : [];
  return [
    ...stack.filter((line) => /^\s+at /.test(line)).slice(0, 10),
    `This is a bug of ${context.version}. Please report it with these lines and the command that you ran`,
  ];
}
