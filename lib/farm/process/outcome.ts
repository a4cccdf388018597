/**
 * How a pipeline ended, and which failure is the one to tell: the cause rather than its consequences.
 */
import { CommandError, type CommandErrorCode } from "../../errors.ts";
import type { ProgramExit } from "../../host/spawn.ts";

/** How one command ended. Both undefined: it did not start. */
export interface CommandOutcome {
  /** As a person would type it, secrets struck out. */
  readonly commandLine: string;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** It failed only because the command after it had seen enough, and the caller allowed that. */
  readonly isTolerated: boolean;
}

/** How a pipeline ended. */
export interface PipelineOutcome {
  readonly isOk: boolean;
  /** Why it is not: a `CommandError`, or what its input or output failed with. */
  readonly error: Error | undefined;
  readonly commandLine: string;
  readonly commands: readonly CommandOutcome[];
  /** Last lines of stderr of all commands together, secrets struck out. */
  readonly stderrTail: readonly string[];
  readonly elapsedMs: number;
}

/** Why a pipeline was ended from outside. */
export interface Ending {
  readonly code: "ABORTED" | "TIMEOUT";
  readonly message: string;
  readonly cause?: unknown;
}

/** What is known when all commands have ended. */
export interface PipelineFacts {
  /** As a person would type them. */
  readonly commandLines: readonly string[];
  readonly exits: readonly ProgramExit[];
  readonly stderrTail: readonly string[];
  /** Last lines of stderr of each command. */
  readonly stderrTails: readonly (readonly string[])[];
  readonly elapsedMs: number;
  readonly ending: Ending | undefined;
  /** What the input or the output failed with. */
  readonly transferError: Error | undefined;
  /** The first command stopped reading before its input ended. */
  readonly isInputRefused: boolean;
  /** The reader of the output left before its end. */
  readonly isOutputLeft: boolean;
  readonly isEarlyEndTolerated: boolean;
}

/** Decides whether all went well, and if not, what is to be told. @internal */
export function judgePipeline(facts: PipelineFacts): PipelineOutcome {
  const error = facts.transferError ?? whyFailed(facts);
  return {
    isOk: error === undefined,
    error,
    commandLine: facts.commandLines.join(" | "),
    commands: facts.exits.map((exit, index) => ({
      commandLine: facts.commandLines[index]!,
      exitCode: exit.exitCode,
      signal: exit.signal,
      isTolerated: exit.exitCode !== 0 && isTolerated(facts, index),
    })),
    stderrTail: facts.stderrTail,
    elapsedMs: facts.elapsedMs,
  };
}

function whyFailed(facts: PipelineFacts): CommandError | undefined {
  const notStarted = facts.exits.findIndex((exit) => exit.startError !== undefined);
  if (notStarted >= 0) return startFailure(facts, notStarted);
  const { ending } = facts;
  if (ending !== undefined) return commandError(facts, ending.code, ending.message, { cause: ending.cause });
  if (facts.isOutputLeft && facts.isEarlyEndTolerated) return undefined;
  const failed = facts.exits.map((_, index) => index).filter((index) => !isFine(facts, index));
  // A command that was cut off from its reader is the victim of a later one, if that failed too.
  const culprit = failed.find((index) => !isCutOff(facts, index)) ?? failed[0];
  if (culprit !== undefined) return exitFailure(facts, culprit);
  if (!facts.isInputRefused || facts.isEarlyEndTolerated) return undefined;
  return commandError(facts, "EXIT", `${place(facts, 0)} ended without an error but did not read all of its input`);
}

function isFine(facts: PipelineFacts, index: number): boolean {
  return facts.exits[index]!.exitCode === 0 || isTolerated(facts, index);
}

/** A command before the last one that lost its reader, which ended well. */
function isTolerated(facts: PipelineFacts, index: number): boolean {
  if (!facts.isEarlyEndTolerated) return false;
  if (facts.isOutputLeft) return true;
  const isNextFine = index + 1 < facts.exits.length && isFine(facts, index + 1);
  return isNextFine && isCutOff(facts, index);
}

/**
 * Whether a command ended because nobody reads its output: by SIGPIPE, with the exit code that shells make of it, or
 * with a message. Node connects programs by socket pairs, where a writer may see ECONNRESET, which comes without a
 * signal.
 */
function isCutOff(facts: PipelineFacts, index: number): boolean {
  const exit = facts.exits[index]!;
  if (exit.signal === "SIGPIPE" || exit.exitCode === 141) return true;
  const says = /broken pipe|connection reset by peer|\bEPIPE\b|\bECONNRESET\b/i;
  return (exit.exitCode ?? 0) !== 0 && facts.stderrTails[index]!.some((line) => says.test(line));
}

function startFailure(facts: PipelineFacts, index: number): CommandError {
  const reason = facts.exits[index]!.startError!.message;
  return commandError(facts, "NOT_FOUND", `Cannot start ${place(facts, index)}: ${reason}`, {
    remedy: "Install the program, or correct its path in the configuration",
  });
}

function exitFailure(facts: PipelineFacts, index: number): CommandError {
  const exit = facts.exits[index]!;
  const how = exit.signal === undefined ? `ended with exit code ${exit.exitCode}` : `was ended by ${exit.signal}`;
  const lastWords = facts.stderrTails[index]!.findLast((line) => line.trim() !== "");
  const message = `${place(facts, index)} ${how}${lastWords === undefined ? "" : `: ${lastWords.trim()}`}`;
  return commandError(facts, exit.signal === undefined ? "EXIT" : "SIGNAL", message);
}

/** The command at fault, and the pipeline it is part of. */
function place(facts: PipelineFacts, index: number): string {
  const line = facts.commandLines[index]!;
  if (facts.commandLines.length === 1) return `Command ${line}`;
  return `Command ${line} (${index + 1} of ${facts.commandLines.length} in ${facts.commandLines.join(" | ")})`;
}

function commandError(
  facts: PipelineFacts,
  code: CommandErrorCode,
  message: string,
  options: { cause?: unknown; remedy?: string } = {},
): CommandError {
  return new CommandError(code, message, {
    commandLine: facts.commandLines.join(" | "),
    exitCodes: facts.exits.map((exit) => exit.exitCode ?? -1),
    stderrTail: facts.stderrTail,
  }, options);
}
