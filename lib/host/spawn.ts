/**
 * Starts a chain of programs whose outputs feed each other, without a shell: the host's half of lib/farm/process/.
 *
 * Each program leads a process group of its own, so that it can be ended together with what it started, and ends with this
 * process at the latest. Between programs the bytes do not pass through JavaScript where the runtime can hand one program's output to the next (Node,
 * Deno).
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import process from "node:process";
import type { Readable } from "node:stream";
import { ByteSink, readableOf } from "./node-streams.ts";
import { systemCode } from "./system-error.ts";
import { tiedProgram } from "./tied-program.ts";

/** One program to start. */
export interface SpawnSpec {
  readonly file: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface SpawnOptions {
  /** Whether bytes will be written to the first program; else its input is empty. */
  readonly hasInput: boolean;
  readonly cwd?: string | undefined;
  /** Called for every piece of stderr; must not wait. */
  readonly onStderr: (index: number, bytes: Uint8Array) => void;
  /** False to pass bytes between programs through this process, as has to be done on Bun. */
  readonly isHandedOver?: boolean;
}

/** How a program ended. Exactly one of the three is set. */
export interface ProgramExit {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Why it did not start. */
  readonly startError: Error | undefined;
}

/** A program that was started, or that could not be. */
export interface Program {
  /** Undefined when it did not start. */
  readonly pid: number | undefined;
  /** Resolves when the program has ended and its stderr was read. Never rejects. */
  readonly exit: Promise<ProgramExit>;
}

/** A chain that runs. When one program cannot be started, those after it are missing. */
export interface SpawnedChain {
  readonly programs: readonly Program[];
  /** Input of the first program. */
  readonly stdin: ByteSink | undefined;
  /** Output of the last program. Not to be used when `hasStarted` is false. */
  readonly stdout: ReadableStream<Uint8Array>;
  readonly hasStarted: boolean;
  /** Sends a signal to every program and all that they started. Those that have ended do not mind. */
  signal(name: "SIGTERM" | "SIGKILL"): void;
}

/** How long a helper that the program left behind may keep its stderr open. */
const STDERR_LINGER_MS = 1000;

const IS_BUN = "bun" in process.versions;

/** Starts all programs at once. Never throws: a program that cannot be started says so in its `exit`. */
export function spawnChain(specs: readonly SpawnSpec[], options: SpawnOptions): SpawnedChain {
  const isHandedOver = options.isHandedOver ?? !IS_BUN;
  const programs: Program[] = [];
  const children: ChildProcess[] = [];
  let upstream: Readable | undefined;
  for (const [index, spec] of specs.entries()) {
    const started = startOne(spec, upstream === undefined ? options.hasInput : isHandedOver ? upstream : true, options);
    if (upstream !== undefined && started instanceof Error) upstream.destroy();
    if (started instanceof Error) {
      programs.push({
        pid: undefined,
        exit: Promise.resolve({ exitCode: undefined, signal: undefined, startError: started }),
      });
      break;
    }
    if (upstream !== undefined && isHandedOver) upstream.destroy();
    else if (upstream !== undefined) pump(upstream, started);
    children.push(started);
    programs.push({ pid: started.pid, exit: exitOf(started, (bytes) => options.onStderr(index, bytes)) });
    upstream = started.stdout!;
  }
  const first = children[0];
  const hasStarted = children.length > 0 && children.length === specs.length;
  if (!hasStarted) upstream?.destroy();
  return {
    programs,
    hasStarted,
    stdin: first !== undefined && options.hasInput ? new ByteSink(first.stdin!) : undefined,
    stdout: hasStarted ? readableOf(upstream!) : new ReadableStream(),
    signal: (name) => children.forEach((child) => signalGroup(child, name)),
  };
}

/** `stdin`: true for a pipe from here, false for none, or the output of the program before. */
function startOne(spec: SpawnSpec, stdin: boolean | Readable, options: SpawnOptions): ChildProcess | Error {
  try {
    if (options.cwd !== undefined && !isDirectory(options.cwd)) {
      return new Error(`the working directory ${options.cwd} does not exist`);
    }
    const tied = tiedProgram(spec);
    const child = spawn(tied.file, tied.args, {
      stdio: [stdin === true ? "pipe" : stdin === false ? "ignore" : stdin, "pipe", "pipe"],
      detached: true,
      cwd: options.cwd,
      env: { ...process.env, ...spec.env },
    });
    if (child.pid !== undefined) return child;
    // The reason comes as an event in a moment, but is needed now; the event still must not go unheard.
    child.on("error", () => {});
    child.stdin?.on("error", () => {});
    return new Error(`there is no program ${spec.file} that may be executed`);
  } catch (error) {
    return new Error(systemCode(error) === "E2BIG" ? "its arguments are too long" : String((error as Error).message));
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function exitOf(child: ChildProcess, onStderr: (bytes: Uint8Array) => void): Promise<ProgramExit> {
  const stderr = child.stderr!;
  stderr.on("data", onStderr);
  const stderrEnd = new Promise<void>((resolve) => {
    stderr.on("close", resolve);
    stderr.on("error", () => resolve());
  });
  return new Promise((resolve) => {
    child.on("error", () => {});
    child.on("exit", (exitCode, signal) => {
      const exit = { exitCode: exitCode ?? undefined, signal: signal ?? undefined, startError: undefined };
      // Deno does not close a stream that it is reading from, so the timer cannot wait for that.
      const timer = setTimeout(() => {
        stderr.destroy();
        resolve(exit);
      }, STDERR_LINGER_MS);
      stderrEnd.then(() => {
        clearTimeout(timer);
        resolve(exit);
      });
    });
  });
}

/** Both ends may close at any time; the exit codes tell what that meant. */
function pump(from: Readable, to: ChildProcess): void {
  const stdin = to.stdin!;
  stdin.on("error", () => from.destroy());
  stdin.on("close", () => from.destroy());
  from.on("error", () => stdin.end());
  from.pipe(stdin);
}

function signalGroup(child: ChildProcess, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-child.pid!, name);
  } catch (error) {
    if (systemCode(error) !== "ESRCH") signalWithoutRight(child, name);
  }
}

/**
 * Deno with a list in --allow-run may not signal groups, and its `child.kill` works once only. With `kill` on the list all is
 * well; without it, the one shot is for certain, and what the program has started lives on.
 */
function signalWithoutRight(child: ChildProcess, name: "SIGTERM" | "SIGKILL"): void {
  try {
    const { status } = spawnSync("kill", ["-s", name.slice(3), "--", `-${child.pid}`], { stdio: "ignore" });
    if (status === 0) return;
  } catch {
    // Not on the list.
  }
  child.kill("SIGKILL");
}
