/** A farm in a directory of its own, and the scripts' bundles run on it as an operator would run them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

export interface ScriptResult {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What says when the farm is no longer needed: a test, or `{ after }` of node:test for all tests of a file. */
export interface TestEnd {
  after(work: () => Promise<void>): void;
}

export class TemporaryFarm {
  readonly root: string;
  /** More lines of the configuration, as sections. */
  extraConfig = "";
  readonly #started: ChildProcess[] = [];

  constructor(context: TestEnd) {
    this.root = mkdtempSync(join(tmpdir(), "wikidump-farm-"));
    context.after(() => this.#tearDown());
    this.write("all.dblist", "");
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  readBytes(name: string): Uint8Array {
    return readFileSync(this.path(name));
  }

  exists(name: string): boolean {
    return existsSync(this.path(name));
  }

  /** Names in a directory; none if it is not there. */
  list(name: string): readonly string[] {
    return this.exists(name) ? readdirSync(this.path(name)).sort() : [];
  }

  /** Every file below the farm, as paths from its root. */
  files(): readonly string[] {
    return (readdirSync(this.root, { recursive: true }) as string[]).sort();
  }

  /** Adds a wiki to the list, with an export unless the content is undefined. */
  addWiki(name: string, exportContent?: string | Uint8Array, extension = "xml"): void {
    this.write("all.dblist", `${this.read("all.dblist")}${name}\n`);
    if (exportContent !== undefined) this.write(`exports/${name}.${extension}`, exportContent);
  }

  /** Writes the configuration, and gives its path. */
  configure(): string {
    this.write(
      "wikidump.conf",
      `[wiki]\ndblist=all.dblist\nexport=exports\n[output]\npublic=public\nprivate=private\ntemp=temp\n` +
        `webroot=http://dumps.example/d\n[reporting]\nadminmail=nomail\n[otherformats]\nmultistream=1\n[chunks]\nretryWait=0\n${this.extraConfig}`,
    );
    mkdirSync(this.path("exports"), { recursive: true });
    return this.path("wikidump.conf");
  }

  worker(...args: readonly string[]): Promise<ScriptResult> {
    return this.script("worker", "--configfile", this.configure(), ...args);
  }

  monitor(...args: readonly string[]): Promise<ScriptResult> {
    return this.script("monitor", "--configfile", this.configure(), ...args);
  }

  script(name: string, ...args: readonly string[]): Promise<ScriptResult> {
    return runProcess(process.execPath, [join(DIST, `${name}.mjs`), ...args], this.root);
  }

  /** Starts the worker and leaves it running, at most until the farm is no longer needed. */
  startWorker(...args: readonly string[]): ChildProcess {
    const worker = spawn(process.execPath, [join(DIST, "worker.mjs"), "--configfile", this.configure(), ...args], {
      cwd: this.root,
      env: { ...process.env, HOME: this.root },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#started.push(worker);
    return worker;
  }

  async #tearDown(): Promise<void> {
    for (const worker of this.#started) {
      if (worker.exitCode !== null || worker.signalCode !== null) continue;
      const ended = once(worker, "exit");
      worker.kill("SIGKILL");
      await ended;
    }
    // What a killed worker has started can write for another moment.
    await rm(this.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** Runs a program to its end. Configuration files of the machine do not count: HOME is the given directory. */
export function runProcess(file: string, args: readonly string[], directory: string): Promise<ScriptResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: directory,
      env: { ...process.env, HOME: directory },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => output.stdout += text);
    child.stderr.setEncoding("utf8").on("data", (text: string) => output.stderr += text);
    child.on("error", reject);
    child.on("close", (status, signal) => resolve({ status, signal, ...output }));
  });
}
