/**
 * One run: one wiki on one date, from taking the lock to giving it back.
 *
 * The run owns its `RunStatus`; the reporter renders it. Jobs that one reading of the wiki's source can feed are done together,
 * in the order of the catalogue. Whatever happens, the lock is given back; a run that loses it stops, and writes nothing more.
 */
import { isCompleteRun } from "./earlier-run.ts";
import { isWikidumpError, JobError } from "../errors.ts";
import { makeDirectory } from "../host/directory.ts";
import { removeFile } from "../host/directory.ts";
import { jobsOf } from "./jobs/catalogue.ts";
import type { JobDefinition } from "./jobs/job.ts";
import { outputNames } from "./jobs/job-outputs.ts";
import { runJobGroup } from "./job-group.ts";
import { isPseudo, selectJobs } from "./job-selection.ts";
import type { JobSelection } from "./job-selection.ts";
import { takeRunLock } from "./run-lock.ts";
import type { Lock } from "./lock/lock.ts";
import { planWikiPurge, purgeWiki } from "./purge-runs.ts";
import { absentFile } from "./report/file-status.ts";
import { linkLatest, unlinkLatest } from "./report/latest-links.ts";
import type { LatestLinksOptions, LatestLinksOutcome, LinkTarget } from "./report/latest-links.ts";
import { RunReporter } from "./report/reporter.ts";
import type { JobStatus, RunStatus } from "./report/run-status.ts";
import { reportSettingsOf } from "./report-settings-of.ts";
import { initialStatus } from "./initial-status.ts";
import { RunState } from "./run-state.ts";
import { openSource } from "./source/open-source.ts";
import type { ReadingProgress, WikiSource } from "./source/source.ts";
import { publicTrouble } from "./trouble.ts";
import { privateRunDirectory, runDirectory } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";

export interface RunOptions {
  /** YYYYMMDD. */
  readonly date: string;
  readonly selection: JobSelection;
  /** What to do with a lock that somebody holds. */
  readonly lockPolicy: "respect" | "steal";
  /** What to do with outputs that the chosen jobs made before. */
  readonly earlierOutputs: "keep" | "remove";
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Called when the lock is taken and the directories are there: what fails from here on is a failure of the run. */
  readonly onBegin?: () => void;
  /** Told how far the current reading is. */
  readonly onProgress?: (progress: ReadingProgress) => void;
  /** Asked before each group of jobs: a reason not to start, from maintenance.txt. */
  readonly maintenance?: () => Promise<string | undefined>;
}

export interface RunOutcome {
  readonly status: RunStatus;
  /** Jobs that this invocation was to do and did not: name to error. */
  readonly failures: ReadonlyMap<string, unknown>;
}

/** Does a run. Throws when the run could not begin or had to stop; failed jobs are in the outcome. */
export async function runWiki(wiki: Wiki, options: RunOptions): Promise<RunOutcome> {
  const source = openSource(wiki.name, wiki.settings);
  const jobs = jobsOf(source, {
    multistream: wiki.settings.otherformats.multistream,
    skipJobs: wiki.settings.misc.skipJobs,
  });
  // Wrong names are refused before anything is touched.
  selectJobs(jobs, options.selection, () => ({ state: "waiting" } as JobStatus));
  await checkMaintenance(wiki, options);
  const lock = await takeRunLock(wiki, options.date, options.lockPolicy);
  try {
    const run = await Run.open(wiki, { source, jobs, lock, options });
    options.onBegin?.();
    return await run.execute();
  } finally {
    await lock.release();
  }
}

async function checkMaintenance(wiki: Wiki, options: RunOptions): Promise<void> {
  const reason = await options.maintenance?.();
  if (reason === undefined) return;
  throw new JobError("MAINTENANCE", `No job is started: ${reason}`, { wiki: wiki.name }, {
    remedy: "Remove maintenance.txt when the maintenance is over, then run the worker with --skipdone",
  });
}

interface RunParts {
  readonly source: WikiSource;
  readonly jobs: readonly JobDefinition[];
  readonly lock: Lock;
  readonly options: RunOptions;
}

