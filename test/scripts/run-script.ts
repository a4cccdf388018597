/**
 * Runs a script of this project as a child process, as a user would.
 *
 * Compiling the sources costs tsx some 0.4 s at every start, so the script is bundled once for all runs of a test file, the way
 * `npm run build` does it; `isFromSource` runs the sources themselves.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const LOADER = import.meta.resolve("tsx");
const TIMEOUT_MS = 60_000;

export interface ScriptRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

export interface ScriptOptions {
  readonly cwd: string;
  readonly input?: Uint8Array;
  /** A command of the shell around `"$@"`, for limits and redirections. */
  readonly shell?: string;
  /** Called with a function that sends a signal; standard input then stays open. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** Run the sources through tsx instead of a bundle. */
  readonly isFromSource?: boolean;
}

const bundles = new Map<string, Promise<string>>();

async function bundle(source: string, name: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "bundle-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const outfile = join(directory, `${name}.mjs`);
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  return outfile;
}

async function wordsFor(name: string, isFromSource: boolean): Promise<string[]> {
  const source = fileURLToPath(new URL(`../../scripts/${name}.ts`, import.meta.url));
  if (isFromSource) return [process.execPath, "--import", LOADER, source];
  const made = bundles.get(name) ?? bundle(source, name);
  bundles.set(name, made);
  return [process.execPath, await made];
}

/** Runs `scripts/<name>.ts` and waits for its end. */
export async function runScript(name: string, args: readonly string[], options: ScriptOptions): Promise<ScriptRun> {
  const words = [...await wordsFor(name, options.isFromSource ?? false), ...args];
  const [file = "", ...rest] = options.shell === undefined ? words : ["sh", "-c", options.shell, "sh", ...words];
  const child = spawn(file, rest, { cwd: options.cwd, stdio: "pipe" });
  child.stdin.on("error", () => {});
  if (options.onStart === undefined) child.stdin.end(options.input ?? new Uint8Array());
  else if (options.input !== undefined) child.stdin.write(options.input);
  options.onStart?.((signal) => child.kill(signal));
  return await outcomeOf(child);
}

function outcomeOf(child: ChildProcess): Promise<ScriptRun> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}
