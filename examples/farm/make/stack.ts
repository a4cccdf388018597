/**
 * The MediaWiki that exports the farm: one code tree, one database and one settings file per wiki, all below one directory
 * (w/, conf/NAME/, db/). Every command is run to its end; a failing one stops the making of the farm with what it said.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, rmSync } from "node:fs";
import process from "node:process";

/** What a command may be given beside its arguments. */
export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs one program and gives back its standard output. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): string {
  const done = spawnSync(file, args, {
    input: options.input ?? "",
    encoding: "utf8",
    maxBuffer: 1 << 29,
    env: { ...process.env, ...options.env },
  });
  if (done.error !== undefined) throw new Error(`${file} could not be started`, { cause: done.error });
  if (done.status !== 0) {
    throw new Error(
      `${file} ${args.join(" ")} ended with ${done.status ?? done.signal}: ${(done.stderr + done.stdout).slice(-2000)}`,
    );
  }
  return done.stdout;
}

/** A running MediaWiki farm. */
export class Stack {
  readonly base: string;
  readonly #starter: string;

  /** `base` is the directory of the farm, `starter` the script that stands one up there. */
  constructor(base: string, starter: string) {
    this.base = base;
    this.#starter = starter;
  }

  /** Drops the wikis if they are there, and makes them anew and empty. Each is `NAME:LANGUAGE[:private]`. */
  renew(specs: readonly string[]): void {
    this.start(specs);
    for (const spec of specs) {
      const name = spec.split(":")[0] ?? "";
      this.sql("", `drop database if exists ${name}`);
      for (const directory of ["conf", "cache", "images"]) {
        rmSync(`${this.base}/${directory}/${name}`, { recursive: true, force: true });
      }
    }
    this.start(specs);
  }

  /** Starts the servers, and makes the wikis that are not there. */
  start(specs: readonly string[]): void {
    run("bash", [this.#starter, "start", "--base", this.base, ...specs.flatMap((spec) => ["--wiki", spec])]);
  }

  /** Adds PHP to a wiki's settings. */
  addSettings(wiki: string, php: string): void {
    appendFileSync(`${this.base}/conf/${wiki}/LocalSettings.php`, `\n${php}\n`);
  }

  /** The version of MediaWiki. */
  version(): string {
    return run("cat", [`${this.base}/w/.unpacked`]).trim();
  }

  /** Runs a maintenance script of MediaWiki. */
  maintenance(wiki: string, script: string, args: readonly string[], options: RunOptions = {}): string {
    return run("php", [`${this.base}/w/maintenance/${script}`, `--wiki=${wiki}`, ...args], options);
  }

  /** Runs SQL as root; gives rows as tab-separated lines, without a line of names and without escapes. */
  sql(database: string, statement: string): string {
    const args = [
      "--no-defaults",
      "-uroot",
      "-S",
      `${this.base}/db/mysqld.sock`,
      "-N",
      "-r",
      "--default-character-set=binary",
    ];
    return run("mysql", database === "" ? args : [...args, database], { input: statement });
  }

  /** Asks the API of a wiki, on the address that the starter printed. */
  api(wiki: string, query: string): string {
    const address = /^API_BASE=(.*)$/m.exec(run("cat", [`${this.base}/env.sh`]))?.[1] ?? "";
    return run("curl", ["-sS", "--fail", `${address}/${wiki}/api.php?${query}`]);
  }
}
