/**
 * This machine and its processes: host name, own process id, whether another process is alive.
 */
import { hostname } from "node:os";
import process from "node:process";
import { systemCode } from "./system-error.ts";

/** The name of this machine, as the system tells it, without a look into DNS. */
export function hostName(): string {
  return hostname();
}

/** The id of this process. */
export function ownPid(): number {
  return process.pid;
}

/**
 * Whether a process with this id exists on this machine (in this container). A process that belongs to somebody else
 * counts.
 */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}
