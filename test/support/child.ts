/** Child processes of tests that talk in lines of JSON, and the bundling of a TypeScript fixture into one file. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { scratchDirectory } from "./scratch.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Bundles a fixture into one file, as the scripts are, and gives its path. */
export async function bundleFixture(name: string): Promise<string> {
  const outfile = join(scratchDirectory("fixture"), `${name}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    logLevel: "error",
  });
  return outfile;
}

/** The Deno of node_modules, or undefined when it is not installed. */
export function denoPath(): string | undefined {
  const path = join(ROOT, "node_modules", ".bin", "deno");
  return existsSync(path) ? path : undefined;
}

/** For `{ skip }` of a test that needs Deno. */
export const skipWithoutDeno: string | false = denoPath() === undefined ? "deno is not installed" : false;

export interface Child {
  readonly pid: number;
  /** The next line of stdout, parsed; undefined at the end. */
  next(): Promise<Record<string, unknown> | undefined>;
  readonly stderr: () => string;
  readonly exit: Promise<{ exitCode: number | null; signal: string | null }>;
  kill(signal: "SIGTERM" | "SIGKILL" | "SIGINT" | "SIGHUP" | "SIGSTOP" | "SIGCONT"): void;
  endInput(): void;
}

/** Starts a program. It is killed after 40 s if it is still there. */
export function startChild(file: string, args: readonly string[]): Child {
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"], cwd: ROOT });
  const timer = setTimeout(() => process.kill(child.pid!, "SIGKILL"), 40_000);
  let stderr = "";
  child.stderr.on("data", (bytes) => stderr += bytes);
  child.stdin.on("error", () => {});
  const lines = linesOf(child.stdout);
  return {
    pid: child.pid!,
    async next() {
      const { value, done } = await lines.next();
      return done === true ? undefined : JSON.parse(value) as Record<string, unknown>;
    },
    stderr: () => stderr,
    exit: new Promise((resolve) =>
      child.on("close", (exitCode, signal) => {
        clearTimeout(timer);
        resolve({ exitCode, signal });
      })
    ),
    // `child.kill` of Deno works once only.
    kill: (signal) => void process.kill(child.pid!, signal),
    endInput: () => void child.stdin.end(),
  };
}

async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + new TextDecoder().decode(bytes)).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/** Starts a bundled script with this Node. */
export function startNode(script: string, ...args: readonly string[]): Child {
  return startChild(process.execPath, [script, ...args]);
}
