/** Runs a script of this project as a child process, as a user would. */
import { spawn } from "node:child_process";
import { Buffer } from "node:buffer";
import process from "node:process";
import { fileURLToPath } from "node:url";

const LOADER = import.meta.resolve("tsx");

export interface ScriptRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

export interface ScriptOptions {
  readonly cwd: string;
  readonly input?: Uint8Array;
  /** A command of the shell that ends in `exec "$@"`, for limits and redirections. */
  readonly shell?: string;
  /** Called with the process, once it runs. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `scripts/<name>.ts` and waits for its end. */
export function runScript(name: string, args: readonly string[], options: ScriptOptions): Promise<ScriptRun> {
  const script = fileURLToPath(new URL(`../../scripts/${name}.ts`, import.meta.url));
  const words = [process.execPath, "--import", LOADER, script, ...args];
  const all = options.shell === undefined ? words : ["sh", "-c", options.shell, "sh", ...words];
  const child = spawn(all[0]!, all.slice(1), { cwd: options.cwd, stdio: "pipe" });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on("error", () => {});
  if (options.onStart === undefined) child.stdin.end(options.input ?? new Uint8Array());
  else if (options.input !== undefined) child.stdin.write(options.input);
  options.onStart?.((signal) => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}
