/** One worker: dumps one wiki, or says what it would do, or that there is nothing to do. */
import { EXIT, exitCodeFor } from "../../lib/cli/exit-codes.ts";
import { ProgressLine } from "../../lib/cli/progress-line.ts";
import type { FarmConfig } from "../../lib/farm/config/farm-config.ts";
import { loadConfig } from "../../lib/farm/config/load.ts";
import { everyJob } from "../../lib/farm/jobs/catalogue.ts";
import { maintenanceReason } from "../../lib/farm/maintenance.ts";
import { runDateOf } from "../../lib/farm/run-dates.ts";
import type { ReadingProgress } from "../../lib/farm/source/source.ts";
import { WorkerLog } from "../../lib/farm/worker-log.ts";
import { claimBatches, claimNeediest } from "../../lib/farm/run/claim-batches.ts";
import { FarmWorker } from "../../lib/farm/run/worker.ts";
import type { WorkerOptions } from "../../lib/farm/run/worker.ts";
import { configLocation, controlDirectories } from "../../lib/farm/where-to-look.ts";
import { keepHeapSmall } from "../../lib/host/small-heap.ts";
import { onQuestion } from "../../lib/host/question-signal.ts";
import type { OutputSink } from "../../lib/host/terminal.ts";
import { commaList, partialRerun } from "./command.ts";
import type { WorkerInvocation } from "./command.ts";

/** Dumps; gives the exit code, that of the first job that failed. */
export async function dumpOnce(invocation: WorkerInvocation, signal: AbortSignal): Promise<number> {
  const { options, stdout, stderr } = invocation;
  // Between two runs there is nothing to tell, and nothing to end.
  onQuestion(() => undefined);
  if (commaList(options.job).includes("help")) return await listJobs(stdout);
  const config = await loadConfig(configLocation(options.configfile));
  if (options.verbose) { for (const warning of config.warnings) await stderr.write(`worker: ${warning}\n`); }
  keepHeapSmall();
  const worker = await FarmWorker.open(config);
  const terminal = new Terminal(stderr);
  const log = new WorkerLog({
    print: (line) => terminal.print(line),
    target: options.log ? "terminal-and-file" : "terminal",
  });
  const workerOptions: WorkerOptions = {
    ...runChoices(invocation),
    signal,
    onProgress: (progress) => terminal.show(progress),
    logFor: (wiki, date) => log.open(wiki, date),
  };
  try {
    if (options.batches) return await helpOut(config, { worker, invocation }, workerOptions);
    return await perform(worker, invocation, workerOptions);
  } finally {
    terminal.clear();
    await log.close();
  }
}

async function listJobs(stdout: OutputSink): Promise<number> {
  for (const job of everyJob()) await stdout.write(`${job.name.padEnd(24)} ${job.title}\n`);
  return EXIT.DONE;
}

/** What the command line says about the run. */
function runChoices(invocation: WorkerInvocation): Omit<WorkerOptions, "signal" | "logFor"> {
  const { options } = invocation;
  const today = new Date();
  const directories = controlDirectories(options.basedir);
  return {
    date: options.date ?? runDateOf(today),
    today,
    configfile: options.configfile,
    cutoff: options.cutoff === "today" ? runDateOf(today) : options.cutoff,
    selection: {
      jobs: commaList(options.job),
      isRestart: options.restartfrom,
      skipsDone: options.skipdone,
      skipJobs: commaList(options.skipjobs),
      withPrerequisites: options.prereqs,
    },
    partial: partialRerun(invocation),
    prefetch: options.noprefetch ? "none" : options.prefetchdate ?? "newest",
    textPass: options.nospawn ? "dumpTextPass" : "fetchText",
    notice: options.delnotice ? "" : options.addnotice,
    lockPolicy: options.force ? "steal" : "respect",
    earlierOutputs: options.cleanup ? "remove" : "keep",
    showsCommands: options.verbose,
    maintenance: () => maintenanceReason(directories),
  };
}

async function perform(worker: FarmWorker, invocation: WorkerInvocation, options: WorkerOptions): Promise<number> {
  const { stdout, stderr } = invocation;
  const [name] = invocation.positionals;
  if (name !== undefined && invocation.options.dryrun) {
    for (const line of await worker.plan(worker.wiki(name), options)) await stdout.write(`${line}\n`);
    return EXIT.DONE;
  }
  const outcome = name === undefined ? await worker.dumpNext(options) : await worker.dump(worker.wiki(name), options);
  if ("nothingToDo" in outcome) {
    await stderr.write(`${outcome.nothingToDo}\n`);
    return EXIT.NOTHING_TO_DO;
  }
  const [firstFailure] = outcome.failures.values();
  return firstFailure === undefined ? EXIT.DONE : exitCodeFor(firstFailure);
}

async function helpOut(
  config: FarmConfig,
  { worker, invocation: { positionals: [name], options: { numbatches }, stderr } }: {
    readonly worker: FarmWorker;
    readonly invocation: WorkerInvocation;
  },
  options: WorkerOptions,
): Promise<number> {
  const claiming = { ...options, job: options.selection.jobs[0]!, maxBatches: numbatches };
  const outcome = name === undefined
    ? await claimNeediest(config, claiming)
    : await claimBatches(worker.wiki(name), claiming);
  if (outcome.nothingToDo !== undefined) {
    await stderr.write(`${outcome.nothingToDo}\n`);
    return EXIT.NOTHING_TO_DO;
  }
  return outcome.failures.length === 0 ? EXIT.DONE : exitCodeFor(outcome.failures[0]);
}

/** Lines of the log, and between them the progress line of the reading. */
class Terminal {
  readonly #stderr: OutputSink;
  #progress: ProgressLine | undefined;

  constructor(stderr: OutputSink) {
    this.#stderr = stderr;
  }

  print(line: string): void {
    this.clear();
    void this.#stderr.write(`${line}\n`);
  }

  show({ pages, bytesRead, bytesTotal }: ReadingProgress): void {
    this.#progress ??= new ProgressLine({ sink: this.#stderr, label: "reading", totalBytesIn: bytesTotal });
    this.#progress.update({ pages, bytesIn: bytesRead });
  }

  clear(): void {
    this.#progress?.finish();
  }
}
