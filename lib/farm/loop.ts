/**
 * Workers one after another, each a fresh process: so that changed configuration, lists and code count from the next wiki on.
 */
import { EXIT } from "../cli/exit-codes.ts";
import { sleep } from "../host/clock.ts";
import { isExitWanted, maintenanceReason } from "./maintenance.ts";

const MAINTENANCE_CHECK_MS = 300_000;

export interface LoopOptions {
  /** Runs one worker to its end, and gives its exit code. */
  readonly runOnce: () => Promise<number>;
  /** End when no wiki is left to do, or after the one that was named. */
  readonly ends: "never" | "when-idle" | "after-one";
  /** Failures in a row that are borne. */
  readonly maxFails: number;
  /** Longest pause between two workers; each pause is a random part of it. */
  readonly maxSleepMs: number;
  /** Where maintenance.txt and exit.txt are looked for. */
  readonly directories: readonly string[];
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Loops until there is a reason to end; gives the exit code of the loop. Rejects with the signal's reason. */
export async function loopWorkers(options: LoopOptions): Promise<number> {
  const { signal, log, directories } = options;
  let failures = 0;
  for (;;) {
    const reason = await maintenanceReason(directories);
    if (reason !== undefined) {
      log(`Maintenance: ${reason}. Looking again in 5 minutes`);
      await sleep(MAINTENANCE_CHECK_MS, { signal });
      continue;
    }
    if (await isExitWanted(directories)) {
      log("exit.txt is there: the loop ends");
      return 0;
    }
    const exitCode = await options.runOnce();
    signal.throwIfAborted();
    if (exitCode === EXIT.NOTHING_TO_DO && options.ends === "when-idle") return 0;
    if (options.ends === "after-one") return exitCode;
    failures = exitCode === 0 || exitCode === EXIT.NOTHING_TO_DO ? 0 : failures + 1;
    if (failures > options.maxFails) {
      log(`${failures} workers failed in a row: the loop ends`);
      return 1;
    }
    // Whoever wants an end need not wait for the pause.
    if (!await isExitWanted(directories)) await sleep(Math.random() * options.maxSleepMs, { signal });
  }
}
