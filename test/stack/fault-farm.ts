/** A farm with one wiki of the stack, for tests in which something goes wrong: short pauses, few tables, the bundle as worker. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type ScriptResult, TemporaryFarm, type TestEnd } from "../support/temporary-farm.ts";
import { pause } from "./server-process.ts";
import type { Stack } from "./stack.ts";

const WORKER = fileURLToPath(new URL("../../dist/worker.mjs", import.meta.url));
const TABLES = ["page", "user_groups", "redirect"];

/** Keys of sections of the configuration. */
export type FarmSettings = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

export class FaultFarm extends TemporaryFarm {
  readonly wiki: string;
  #worker: RunningWorker | undefined;
  readonly #settings: Record<string, Record<string, string | number>>;

  constructor(context: TestEnd, stack: Stack, wiki: string) {
    super(context);
    this.wiki = wiki;
    this.addWiki(wiki);
    this.write("tables.yaml", `tables:\n${TABLES.map(tableEntry).join("")}`);
    this.#settings = {
      wiki: { dblist: "all.dblist", dir: stack.mediaWikiDirectory, tablejobs: "tables.yaml" },
      output: { public: "public", private: "private", temp: "temp", webroot: "http://dumps.example/d" },
      reporting: { adminmail: "nomail", staleage: 3600 },
      cleanup: { keep: 20 },
      database: { client_config_file: stack.clientConfig },
      tools: { sevenzip: "7za" },
      otherformats: { multistream: 1 },
      chunks: { retryWait: 1 },
      misc: { maxRetries: 2, stallTime: 60 },
    };
  }

  /** Changes the configuration for the runs to come. */
  set(settings: FarmSettings): void {
    for (const [section, keys] of Object.entries(settings)) {
      this.#settings[section] = { ...this.#settings[section], ...keys };
    }
  }

  override configure(): string {
    const sections = Object.entries(this.#settings).map(([section, keys]) =>
      `[${section}]\n${Object.entries(keys).map(([key, value]) => `${key}=${value}\n`).join("")}`
    );
    this.write("wikidump.conf", sections.join(""));
    return this.path("wikidump.conf");
  }

  /** Dumps to the end. */
  async dump(date: string, ...args: readonly string[]): Promise<ScriptResult> {
    return await this.begin(date, ...args).ended;
  }

  /** Begins to dump. */
  begin(date: string, ...args: readonly string[]): RunningWorker {
    const all = [WORKER, "--configfile", this.configure(), this.wiki, "--date", date, ...args];
    return this.#worker = new RunningWorker(spawn(process.execPath, all, {
      cwd: this.root,
      // Its children are known by this directory.
      env: { ...process.env, HOME: this.root },
      stdio: ["ignore", "pipe", "pipe"],
    }));
  }

  runDirectory(date: string): string {
    return this.path("public", this.wiki, date);
  }

  /** State of each job, by the status file. */
  states(date: string): Readonly<Record<string, string>> {
    const text = readFileSync(join(this.runDirectory(date), "dumpstatus.json"), "utf8");
    const { jobs } = JSON.parse(text) as { readonly jobs: Readonly<Record<string, { readonly status: string }>> };
    return Object.fromEntries(Object.entries(jobs).map(([name, { status }]) => [name, status]));
  }

  /** The jobs that are not done. */
  undone(date: string): readonly string[] {
    return Object.entries(this.states(date)).flatMap(([name, state]) => state === "done" ? [] : `${name} ${state}`);
  }

  /** Files of a run that are in the making. */
  unfinished(date: string): readonly string[] {
    return this.list(`public/${this.wiki}/${date}`).filter((name) => name.includes(".inprog"));
  }

  /** Waits until so many bytes of a file in the making are on the disk. */
  async untilWritten(date: string, name: string, byteLength: number): Promise<void> {
    await this.#whileAtWork(
      `${byteLength} bytes of ${name}`,
      () =>
        this.unfinished(date).some((file) =>
          file.includes(name) && sizeOf(join(this.runDirectory(date), file)) >= byteLength
        ),
    );
  }

  /** Processes that the workers of this farm started, by name. */
  processes(name?: string): readonly number[] {
    return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)).map(Number).filter((pid) => {
      try {
        const isOurs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`HOME=${this.root}`);
        return isOurs && (name === undefined || readFileSync(`/proc/${pid}/comm`, "utf8").trim() === name);
      } catch {
        // It has ended.
        return false;
      }
    });
  }

  /** The program of a worker, as soon as there is one. */
  async untilRunning(name: string): Promise<number> {
    let pid: number | undefined;
    await this.#whileAtWork(`a process ${name}`, () => (pid = this.processes(name)[0]) !== undefined);
    return pid!;
  }

  async #whileAtWork(what: string, isSo: () => boolean): Promise<void> {
    await this.#worker?.until(what, isSo);
  }

  /** A minute goes by in which nobody touches the lock of a date. */
  ageLock(date: string): void {
    const minuteAgo = Date.now() / 1000 - 60;
    utimesSync(this.path("private", this.wiki, `lock_${date}`), minuteAgo, minuteAgo);
  }

  /** Waits until nothing of this farm runs any more. */
  async untilQuiet(limitMs = 5000): Promise<void> {
    await until("no process of the worker", () => this.processes().length === 0, limitMs);
  }
}

/** A worker at work. */
export class RunningWorker {
  readonly ended: Promise<ScriptResult>;
  readonly #child: ChildProcess;
  #said = "";
  #hasEnded = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    let stdout = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => stdout += text);
    child.stderr!.setEncoding("utf8").on("data", (text: string) => this.#said += text);
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", () => this.#hasEnded = true);
      child.on("close", (status, signal) => resolve({ status, signal, stdout, stderr: this.#said }));
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** What it wrote to stderr so far. */
  get said(): string {
    return this.#said;
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    this.#child.kill(signal);
  }

  async untilSaid(what: string): Promise<void> {
    await this.until(`the worker says ${what}`, () => this.#said.includes(what));
  }

  /** Waits until something is so while the worker is at work. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    let isTrue = false;
    try {
      await until(what, () => (isTrue = isSo()) || this.#hasEnded);
    } catch (error) {
      throw new Error(`${(error as Error).message}; the worker said: ${this.#said.slice(-3000)}`);
    }
    if (!isTrue) throw new Error(`The worker ended before: ${what}. It said: ${this.#said.slice(-3000)}`);
  }
}

/** Waits until something is so. */
export async function until(what: string, isSo: () => boolean, limitMs = 120_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`Not within ${limitMs} ms: ${what}`);
    await pause(5);
  }
}

function tableEntry(table: string): string {
  return `  ${table}:\n    job: ${table.replace("_", "")}table\n    description: Table ${table}\n`;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
