#!/usr/bin/env node
/**
 * worker: dumps the wiki that needs it most, or the one that is named; with --loop, one after another, each in a fresh process.
 */
import { EXIT, exitCodeFor } from "../lib/cli/exit-codes.ts";
import { defineCommand } from "../lib/cli/options.ts";
import { ProgressLine } from "../lib/cli/progress-line.ts";
import { runCommand } from "../lib/cli/run-command.ts";
import type { Invocation } from "../lib/cli/run-command.ts";
import { loadConfig, splitConfigArgument } from "../lib/farm/config/load.ts";
import type { LoadOptions } from "../lib/farm/config/load.ts";
import { loopWorkers } from "../lib/farm/loop.ts";
import { maintenanceReason } from "../lib/farm/maintenance.ts";
import { neededPaths } from "../lib/farm/needed-paths.ts";
import { isRunDate } from "../lib/farm/report/timestamp.ts";
import { runDateOf } from "../lib/farm/run-dates.ts";
import { WorkerLog } from "../lib/farm/worker-log.ts";
import { readWikiLists } from "../lib/farm/wiki-lists.ts";
import { FarmWorker } from "../lib/farm/worker.ts";
import type { WorkerOptions } from "../lib/farm/worker.ts";
import { UsageError } from "../lib/errors.ts";
import { isMain, scriptDirectory } from "../lib/host/is-main.ts";
import { runSelf } from "../lib/host/self.ts";
import { listenForShutdown } from "../lib/host/signals.ts";

const COMMAND = defineCommand({
  name: "worker",
  summary: "Dumps the wiki that was dumped least recently, or the one that is named.",
  positionals: [{ name: "wiki", text: "database name of the wiki; without it, the one that needs it most", isOptional: true }],
  options: {
    configfile: { kind: "text", placeholder: "FILE[:SECTION]", text: "configuration, and a section that overrides others" },
    date: { kind: "text", placeholder: "YYYYMMDD", text: "date of the run, or last; default today (UTC)" },
    job: { kind: "texts", placeholder: "JOB[,JOB]", text: "only these jobs; help lists them" },
    restartfrom: { kind: "flag", text: "with one --job: that job and all after it" },
    skipdone: { kind: "flag", text: "leave out jobs that are done" },
    skipjobs: { kind: "texts", placeholder: "JOB[,JOB]", text: "mark these jobs as skipped" },
    cleanup: { kind: "flag", text: "first remove what the jobs made before" },
    cutoff: { kind: "text", placeholder: "YYYYMMDD", text: "leave out wikis with a run of this date or later; or today" },
    force: { kind: "flag", text: "take the lock from whoever has it; needs a wiki" },
    exclusive: { kind: "flag", isAdvanced: true, text: "accepted; every run takes the lock" },
    dryrun: { kind: "flag", text: "only say what would be done; needs a wiki" },
    loop: { kind: "flag", text: "one worker after another, each a fresh process" },
    onepass: { kind: "flag", text: "with --loop: end when no wiki is left to dump" },
    maxfails: { kind: "integer", text: "with --loop: failures in a row that are borne; default 3" },
    sleep: { kind: "integer", placeholder: "SECONDS", text: "with --loop: longest pause between two wikis; default 60" },
    basedir: { kind: "text", placeholder: "DIR", isAdvanced: true, text: "where maintenance.txt and exit.txt are looked for" },
    log: { kind: "flag", text: "also write the log of the run to a file in the private tree" },
    verbose: { kind: "flag", text: "say more" },
  },
  examples: [
    { command: "worker --configfile farm.conf", text: "dump the wiki that needs it most" },
    { command: "worker --configfile farm.conf tenwiki --job articlesdump", text: "one job of one wiki" },
    { command: "worker --configfile farm.conf --loop --onepass --cutoff today", text: "dump all that is not dumped today" },
  ],
});

type WorkerInvocation = Invocation<typeof COMMAND>;

/** The worker's work; gives the exit code. */
export async function work(invocation: WorkerInvocation): Promise<number> {
  checkCombinations(invocation);
  const shutdown = listenForShutdown({ onFirst: (reason) => void invocation.stderr.write(`worker: ${reason.message}, stopping\n`) });
  try {
    return invocation.options.loop ? await loop(invocation, shutdown.signal) : await dumpOnce(invocation, shutdown.signal);
  } catch (error) {
    if (shutdown.interruption === undefined) throw error;
    return shutdown.interruption.exitCode;
  } finally {
    shutdown.finish();
  }
}

