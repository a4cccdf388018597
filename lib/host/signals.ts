/**
 * SIGINT, SIGTERM and SIGHUP as an `AbortSignal`: the first asks for a clean end, the second ends the process at once.
 *
 * A script makes one of these at its start, passes `signal` down, and calls `finish()` as its last act: if a signal
 * came, the process dies by it, so that its parent (a shell, systemd) sees that it was interrupted and not that it
 * failed.
 */
import { constants } from "node:os";
import process from "node:process";
import { steadyMs } from "./clock.ts";
import { dieBySignal, ENDING_SIGNALS, type EndingSignal } from "./exit-hooks.ts";

/**
 * A signal that comes so soon after the first is the same request: a terminal and a service manager send theirs to the
 * whole group, and the loop that started this process passes on its own.
 */
const SAME_REQUEST_MS = 1000;

/** The reason of an abort by a signal. */
export class InterruptedError extends Error {
  override readonly name: string = "InterruptedError";
  readonly signalName: EndingSignal;
  /** 128 plus the number of the signal. */
  readonly exitCode: number;

  constructor(signalName: EndingSignal) {
    super(`Interrupted by ${signalName}`);
    this.signalName = signalName;
    this.exitCode = 128 + constants.signals[signalName];
  }
}

/** The signals of the process, for one script. */
export interface ShutdownSignals {
  /** Aborts at the first signal, with an `InterruptedError` as the reason. */
  readonly signal: AbortSignal;
  /** The signal that came, or undefined. */
  readonly interruption: InterruptedError | undefined;
  /**
   * Stops listening; if a signal came, runs the exit hooks and dies by that signal (then this does not return for
   * long).
   */
  finish(): void;
}

export interface ShutdownOptions {
  /** Called when the first signal comes, to tell the user that the end is near. */
  readonly onFirst?: (reason: InterruptedError) => void;
  /** Signals within so long after the first count as the same; 1000 without it. */
  readonly sameRequestMs?: number;
}

/**
 * Starts to listen.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { listenForShutdown } from "wikidump/node";
 *
 * const shutdown = listenForShutdown({ onFirst: (reason) => console.error(reason.message) });
 * try {
 *   assert.equal(shutdown.signal.aborted, false);
 *   // … the work, which is given shutdown.signal …
 * } finally {
 *   shutdown.finish();
 * }
 * ```
 */
export function listenForShutdown(options: ShutdownOptions = {}): ShutdownSignals {
  const controller = new AbortController();
  const sameRequestMs = options.sameRequestMs ?? SAME_REQUEST_MS;
  let interruption: InterruptedError | undefined;
  let firstAtMs = 0;
  const handlers = new Map<EndingSignal, () => void>();
  const stop = (): void => {
    for (const [name, handler] of handlers) process.removeListener(name, handler);
    handlers.clear();
  };
  for (const name of ENDING_SIGNALS) {
    const handler = (): void => {
      if (interruption !== undefined) {
        if (steadyMs() - firstAtMs < sameRequestMs) return;
        stop();
        return dieBySignal(name);
      }
      firstAtMs = steadyMs();
      interruption = new InterruptedError(name);
      options.onFirst?.(interruption);
      controller.abort(interruption);
    };
    handlers.set(name, handler);
    process.on(name, handler);
  }
  return {
    signal: controller.signal,
    get interruption() {
      return interruption;
    },
    finish() {
      stop();
      if (interruption !== undefined) dieBySignal(interruption.signalName);
    },
  };
}
