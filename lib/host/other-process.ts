/** Processes that this one did not start: what they are, and asking them to end. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { isAbsent, systemCode } from "./system-error.ts";

/**
 * The words with which a process was started; none for one that has ended and waits for its parent to notice. Undefined where that
 * cannot be found out.
 */
export function processArguments(pid: number): readonly string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter((word) => word !== "");
  } catch (error) {
    // Some systems have no /proc, and Deno keeps it from programs that may not do everything.
    return isAbsent(error) && hasProcessFiles() ? [] : undefined;
  }
}

function hasProcessFiles(): boolean {
  try {
    return readFileSync("/proc/self/cmdline").length > 0;
  } catch {
    return false;
  }
}

/** Asks a process to end. Gives why it could not be asked; undefined when it was, or was gone already. */
export function askToEnd(pid: number): string | undefined {
  try {
    process.kill(pid, "SIGTERM");
    return undefined;
  } catch (error) {
    if (systemCode(error) === "ESRCH") return undefined;
    return systemCode(error) === "EPERM" ? "it belongs to another user" : (error as Error).message;
  }
}