async function dumpOnce({ options, positionals, stdout, stderr }: WorkerInvocation, signal: AbortSignal): Promise<number> {
  const config = await loadConfig(configLocation(options.configfile));
  if (options.verbose) for (const warning of config.warnings) await stderr.write(`worker: ${warning}\n`);
  const worker = await FarmWorker.open(config);
  const progress = new ProgressLine({ sink: stderr, label: positionals[0] ?? "worker" });
  const print = (line: string): void => {
    progress.finish();
    void stderr.write(`${line}\n`);
  };
  const log = new WorkerLog({ print, target: options.log ? "terminal-and-file" : "terminal" });
  const directories = controlDirectories(options.basedir);
  const workerOptions: WorkerOptions = {
    date: options.date ?? runDateOf(new Date()),
    today: new Date(),
    cutoff: options.cutoff === "today" ? runDateOf(new Date()) : options.cutoff,
    selection: {
      jobs: commaList(options.job),
      isRestart: options.restartfrom,
      skipsDone: options.skipdone,
      skipJobs: commaList(options.skipjobs),
    },
    lockPolicy: options.force ? "steal" : "respect",
    earlierOutputs: options.cleanup ? "remove" : "keep",
    signal,
    onProgress: ({ pages, bytesRead }) => progress.update({ pages, bytesIn: bytesRead }),
    maintenance: () => maintenanceReason(directories),
    logFor: (wiki, date) => log.open(wiki, date),
  };
  const name = positionals[0];
  try {
    if (options.dryrun) {
      for (const line of await worker.plan(worker.wiki(name!), workerOptions)) await stdout.write(`${line}\n`);
      return EXIT.DONE;
    }
    const outcome = name === undefined ? await worker.dumpNext(workerOptions) : await worker.dump(worker.wiki(name), workerOptions);
    if ("nothingToDo" in outcome) {
      await stderr.write(`${outcome.nothingToDo}\n`);
      return EXIT.NOTHING_TO_DO;
    }
    const [firstFailure] = outcome.failures.values();
    return firstFailure === undefined ? EXIT.DONE : exitCodeFor(firstFailure);
  } finally {
    progress.finish();
    await log.close();
  }
}

/** With --loop: workers in processes of their own, which read configuration, lists and code anew. */
async function loop({ options, positionals, stderr }: WorkerInvocation, signal: AbortSignal): Promise<number> {
  const args = childArguments(options, positionals);
  const where = configLocation(options.configfile);
  const config = await loadConfig(where);
  const permissions = neededPaths(config, await readWikiLists(config.forWiki()), where);
  return await loopWorkers({
    runOnce: () => runSelf(args, { signal, permissions }),
    ends: positionals.length > 0 ? "after-one" : options.onepass || options.cutoff !== undefined ? "when-idle" : "never",
    maxFails: options.maxfails ?? 3,
    maxSleepMs: (options.sleep ?? 60) * 1000,
    directories: controlDirectories(options.basedir),
    signal,
    log: (line) => void stderr.write(`worker: ${line}\n`),
  });
}

function configLocation(argument: string | undefined): LoadOptions {
  return { ...splitConfigArgument(argument ?? ""), scriptDir: scriptDirectory() };
}

const LOOP_OPTIONS: readonly string[] = ["loop", "onepass", "maxfails", "sleep"];

function childArguments(options: WorkerInvocation["options"], positionals: readonly string[]): readonly string[] {
  const args = Object.entries(options).filter(([name]) => !LOOP_OPTIONS.includes(name)).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${name}`];
    return [value].flat().map((one) => `--${name}=${one}`);
  });
  return [...args, "--", ...positionals];
}

function checkCombinations({ options, positionals }: WorkerInvocation): void {
  const needsWiki = ["force", "dryrun"].find((name) => options[name as "force" | "dryrun"]);
  if (needsWiki !== undefined && positionals.length === 0) throw new UsageError(`--${needsWiki} needs the name of a wiki`);
  if (options.restartfrom && commaList(options.job).length !== 1) throw new UsageError("--restartfrom needs exactly one --job");
  if (options.date !== undefined && options.date !== "last" && !isRunDate(options.date)) {
    throw new UsageError(`--date must be a day as YYYYMMDD, or last, but "${options.date}" was given`);
  }
  if (options.cutoff !== undefined && options.cutoff !== "today" && !isRunDate(options.cutoff)) {
    throw new UsageError(`--cutoff must be a day as YYYYMMDD, or today, but "${options.cutoff}" was given`);
  }
}

function controlDirectories(basedir: string | undefined): readonly string[] {
  return basedir === undefined ? [...new Set([scriptDirectory(), "."])] : [basedir];
}

function commaList(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(",")).map((value) => value.trim()).filter((value) => value !== "");
}

if (isMain(import.meta)) await runCommand(COMMAND, work);