class Run {
  readonly #wiki: Wiki;
  readonly #parts: RunParts;
  readonly #signal: AbortSignal;
  readonly #reporter: RunReporter;
  readonly #state: RunState;
  readonly #failures = new Map<string, unknown>();
  readonly #linkProblems = new Set<string>();

  /** Used by `open`. */
  private constructor(wiki: Wiki, parts: RunParts, status: RunStatus) {
    const { options, lock } = parts;
    this.#wiki = wiki;
    this.#parts = parts;
    this.#signal = AbortSignal.any([options.signal, lock.lost]);
    this.#reporter = new RunReporter({
      settings: reportSettingsOf(wiki.settings),
      runDirectory: runDirectory(wiki, options.date),
      onFailure: (error) => options.log(error.message),
    });
    this.#state = new RunState(status, (changed) => this.#reporter.update(changed));
  }

  static async open(wiki: Wiki, parts: RunParts): Promise<Run> {
    const { date } = parts.options;
    await makeDirectory(runDirectory(wiki, date));
    await makeDirectory(privateRunDirectory(wiki, date));
    await makeDirectory(wiki.tempDirectory);
    return new Run(wiki, parts, await initialStatus(wiki, date, parts.jobs));
  }

  async execute(): Promise<RunOutcome> {
    const { log, date } = this.#parts.options;
    log(`Dumping ${this.#wiki.name} on ${date} from ${this.#parts.source.description}`);
    try {
      this.#state.enter("running");
      await this.#runJobs();
      this.#state.enter("finished");
      await this.#reporter.flush();
      await this.#refreshLinks();
      await this.#purgeOldRuns();
    } catch (error) {
      await this.#stop(error);
      throw error;
    }
    return { status: this.#state.status, failures: this.#failures };
  }

  async #runJobs(): Promise<void> {
    const { jobs, options } = this.#parts;
    let remaining = selectJobs(jobs, options.selection, (name) => this.#state.job(name));
    this.#markSkipped();
    if (options.earlierOutputs === "remove") await this.#removeOutputs(remaining);
    while (remaining.length > 0) {
      await checkMaintenance(this.#wiki, options);
      const group = this.#nextGroup(remaining);
      if (group.length === 0) break;
      await this.#runGroup(group);
      remaining = remaining.filter((job) => !group.includes(job));
    }
    for (const job of remaining) this.#leaveWaiting(job);
  }

  /** The jobs that can be fed by the reading of the first one: their prerequisites are done, or are with them. */
  #nextGroup(remaining: readonly JobDefinition[]): readonly JobDefinition[] {
    const { source } = this.#parts;
    const isDone = (name: string): boolean => this.#state.job(name).state === "done";
    for (const first of remaining) {
      const reading = source.reading(first.needs);
      const group: JobDefinition[] = [];
      for (const job of remaining) {
        const isReady = job.prerequisites.every((name) => group.some((other) => other.name === name) || isDone(name));
        if (isReady && source.reading(job.needs) === reading) group.push(job);
      }
      if (group.length > 0) return group;
    }
    return [];
  }

  async #runGroup(group: readonly JobDefinition[]): Promise<void> {
    const reading = this.#parts.source.reading(group[0]!.needs)!;
    const failures = await runJobGroup(group, reading, {
      wiki: this.#wiki,
      date: this.#parts.options.date,
      state: this.#state,
      lock: this.#parts.lock,
      signal: this.#signal,
      log: this.#parts.options.log,
      onProgress: (progress) => this.#parts.options.onProgress?.(progress),
      onPublishing: () => this.#reporter.flush(),
      onPublished: (_job, files) => this.#showAndLink(files.map((file) => file.name)),
    });
    for (const [name, error] of failures) this.#failures.set(name, error);
    await this.#reporter.flush();
  }

  #leaveWaiting(job: JobDefinition): void {
    const missing = job.prerequisites.find((name) => this.#state.job(name).state !== "done")!;
    const prerequisite = this.#state.job(missing).state;
    const error = new JobError("PREREQUISITE", `Job ${job.name} needs ${missing}, which is ${prerequisite}`, {
      wiki: this.#wiki.name,
      job: job.name,
    }, { remedy: `Run it with --job ${missing},${job.name}` });
    this.#failures.set(job.name, error);
    this.#state.changeJob(job.name, {
      state: prerequisite === "failed" ? "failed" : "waiting",
      trouble: publicTrouble(error, this.#wiki.settings),
    });
    this.#parts.options.log(error.message);
  }

  #markSkipped(): void {
    const { selection } = this.#parts.options;
    for (const name of selection.skipJobs) {
      // What is done already stays so.
      if (this.#state.has(name) && this.#state.job(name).state !== "done") {
        this.#state.changeJob(name, { state: "skipped", trouble: undefined });
      }
    }
  }

  /** First the lists and links, then the files: so that nothing ever names a file that is gone. */
  async #removeOutputs(jobs: readonly JobDefinition[]): Promise<void> {
    const { date } = this.#parts.options;
    const going = new Set(jobs.flatMap((job) => outputNames(job, this.#wiki.name, date)));
    for (const job of jobs) {
      this.#state.changeJob(job.name, {
        state: "waiting",
        files: outputNames(job, this.#wiki.name, date).map(absentFile),
      });
    }
    await this.#reporter.flush();
    const isGoing = (linked: LinkTarget): boolean => linked.date === date && going.has(linked.fileName);
    this.#tellProblems(await unlinkLatest(this.#state.status, isGoing, this.#linkOptions));
    for (const name of going) await removeFile(`${runDirectory(this.#wiki, date)}/${name}`);
  }

  /** The status says that a file is done before a link to it does. */
  async #showAndLink(names: readonly string[]): Promise<void> {
    try {
      await this.#reporter.flush();
    } catch {
      // Told by the reporter. The files are published; they are linked at the end, when the status is written.
      return;
    }
    await this.#link(names);
  }

  async #link(names: readonly string[]): Promise<void> {
    this.#tellProblems(await linkLatest(this.#state.status, names, this.#linkOptions));
  }

  get #linkOptions(): LatestLinksOptions {
    return { settings: reportSettingsOf(this.#wiki.settings), runsDirectory: this.#wiki.runsDirectory };
  }

  /** The files are published; a link that cannot be made does not undo that. */
  #tellProblems({ problems }: LatestLinksOutcome): void {
    for (const { message } of problems) {
      if (!this.#linkProblems.has(message)) this.#parts.options.log(message);
      this.#linkProblems.add(message);
    }
  }

  /** Links of all jobs that are done, and of the checksum lists. */
  async #refreshLinks(): Promise<void> {
    const done = this.#state.status.jobs.filter((job) => job.state === "done");
    await this.#link(done.flatMap((job: JobStatus) => job.files.map((file) => file.name)));
  }

  /** After a whole run without failures: what an operator keeps is counted in good runs. */
  async #purgeOldRuns(): Promise<void> {
    if (!isCompleteRun(this.#state.status) || this.#failures.size > 0 || isPseudo(this.#parts.options.selection)) {
      return;
    }
    this.#parts.lock.verify();
    const plan = await planWikiPurge(this.#wiki, this.#parts.options.date);
    for (const date of await purgeWiki(this.#wiki, plan)) this.#parts.options.log(`Purged the run of ${date}`);
  }

  /** Leaves the run in order after a signal or an error; after a lost lock the files are not ours to write. */
  async #stop(error: unknown): Promise<void> {
    if (isWikidumpError(error) && error.code === "LOST") {
      this.#parts.options.log(`${error.message}. The run stops; nothing more is written`);
      await this.#reporter.close();
      return;
    }
    for (const job of this.#state.status.jobs) {
      if (job.state !== "in-progress") continue;
      this.#state.failJob(job.name, { ...publicTrouble(error, this.#wiki.settings), code: "INTERRUPTED" });
    }
    const isMaintenance = isWikidumpError(error) && error.code === "MAINTENANCE";
    this.#state.enter(isMaintenance ? "finished" : "aborted");
    await this.#reporter.flush().catch((failure: Error) => this.#parts.options.log(failure.message));
  }
}
