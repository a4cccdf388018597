/** A server of the stack, known by its process id on disk, so that another process can see and stop it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { isAlive } from "../support/process.ts";
import { spawnServer } from "./run-program.ts";

/** How to start a server, and how to see that it answers. */
export interface ServerPlan {
  readonly name: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Whether it answers. */
  readonly isReady: () => Promise<boolean>;
}

/** Waits; unlike a timer of an idle test, it keeps the process alive. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The process id of a server of this stack that runs, or undefined. The command line is looked at: ids are used again. */
export function serverPid(plan: ServerPlan): number | undefined {
  if (!existsSync(plan.pidFile)) return undefined;
  const pid = Number(readFileSync(plan.pidFile, "utf8"));
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return undefined;
  const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  return plan.args.every((arg) => commandLine.includes(arg)) ? pid : undefined;
}

/** Starts a server that does not run, and waits until it answers. */
export async function startServer(plan: ServerPlan): Promise<void> {
  if (serverPid(plan) === undefined) {
    const child = spawnServer(plan.file, plan.args, { logFile: plan.logFile });
    child.on("error", () => {});
    if (child.pid === undefined) throw new Error(`${plan.name} could not be started: ${plan.file}`);
    writeFileSync(plan.pidFile, String(child.pid));
    // setpriv becomes the server: until then the command line is not the server's.
    endAtExit(plan, child.pid);
  }
  const until = performance.now() + 60_000;
  while (!await plan.isReady()) {
    const pid = Number(readFileSync(plan.pidFile, "utf8"));
    if (!isAlive(pid) || performance.now() > until) {
      throw new Error(`${plan.name} did not start: ${readFileSync(plan.logFile, "utf8").slice(-2000)}`);
    }
    await pause(50);
  }
}

/** Ends a server and waits for its end; kills it after 30 s. */
export async function stopServer(plan: ServerPlan): Promise<void> {
  const pid = serverPid(plan);
  if (pid !== undefined) {
    process.kill(pid, "SIGTERM");
    const until = performance.now() + 30_000;
    while (isAlive(pid)) {
      if (performance.now() > until) process.kill(pid, "SIGKILL");
      await pause(20);
    }
  }
  rmSync(plan.pidFile, { force: true });
}

/** Whether this process started the server that runs. */
export function isOurServer(plan: ServerPlan): boolean {
  const pid = serverPid(plan);
  return pid !== undefined && tied.has(pid);
}

const tied = new Map<number, ServerPlan>();

/** The kernel ends the server when this process is killed; when it exits in order, this does, and takes the file away. */
function endAtExit(plan: ServerPlan, pid: number): void {
  if (tied.size === 0) {
    process.on("exit", () => {
      for (const [pid, plan] of tied) {
        if (serverPid(plan) === pid) process.kill(pid, "SIGTERM");
      }
    });
  }
  tied.set(pid, plan);
}
