/**
 * Starting this very script again as a fresh process, under Node, Deno and Bun: one worker per wiki in `worker --loop`.
 *
 * Deno's node:child_process gives a child that is Deno itself ALL permissions (it starts `deno run -A`), unless the
 * arguments begin with a subcommand. So the flags are written out here, and only for what this process was seen to be
 * allowed. See docs/decisions/013.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { constants, tmpdir } from "node:os";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { WikidumpError } from "../errors.ts";
import { onExit } from "./exit-hooks.ts";

/** What a restricted Deno process may have been allowed; what it was not is left out. Other runtimes ignore it. */
export interface SelfPermissions {
  /** Files and directories that the child has to read or write. */
  readonly paths?: readonly string[];
  /** Programs that the child has to run. */
  readonly programs?: readonly string[];
  /** Servers that the child has to reach, as `host:port`. */
  readonly hosts?: readonly string[];
}

export interface RunSelfOptions {
  /** Sends the child SIGTERM. It is given all the time it needs to end. */
  readonly signal?: AbortSignal;
  readonly permissions?: SelfPermissions;
}

/** A program and its arguments, for `command(file, ...args)` or `spawn`. */
export interface SelfCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * How to start this script again with other arguments. Throws `WikidumpError` NO_SCRIPT in a process without one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { selfCommand } from "./self.ts";
 *
 * const { file, args } = selfCommand(["--job=noop", "tewiki"]);
 * assert.ok(file.length > 0);
 * assert.deepEqual(args.slice(-2), ["--job=noop", "tewiki"]);
 * ```
 */
export function selfCommand(args: readonly string[], permissions: SelfPermissions = {}): SelfCommand {
  const script = process.argv[1];
  const deno = denoOf(globalThis);
  if (deno?.build.standalone === true) return { file: process.execPath, args };
  if (script === undefined) throw new WikidumpError("NO_SCRIPT", "This process was not started from a script");
  if (deno === undefined) return { file: process.execPath, args: [...process.execArgv, script, ...args] };
  return { file: process.execPath, args: ["run", ...denoFlags(deno, script, permissions), script, ...args] };
}

/**
 * Runs this script again, with this process's terminal and files, to its end. Gives its exit code, 128 plus the number
 * when it ended by a signal. The child leads its own process group: a Ctrl-C reaches it once, through `signal`.
 */
export async function runSelf(args: readonly string[], options: RunSelfOptions = {}): Promise<number> {
  const self = selfCommand(args, options.permissions);
  const child = spawn(self.file, self.args, { stdio: "inherit", detached: true });
  const stop = (): void => sendTerm(child);
  // When this process is ended at once, by a second signal, the child's second one makes it do the same.
  const forget = onExit(stop);
  if (options.signal?.aborted === true) stop();
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
    });
  } finally {
    forget();
    options.signal?.removeEventListener("abort", stop);
  }
}

/** `child.kill` of Deno works once only, `process.kill` is not allowed to everybody there. */
function sendTerm(child: ChildProcess): void {
  if (child.exitCode !== null || child.pid === undefined) return;
  try {
    process.kill(child.pid, "SIGTERM");
  } catch {
    child.kill("SIGTERM");
  }
}

/** The part of Deno that is needed here. */
interface DenoRuntime {
  readonly build: { readonly standalone?: boolean };
  readonly permissions: {
    querySync(
      query: { name: string; [detail: string]: string },
    ): { readonly state: string; readonly partial?: boolean };
  };
}

function denoOf(scope: object): DenoRuntime | undefined {
  return "Deno" in scope ? scope.Deno as DenoRuntime : undefined;
}

/** The names that `--allow-sys` knows. */
const SYS_KINDS = [
  "hostname",
  "osRelease",
  "osUptime",
  "loadavg",
  "networkInterfaces",
  "systemMemoryInfo",
  "uid",
  "gid",
  "username",
  "cpus",
  "homedir",
  "statfs",
  "getPriority",
  "setPriority",
  "inspector",
]; // prettier-ignore

const PATH_KINDS: ReadonlySet<string> = new Set(["read", "write"]);

/**
 * Flags for what this process has. Exceptions (--deny-…) cannot be seen, so they are not passed on: a process that may run
 * Deno could start one without them anyway.
 */
function denoFlags(deno: DenoRuntime, script: string, permissions: SelfPermissions): readonly string[] {
  const has = (name: string, detail: Record<string, string> = {}): boolean => {
    try {
      const status = deno.permissions.querySync({ name, ...detail });
      if (status.state !== "granted") return false;
      // A list of programs makes writing "partial": Deno keeps such a process from writing to them, and the child, too.
      return status.partial !== true || (detail["path"] === undefined && PATH_KINDS.has(name) && isWhole(name));
    } catch {
      return false; // A name that this version does not know.
    }
  };
  const isWhole = (name: string): boolean => deno.permissions.querySync({ name, path: "/" }).state === "granted";
  const kinds = ["read", "write", "net", "env", "run", "sys", "ffi", "import"];
  if (kinds.every((kind) => has(kind))) return ["--allow-all"];
  const paths = [script, dirname(script), process.cwd(), tmpdir(), ...permissions.paths ?? []].map((path) =>
    resolve(path)
  );
  const candidates: Record<string, readonly string[]> = {
    read: paths.filter((path) => has("read", { path })),
    write: paths.filter((path) => has("write", { path })),
    run: [process.execPath, ...permissions.programs ?? []].filter((command) => has("run", { command })),
    net: (permissions.hosts ?? []).filter((host) => has("net", { host })),
    sys: SYS_KINDS.filter((kind) => has("sys", { kind })),
  };
  const flags = kinds.flatMap((kind) => {
    if (has(kind)) return [`--allow-${kind}`];
    const list = [...new Set(candidates[kind])].map((value) => value.replaceAll(",", ",,"));
    return list.length === 0 ? [] : [`--allow-${kind}=${list.join(",")}`];
  });
  return ["--no-prompt", ...flags];
}
