/**
 * Runs a program to its end, for the stack and its tests. Every program dies with this process, however that ends: the kernel
 * sends it SIGTERM (`setpriv --pdeathsig` of util-linux, which every Debian has).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream, openSync } from "node:fs";
import process from "node:process";

/** What a program may be given beside its arguments. */
export interface ProgramOptions {
  /** Text for its standard input; nothing by default. */
  readonly input?: string | Uint8Array;
  /** A file for its standard input, in place of `input`. */
  readonly inputFile?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It is killed after so long. Default five minutes. */
  readonly timeoutMs?: number;
}

/** How a program ended. */
export interface ProgramResult {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** Runs a program and gives its standard output as text; throws with what it said when it fails. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const result = await tryProgram(file, args, options);
  const stdout = new TextDecoder().decode(result.stdout);
  if (result.status !== 0) {
    const said = `${result.stderr}${stdout}`.trim().slice(-3000);
    throw new Error(`${file} ${args.join(" ").slice(0, 500)} ended with ${result.status ?? result.signal}: ${said}`);
  }
  return stdout;
}

/** Runs a program to its end, whatever its exit code. Output above 1 GiB is not for this function. */
export function tryProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawnTied(file, args, options);
    const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs ?? 300_000);
    const stdout: Uint8Array[] = [];
    let stderr = "";
    child.stdout!.on("data", (bytes: Uint8Array) => stdout.push(bytes));
    child.stderr!.setEncoding("utf8").on("data", (text: string) => stderr += text);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new Error(`${file} could not be started`, { cause: error }));
    });
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      resolve({ status, signal, stdout: concat(stdout), stderr });
    });
  });
}

/** Starts a program that ends with this process at the latest. */
export function spawnTied(file: string, args: readonly string[], options: ProgramOptions = {}): ChildProcess {
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", file, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own: a program's own children are ended with it.
    detached: true,
    env: { ...process.env, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  running.add(child);
  child.on("close", () => running.delete(child));
  const input = child.stdin!;
  // A program that does not read its input to the end is no fault of the input: its exit code tells.
  input.on("error", () => {});
  if (options.inputFile !== undefined) createReadStream(options.inputFile).pipe(input);
  else input.end(options.input ?? "");
  return child;
}

const running = new Set<ChildProcess>();

/** Kills all programs that run, and their children: before the directory that they write to is removed. */
export function killPrograms(): void {
  for (const { pid } of running) {
    try {
      if (pid !== undefined) process.kill(-pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
  }
}

/** Starts a server that ends with this process at the latest. */
export function spawnServer(
  file: string,
  args: readonly string[],
  options: { readonly logFile: string; readonly env?: Readonly<Record<string, string>> },
): ChildProcess {
  const log = openSync(options.logFile, "a");
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", file, ...args], {
    stdio: ["ignore", log, log],
    env: { ...process.env, ...options.env },
  });
  child.unref();
  return child;
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}
