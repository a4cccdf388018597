#!/usr/bin/env node
/**
 * worker: dumps the wiki that needs it most, or the one that is named; with --loop, one after another, each in a fresh process.
 */
import { runCommand } from "../lib/cli/run-command.ts";
import { isMain } from "../lib/host/is-main.ts";
import { listenForShutdown } from "../lib/host/signals.ts";
import { checkCombinations, COMMAND } from "./worker/command.ts";
import type { WorkerInvocation } from "./worker/command.ts";
import { dumpOnce } from "./worker/dump-once.ts";
import { loop } from "./worker/loop.ts";

/** The worker's work; gives the exit code. */
export async function work(invocation: WorkerInvocation): Promise<number> {
  checkCombinations(invocation);
  const shutdown = listenForShutdown({
    onFirst: (reason) => void invocation.stderr.write(`worker: ${reason.message}, stopping\n`),
  });
  try {
    const run = invocation.options.loop ? loop : dumpOnce;
    return await run(invocation, shutdown.signal);
  } catch (error) {
    if (shutdown.interruption === undefined) throw error;
    return shutdown.interruption.exitCode;
  } finally {
    shutdown.finish();
  }
}

if (isMain(import.meta)) await runCommand(COMMAND, work);
