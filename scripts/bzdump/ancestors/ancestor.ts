/**
 * What an ancestor is: an old tool whose name a link to this program can have. It then takes that tool's options, prints what it
 * printed, and ends with its exit codes.
 *
 *     ln -s bzdump.mjs showcrcs; ./showcrcs -f pages.xml.bz2
 */
import {
  type OutputSink,
  setExitCode,
  standardError,
  standardOutput,
  StdoutClosedError,
} from "../../../lib/host/terminal.ts";
import { messageOf } from "../../../lib/cli/render-error.ts";
import { versionLine } from "../../../lib/cli/run-command.ts";
import { isWikidumpError } from "../../../lib/errors.ts";
import { type LongArguments, type LongOption, LongOptionError, parseLongOptions } from "./long-options.ts";
import { parseScriptOptions } from "./script-options.ts";

/** The exit code of the old tools for wrong usage, for help, and for much else. */
export const OLD_USAGE = 255;

/** What an ancestor runs with. */
export interface AncestorCall {
  readonly arguments: LongArguments;
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
  readonly signal: AbortSignal;
}

/** An old tool. */
export interface Ancestor {
  /** The name of the link, without an extension such as ".py". */
  readonly name: string;
  readonly options: readonly LongOption[];
  /** How it is called, for messages about wrong usage: in our own words, with a line end. */
  readonly usage: string;
  /** The exit code for an option that it does not know, for help and for the version; 255 if nothing else is said. */
  readonly usageExitCode?: number;
  /** Whether the usage follows what is wrong with an option without an empty line. */
  readonly isClose?: boolean;
  /** Returns the exit code. Throws AncestorError for an end with a message. */
  run(call: AncestorCall): Promise<number>;
}

/** An end with a message. With the exit code of wrong usage, the usage follows unless it is told not to. */
export class AncestorError extends Error {
  readonly exitCode: number;
  readonly hasUsage: boolean;
  /** Whether the usage follows without an empty line. */
  readonly isClose: boolean;

  constructor(message: string, exitCode: number, options: { hasUsage?: boolean; isClose?: boolean } = {}) {
    super(message);
    this.exitCode = exitCode;
    this.hasUsage = options.hasUsage ?? false;
    this.isClose = options.isClose ?? false;
  }
}
Object.defineProperty(AncestorError.prototype, "name", { value: "AncestorError" });

/** Wrong usage: the reason, then how the tool is called. */
export function usageError(reason: string): AncestorError {
  return new AncestorError(reason, OLD_USAGE, { hasUsage: true });
}

/** Where an ancestor writes to, in tests. */
export interface AncestorIo {
  readonly stdout?: OutputSink;
  readonly stderr?: OutputSink;
}

/** Runs an ancestor to its end and sets the exit code of the process, which it also returns. Never throws. */
export async function runAncestor(
  ancestor: Ancestor,
  args: readonly string[],
  signal: AbortSignal,
  io: AncestorIo = {},
): Promise<number> {
  const { stdout = standardOutput(), stderr = standardError() } = io;
  let exitCode: number;
  try {
    const parsed = parse(ancestor, args);
    exitCode = await ancestor.run({ arguments: parsed, stdout, stderr, signal });
  } catch (error) {
    exitCode = await tell(error, ancestor, stderr);
  }
  setExitCode(exitCode);
  return exitCode;
}

function parse(ancestor: Ancestor, args: readonly string[]): LongArguments {
  const { options } = ancestor;
  const isOfC = isProgramOfC(ancestor);
  try {
    const parsed = isOfC ? parseLongOptions(args, options) : parseScriptOptions(args, options);
    answerHelp(ancestor, parsed.options);
    return parsed;
  } catch (error) {
    // The C programs answer before they read on; the Python scripts read everything first.
    if (error instanceof LongOptionError && isOfC) answerHelp(ancestor, error.before);
    throw error;
  }
}

/** Otherwise it was a Python script. */
function isProgramOfC({ usageExitCode = OLD_USAGE }: Ancestor): boolean {
  return usageExitCode === OLD_USAGE;
}

/** Ends with the usage or the version, on stderr, if one was asked for; the old tools call that a failure. */
function answerHelp({ name, usageExitCode = OLD_USAGE }: Ancestor, options: LongArguments["options"]): void {
  const asked = options.find((option) => option.name === "help" || option.name === "version")?.name;
  if (asked === "help") throw new AncestorError("", usageExitCode, { hasUsage: true });
  if (asked === "version") throw new AncestorError(versionLine(name), usageExitCode);
}

async function tell(error: unknown, ancestor: Ancestor, stderr: OutputSink): Promise<number> {
  const { name, usage, usageExitCode = OLD_USAGE } = ancestor;
  if (error instanceof StdoutClosedError) return 0;
  if (error instanceof LongOptionError) {
    const reason = isProgramOfC(ancestor)
      ? `${name}: ${error.message}\nUnknown option or other error\n\n\n`
      : `Unknown option specified: ${error.message}\n${ancestor.isClose === true ? "" : "\n"}`;
    await stderr.write(`${reason}${usage}`);
    return usageExitCode;
  }
  if (error instanceof AncestorError) {
    const reason = error.message === "" ? "" : `${error.message}\n`;
    const gap = reason === "" || error.isClose ? "" : "\n";
    await stderr.write(error.hasUsage ? `${reason}${gap}${usage}` : reason);
    return error.exitCode;
  }
  const remedy = isWikidumpError(error) && error.remedy !== "" ? `${error.remedy}\n` : "";
  await stderr.write(`${name}: ${messageOf(error)}\n${remedy}`);
  return 1;
}
