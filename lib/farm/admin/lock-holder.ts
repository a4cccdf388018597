/**
 * Who has a lock, as far as this machine can tell: a worker that lives, one that is gone, or somebody about whom nothing can be said.
 *
 * Differs from dumps (Python): the admin tool there looks for an environment that no process has, and so takes every worker for dead.
 */
import { hostName, isProcessAlive } from "../../host/machine.ts";
import { processArguments } from "../../host/other-process.ts";
import { DEFAULT_HEARTBEAT_MS } from "../lock/lock.ts";
import type { LockInfo } from "../lock/lock-info.ts";

/** "alive" also for a process that cannot be looked at. "unknown": the file does not say who. */
export type HolderState = "alive" | "gone" | "elsewhere" | "unknown";

/** Somebody touches a lock of this age or less: another container with the same host name, if no process is seen. */
export const FRESH_MS: number = 3 * DEFAULT_HEARTBEAT_MS;

/** What became of the holder of a lock. */
export function holderState({ holder }: LockInfo): HolderState {
  if (holder === undefined) return "unknown";
  if (holder.host !== hostName()) return "elsewhere";
  if (!isProcessAlive(holder.pid)) return "gone";
  const words = processArguments(holder.pid);
  // The number of a process that ended is given to another one in the end.
  return words === undefined || isFarmProgram(words) ? "alive" : "gone";
}

/** Whether these words start a worker, of ours or of the reference. */
export function isWorkerProgram(words: readonly string[]): boolean {
  return isProgram(words, "worker");
}

/** Whether these words start something that takes locks. */
function isFarmProgram(words: readonly string[]): boolean {
  return isWorkerProgram(words) || isProgram(words, "monitor");
}

/** A script by its name and extension, or the command that npm makes of it. A bare "worker" is what other programs have as a verb. */
function isProgram(words: readonly string[], name: string): boolean {
  const script = new RegExp(`^${name}\\.(?:[cm]?[jt]s|py)$`);
  const names = words.map((word) => word.slice(word.lastIndexOf("/") + 1));
  return names[0] === name || names.some((word) => script.test(word) || word === `wikidump-${name}`);
}
