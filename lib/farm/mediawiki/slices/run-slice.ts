/**
 * One call of php for one slice: runs it, watches it, and trusts nothing that it says about its end.
 *
 * The exit code is 0 also when a file could not be written, so php's words count too. The files are looked at elsewhere
 * (slice-files.ts).
 */
import { CommandError } from "../../../errors.ts";
import { type Command, formatCommand } from "../../process/command.ts";
import { LineSplitter } from "../../process/line-splitter.ts";
import type { PipelineOutcome } from "../../process/outcome.ts";
import { startPipeline } from "../../process/pipeline.ts";
import { GrowthWatch } from "./growth-watch.ts";
import { parseReport, type SliceReport } from "./slice-report.ts";

export interface SliceRunOptions {
  readonly signal: AbortSignal;
  /** Files that the script writes to. */
  readonly paths: readonly string[];
  /** php is ended when its files did not grow, and it said nothing, for so long. */
  readonly stallMs: number;
  /** Told of every progress line of php. */
  readonly onReport: (report: SliceReport) => void;
}

/** What php says when a write went wrong, which does not change its exit code. */
const LOST = /\b(?:fputs|fwrite|fflush|fclose)\(.*\berrno=|PHP Fatal error/;
/** The line that names the trouble; the last one is the end of a stack trace. */
const REASON = /\w(?:Error|Exception)(?: from line \d|: )/;

/** Runs the script and gives its last report; undefined if there was none. Throws CommandError. */
export async function runSlice(script: Command, options: SliceRunOptions): Promise<SliceReport | undefined> {
  const { signal, paths, stallMs, onReport } = options;
  let lost: string | undefined;
  let reason: string | undefined;
  let report: SliceReport | undefined;
  let isStalled = false;
  const watch = new GrowthWatch({
    paths,
    stallMs,
    onStall() {
      isStalled = true;
      void running.terminate();
    },
  });
  const hear = (line: string): void => {
    watch.sign();
    if (LOST.test(line)) lost ??= line.trim();
    else if (REASON.test(line)) reason ??= line.trim();
    const next = parseReport(line);
    if (next === undefined) return;
    report = next;
    onReport(next);
  };
  // PHP's own messages come on stdout where php.ini says so.
  const stdout = new LineSplitter(hear);
  const output = { write: (bytes: Uint8Array) => void stdout.push(bytes) as undefined };
  const running = startPipeline([script], { signal, output, onStderrLine: hear });
  try {
    const outcome = await running.outcome;
    stdout.finish();
    if (isStalled) throw failure(script, outcome, { code: "TIMEOUT", what: `wrote nothing for ${stallMs} ms` });
    throwIfFailed(script, outcome, { lost, reason });
    return report;
  } finally {
    watch.stop();
  }
}

function throwIfFailed(
  script: Command,
  outcome: PipelineOutcome,
  { lost, reason }: { readonly lost: string | undefined; readonly reason: string | undefined },
): void {
  const { error } = outcome;
  const hasExited = error === undefined || (error instanceof CommandError && error.code === "EXIT");
  const said = error === undefined ? lost : lost ?? reason;
  if (hasExited && said !== undefined) {
    const { exitCode } = outcome.commands[0] ?? {};
    throw failure(script, outcome, { code: "EXIT", what: `ended with exit code ${exitCode} and said: ${said}` });
  }
  if (error !== undefined) throw error;
}

function failure(
  script: Command,
  outcome: PipelineOutcome,
  { code, what }: { readonly code: "EXIT" | "TIMEOUT"; readonly what: string },
): CommandError {
  const commandLine = formatCommand(script);
  const exitCodes = outcome.commands.map(({ exitCode }) => exitCode ?? -1);
  return new CommandError(code, `Command ${commandLine} ${what}`, {
    commandLine,
    exitCodes,
    stderrTail: outcome.stderrTail,
  }, {
    remedy: code === "TIMEOUT"
      ? "See what the database server is busy with; the slice is cut smaller by maxrevs in [stubs]"
      : "Run the command by hand to see more",
  });
}
