/**
 * Pipelines one after another: the next one starts only when the one before has succeeded.
 *
 * Differs from dumps (Python): those go on after a failure, and a failed command's partial file gets its final name.
 */
import { OutputFile, type WrittenFile } from "../../host/output-file.ts";
import { type Command, formatPipeline } from "./command.ts";
import type { PipelineOutcome } from "./outcome.ts";
import { type PipelineOptions, startPipeline } from "./pipeline.ts";

/** One pipeline of a series. A description only: it can be run again after a failure. */
export interface SeriesStep {
  readonly commands: readonly Command[];
  /** File for the output of the last command; dropped without it. */
  readonly outputPath?: string;
  /** Permissions of that file. */
  readonly outputMode?: number;
}

export type SeriesOptions = Omit<PipelineOptions, "input" | "output">;

/** How one step ended. */
export interface StepOutcome extends PipelineOutcome {
  /** The published output file, if the step has one and succeeded. */
  readonly file: (WrittenFile & { readonly path: string }) | undefined;
}

/** How a series ended. */
export interface SeriesOutcome {
  readonly isOk: boolean;
  /** Of the step that failed. */
  readonly error: Error | undefined;
  /** Of the steps that were run: all of them, or those up to the failure. */
  readonly steps: readonly StepOutcome[];
}

/**
 * Runs the steps in order and stops at the first failure. Never throws for a step that fails. An output file gets its
 * name only when its step has succeeded.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, readFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { command, runSeries } from "wikidump/node";
 *
 * const path = join(await mkdtemp(join(tmpdir(), "example-")), "words.txt");
 * const { isOk, steps } = await runSeries([
 *   { commands: [command("echo", "hello")], outputPath: path },
 *   { commands: [command("false")] },
 *   { commands: [command("echo", "not reached")] },
 * ]);
 * assert.equal(isOk, false);
 * assert.equal(steps.length, 2);
 * assert.equal(await readFile(path, "utf8"), "hello\n");
 * ```
 */
export async function runSeries(steps: readonly SeriesStep[], options: SeriesOptions = {}): Promise<SeriesOutcome> {
  const done: StepOutcome[] = [];
  for (const step of steps) {
    const outcome = await runStep(step, options);
    done.push(outcome);
    if (!outcome.isOk) return { isOk: false, error: outcome.error, steps: done };
  }
  return { isOk: true, error: undefined, steps: done };
}

async function runStep(step: SeriesStep, options: SeriesOptions): Promise<StepOutcome> {
  const path = step.outputPath;
  if (path === undefined) {
    return { ...await startPipeline(step.commands, { ...options, output: "ignore" }).outcome, file: undefined };
  }
  let file: OutputFile | undefined;
  let outcome: PipelineOutcome | undefined;
  try {
    file = await OutputFile.create(path, step.outputMode === undefined ? {} : { mode: step.outputMode });
    outcome = await startPipeline(step.commands, { ...options, output: file }).outcome;
    if (!outcome.isOk) return { ...outcome, file: undefined };
    const written = await file.close();
    await file.publish();
    return { ...outcome, file: { path, ...written } };
  } catch (error) {
    return { ...outcome ?? notRun(step), isOk: false, error: error as Error, file: undefined };
  } finally {
    // Does nothing once the file is published.
    await file?.discard();
  }
}

function notRun(step: SeriesStep): PipelineOutcome {
  const commandLine = formatPipeline(step.commands);
  return { isOk: false, error: undefined, commandLine, commands: [], stderrTail: [], elapsedMs: 0 };
}
