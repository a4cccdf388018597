/**
 * Several series at once, a limited number at a time; as soon as one ends the next one starts, whatever the others do.
 *
 * Differs from dumps (Python): those wait for a whole group before the next group starts, so one slow part idles the
 * rest.
 */
import { runSeries, type SeriesOptions, type SeriesOutcome, type SeriesStep } from "./series.ts";

export interface ParallelOptions extends Omit<SeriesOptions, "onStderrLine"> {
  /** How many series may run at the same time. */
  readonly concurrency: number;
  /** End the others, and start no more, when one has failed; without it they all get their turn. */
  readonly stopAtFailure?: boolean;
  /** Called for every line of stderr, with the number of the series from 0. */
  readonly onStderrLine?: (line: string, seriesIndex: number) => void;
  /** Called when a series has ended, in the order in which they end. */
  readonly onEnd?: (outcome: SeriesOutcome, seriesIndex: number) => void;
}

/** How a set of series ended. */
export interface ParallelOutcome {
  readonly isOk: boolean;
  /** Of the first series (in time) that failed. */
  readonly error: Error | undefined;
  /** In the order of the input; undefined for one that was not started. */
  readonly series: readonly (SeriesOutcome | undefined)[];
}

/**
 * Runs all series, at most `concurrency` at a time. Never throws for a command that fails.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { command, runParallel } from "wikidump/node";
 *
 * const all = [1, 2, 3].map((n) => [{ commands: [command("test", String(n), "-ne", "2")] }]);
 * const { isOk, series } = await runParallel(all, { concurrency: 2 });
 * assert.equal(isOk, false);
 * assert.deepEqual(series.map((one) => one?.isOk), [true, false, true]);
 * ```
 */
export async function runParallel(
  series: readonly (readonly SeriesStep[])[],
  options: ParallelOptions,
): Promise<ParallelOutcome> {
  const { concurrency, stopAtFailure, onStderrLine, onEnd, signal, ...rest } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`Concurrency ${concurrency} is not a count`);
  }
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal?.reason);
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  const outcomes: (SeriesOutcome | undefined)[] = series.map(() => undefined);
  let error: Error | undefined;
  let nextIndex = 0;
  const takeTurns = async (): Promise<void> => {
    while (nextIndex < series.length && !stop.signal.aborted) {
      const index = nextIndex++;
      const hear = onStderrLine === undefined ? {} : { onStderrLine: (line: string) => onStderrLine(line, index) };
      const outcome = await runSeries(series[index]!, { ...rest, ...hear, signal: stop.signal });
      outcomes[index] = outcome;
      error ??= outcome.error;
      if (!outcome.isOk && stopAtFailure === true) stop.abort(outcome.error);
      onEnd?.(outcome, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, series.length) }, takeTurns));
  signal?.removeEventListener("abort", onAbort);
  if (error === undefined && signal?.aborted === true) error = signal.reason as Error;
  return { isOk: outcomes.every((outcome) => outcome?.isOk === true), error, series: outcomes };
}
