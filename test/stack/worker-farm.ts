/**
 * A dump farm for wikis of the stack: lists, trees, and a wikidump.conf with the keys that the reference's farm has; its worker is the
 * bundle, as `npm run build` leaves it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { tryProgram } from "./run-program.ts";
import type { Stack } from "./stack.ts";

const WORKER = fileURLToPath(new URL("../../dist/worker.mjs", import.meta.url));

/** A wiki as the farm sees it. */
export interface DumpedWiki {
  readonly name: string;
  readonly isPrivate?: boolean;
  /** Lines of its own section of wikidump.conf. */
  readonly settings?: string;
}

/** One run of the worker. */
export interface WorkerRun {
  readonly status: number | null;
  /** What it said. */
  readonly log: string;
  readonly wallMs: number;
}

/** Keys of a wiki that is dumped in parts and page ranges. */
export const IN_PARTS = `chunksEnabled=1
chunksForPagelogs=2
checkpointTime=720
revsMargin=10
recombineHistory=1
recombineMetaCurrent=1
revinfostash=1
lbzip2threads=1
retryWait=5`;

/** The farm below a directory. */
export class WorkerFarm {
  readonly directory: string;
  readonly configFile: string;
  readonly #wikis: readonly DumpedWiki[];

  constructor(stack: Stack, directory: string, wikis: readonly DumpedWiki[]) {
    this.directory = directory;
    this.configFile = join(directory, "conf/wikidump.conf");
    this.#wikis = wikis;
    for (const name of ["conf", "public", "private", "temp"]) mkdirSync(join(directory, name), { recursive: true });
    const list = (name: string, listed: readonly DumpedWiki[]) =>
      writeFileSync(join(directory, "conf", name), listed.map((wiki) => `${wiki.name}\n`).join(""));
    list("all.dblist", wikis);
    list("private.dblist", wikis.filter(({ isPrivate }) => isPrivate === true));
    for (const name of ["skip.dblist", "closed.dblist", "flow.dblist"]) list(name, []);
    writeFileSync(this.configFile, this.#config(stack));
  }

  #config(stack: Stack): string {
    const sections = this.#wikis.filter(({ settings }) => settings !== undefined)
      .map(({ name, settings }) => `[${name}]\n${settings}\n`);
    return `[wiki]
dblist=${this.directory}/conf/all.dblist
skipdblist=${this.directory}/conf/skip.dblist
privatelist=${this.directory}/conf/private.dblist
closedlist=${this.directory}/conf/closed.dblist
flowlist=${this.directory}/conf/flow.dblist
dir=${stack.mediaWikiDirectory}

[output]
public=${this.directory}/public
private=${this.directory}/private
temp=${this.directory}/temp
index=backup-index.html
webroot=http://127.0.0.1/dumps
fileperms=0o644

[reporting]
adminmail=nomail
staleage=3600
skipprivatetables=1

[database]
max_allowed_packet=32M
client_config_file=${stack.clientConfig}

[tools]
php=php
mysql=mysql
mysqldump=mysqldump
sevenzip=7za

[cleanup]
keep=3

[otherformats]
multistream=1

[misc]
fixeddumporder=0
maxRetries=3

${sections.join("\n")}`;
  }

  /** The arguments with which Node runs the worker for a wiki. */
  workerArgs(wiki: string, date: string, ...args: readonly string[]): readonly string[] {
    if (!existsSync(WORKER)) throw new Error(`${WORKER} is not there: npm run build`);
    return [WORKER, "--configfile", this.configFile, wiki, "--date", date, "--log", ...args];
  }

  /** Runs the worker for a wiki; it may fail. */
  async run(wiki: string, date: string, ...args: readonly string[]): Promise<WorkerRun> {
    const startMs = performance.now();
    const { status, stdout, stderr } = await tryProgram(process.execPath, this.workerArgs(wiki, date, ...args), {
      timeoutMs: 600_000,
    });
    return { status, log: new TextDecoder().decode(stdout) + stderr, wallMs: performance.now() - startMs };
  }

  /** The wiki's directory, with its runs and `latest`. */
  root(wiki: string): string {
    const isPrivate = this.#wikis.find(({ name }) => name === wiki)?.isPrivate === true;
    return join(this.directory, isPrivate ? "private" : "public", wiki);
  }

  /** The directory of a run. */
  runDirectory(wiki: string, date: string): string {
    return join(this.root(wiki), date);
  }

  /** The state of each job of a run. */
  jobStates(wiki: string, date: string): ReadonlyMap<string, string> {
    const status = JSON.parse(readFileSync(join(this.runDirectory(wiki, date), "dumpstatus.json"), "utf8")) as {
      readonly jobs: Readonly<Record<string, { readonly status: string }>>;
    };
    return new Map(Object.entries(status.jobs).map(([name, job]) => [name, job.status]));
  }
}
