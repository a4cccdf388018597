/**
 * Does something again when it failed, after a pause: databases go away and come back.
 */
import { CommandError, ConfigError, SourceError } from "../../errors.ts";
import { sleep } from "../../host/clock.ts";

export interface RetryOptions {
  /** How often it is tried again after the first failure. */
  readonly retries: number;
  /** Before the first new attempt. */
  readonly firstPauseMs: number;
  /** Each pause is so many times the one before; 1 without it. */
  readonly growth?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told before each pause. */
  readonly onRetry?: (error: unknown, pauseMs: number) => void;
}

/**
 * The result of `work`. Throws its last error when all attempts have failed, or the first one that no attempt would cure: a
 * program or a script that is not there, a wrong configuration. A pause ends, with the signal's reason, when that aborts.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { withRetries } from "./with-retries.ts";
 *
 * let calls = 0;
 * const work = async () => {
 *   if (++calls < 3) throw new Error("not yet");
 *   return "done";
 * };
 * assert.equal(await withRetries(work, { retries: 3, firstPauseMs: 1 }), "done");
 * assert.equal(calls, 3);
 * ```
 */
export async function withRetries<Result>(work: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const { retries, firstPauseMs, growth = 1, signal, onRetry } = options;
  let pauseMs = firstPauseMs;
  for (let attempt = 0;; attempt++) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt >= retries || isFinal(error)) throw error;
      onRetry?.(error, pauseMs);
      await sleep(pauseMs, signal === undefined ? {} : { signal });
      pauseMs *= growth;
    }
  }
}

/** Whether trying again is of no use. */
function isFinal(error: unknown): boolean {
  if (error instanceof CommandError) return error.code === "NOT_FOUND" || error.code === "ABORTED";
  return error instanceof ConfigError || (error instanceof SourceError && error.code === "NOT_FOUND");
}
