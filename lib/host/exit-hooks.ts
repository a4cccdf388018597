/**
 * What has to be done however the process ends: removing a lock, ending child processes.
 *
 * Runs the hooks on a normal end, on process.exit(), on an uncaught exception, and on SIGINT, SIGTERM and SIGHUP when
 * nobody else handles that signal (signals.ts does, for the scripts). Nothing can help against SIGKILL; see the stale
 * locks.
 */
import process from "node:process";

/** The signals that ask a process to end. */
export type EndingSignal = "SIGINT" | "SIGTERM" | "SIGHUP";
export const ENDING_SIGNALS: readonly EndingSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

const hooks = new Set<() => void>();
const handlers = new Map<EndingSignal, () => void>();

/** Has `hook` called, synchronously, when the process ends. Gives the function that takes it back. */
export function onExit(hook: () => void): () => void {
  if (hooks.size === 0) listen();
  hooks.add(hook);
  return () => {
    if (hooks.delete(hook) && hooks.size === 0) stopListening();
  };
}

/** Calls all hooks, once; the last one added first. A hook that throws does not keep the others from running. */
export function runExitHooks(): void {
  for (const hook of [...hooks].reverse()) {
    hooks.delete(hook);
    try {
      hook();
    } catch {
      // The process is ending, and its other hooks matter more than this report.
    }
  }
}

/** Runs the hooks and ends the process by the signal, so that the parent sees that it was one (128+n in a shell). */
export function dieBySignal(signal: EndingSignal): void {
  runExitHooks();
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** Deno ends without the exit event after an uncaught exception. Where somebody catches it, the process goes on. */
function onUncaught(): void {
  if (process.listenerCount("uncaughtException") === 0) runExitHooks();
}

function listen(): void {
  process.on("exit", runExitHooks);
  process.on("uncaughtExceptionMonitor", onUncaught);
  for (const signal of ENDING_SIGNALS) {
    const handler = (): void => {
      if (process.listenerCount(signal) <= 1) dieBySignal(signal);
    };
    handlers.set(signal, handler);
    process.on(signal, handler);
  }
}

function stopListening(): void {
  process.removeListener("exit", runExitHooks);
  process.removeListener("uncaughtExceptionMonitor", onUncaught);
  for (const [signal, handler] of handlers) process.removeListener(signal, handler);
  handlers.clear();
}
