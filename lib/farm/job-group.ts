/**
 * Does all jobs that one reading can feed: opens their outputs, reads once, verifies, publishes, one job after another.
 *
 * A job is done when its files are whole, read back, and under their final names while the lock is still ours; nothing else
 * makes a job done. If the reading fails, all its jobs fail, and nothing of them is published.
 */
import { steadyMs } from "../host/clock.ts";
import { isWikidumpError, JobError } from "../errors.ts";
import type { Lock } from "./lock/lock.ts";
import type { JobDefinition } from "./jobs/job.ts";
import type { FinishedOutput } from "./jobs/dump-output.ts";
import { absentFile, isPublished } from "./report/file-status.ts";
import { RunningJob } from "./running-job.ts";
import type { RunningJobOptions } from "./running-job.ts";
import type { RunState } from "./run-state.ts";
import type { Reading, ReadingProgress } from "./source/source.ts";
import { formatProgress } from "./reading-progress.ts";
import { publicTrouble, troubleOf } from "./trouble.ts";
import { runDirectory } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";

export interface GroupOptions {
  readonly wiki: Wiki;
  readonly date: string;
  readonly state: RunState;
  readonly lock: Pick<Lock, "verify">;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly onProgress: (progress: ReadingProgress) => void;
  /** Called before a job's files take the place of what an earlier attempt published; when it is done, no list names that. */
  readonly onPublishing: () => Promise<void>;
  /** Called when a job's files have their final names. */
  readonly onPublished: (job: JobDefinition, files: readonly FinishedOutput[]) => Promise<void>;
}

/** What became of the jobs of a group that did not get done: job name to error. */
export type GroupFailures = ReadonlyMap<string, unknown>;

const PROGRESS_INTERVAL_MS = 500;

/** Runs the jobs. Throws only what must end the whole run: the signal's reason, a lost lock. */
export async function runJobGroup(
  jobs: readonly JobDefinition[],
  reading: Reading,
  options: GroupOptions,
): Promise<GroupFailures> {
  const group = new JobGroup(options);
  try {
    await group.open(jobs);
    if (group.isAlive) await group.read(reading);
    await group.finish();
  } catch (error) {
    options.signal.throwIfAborted();
    throw error;
  } finally {
    await group.dispose();
  }
  return group.failures;
}

class JobGroup {
  readonly #options: GroupOptions;
  readonly #running: RunningJob[] = [];
  readonly #failures = new Map<string, unknown>();
  /** Ends the reading when all of its jobs have failed. */
  readonly #nobodyLeft = new AbortController();
  #notices: readonly string[] = [];
  #lastProgressMs = 0;
  #lastFailure: unknown;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  get failures(): GroupFailures {
    return this.#failures;
  }

  get isAlive(): boolean {
    return this.#running.some((job) => !job.hasFailed);
  }

  async open(jobs: readonly JobDefinition[]): Promise<void> {
    const { state, log } = this.#options;
    for (const job of jobs) {
      state.changeJob(job.name, { state: "in-progress", trouble: undefined, notices: [], progress: "" });
    }
    log(`Starting ${jobs.map((job) => job.name).join(", ")}`);
    for (const job of jobs) {
      try {
        this.#running.push(await RunningJob.open(job, this.#jobOptions()));
      } catch (error) {
        this.#recordFailure(job.name, error);
      }
    }
  }

  async read(reading: Reading): Promise<void> {
    const { signal, log } = this.#options;
    try {
      const either = AbortSignal.any([signal, this.#nobodyLeft.signal]);
      const summary = await reading.run(this.#running, {
        signal: either,
        onProgress: (progress) => this.#showProgress(progress),
      });
      this.#notices = summary.notices;
      log(`Read ${summary.pages} pages, ${summary.revisions} revisions`);
    } catch (error) {
      signal.throwIfAborted();
      for (const job of this.#running) job.fail(error);
    }
  }

  /** One job after another, so that a job whose prerequisite failed here fails, too. */
  async finish(): Promise<void> {
    for (const job of this.#running) {
      if (job.hasFailed) continue;
      try {
        this.#checkPrerequisites(job);
        await this.#finishJob(job);
      } catch (error) {
        this.#options.signal.throwIfAborted();
        if (isWikidumpError(error) && error.code === "LOST") throw error;
        job.fail(error);
      }
    }
  }

  async #finishJob(job: RunningJob): Promise<void> {
    const { state, signal, lock, onPublishing, onPublished } = this.#options;
    const { name } = job.definition;
    state.changeJob(name, { progress: "Reading the files back" });
    const files = await job.finish();
    signal.throwIfAborted();
    lock.verify();
    if (state.job(name).files.some((file) => isPublished(state.job(name), file))) {
      state.changeJob(name, { files: files.map((file) => absentFile(file.name)) });
      await onPublishing();
      lock.verify();
    }
    await job.publish();
    this.#recordDone(job, files);
    await onPublished(job.definition, files);
  }

  async dispose(): Promise<void> {
    for (const job of this.#running) await job.dispose();
  }

  #jobOptions(): RunningJobOptions {
    const { wiki, date, signal } = this.#options;
    const { settings } = wiki;
    return {
      wiki: wiki.name,
      date,
      directory: runDirectory(wiki, date),
      tempDirectory: wiki.tempDirectory,
      tools: { bzip2: settings.tools.bzip2, gzip: settings.tools.gzip },
      verify: settings.output.verify,
      textMismatch: settings.export.textmismatch,
      signal,
      onFailure: (job) => this.#jobFailed(job),
    };
  }

  #jobFailed(job: RunningJob): void {
    this.#recordFailure(job.definition.name, job.failure, job.notices);
    if (!this.isAlive) this.#nobodyLeft.abort(job.failure);
  }

  #recordFailure(name: string, error: unknown, notices: readonly string[] = []): void {
    this.#failures.set(name, error);
    this.#options.state.failJob(name, publicTrouble(error, this.#options.wiki.settings), notices);
    this.#logFailure(name, error);
  }

  /** What fails the reading fails all of its jobs: told once. */
  #logFailure(name: string, error: unknown): void {
    const { log } = this.#options;
    if (error === this.#lastFailure) return log(`Job ${name} failed, for the same reason`);
    this.#lastFailure = error;
    const { message, remedy } = troubleOf(error);
    log(`Job ${name} failed: ${message}`);
    if (remedy !== "") log(remedy);
  }

  #recordDone(job: RunningJob, files: readonly FinishedOutput[]): void {
    const name = job.definition.name;
    this.#options.state.changeJob(name, {
      state: "done",
      progress: "",
      files: files.map((file) => ({ name: file.name, sizeBytes: file.byteLength, md5: file.md5, sha1: file.sha1 })),
      notices: [...this.#notices, ...job.notices],
    });
    for (const notice of job.notices) this.#options.log(`Job ${name}: ${notice}`);
    this.#options.log(`Job ${name} is done`);
  }

  #checkPrerequisites(job: RunningJob): void {
    const failed = job.definition.prerequisites.find((name) => this.#failures.has(name));
    if (failed === undefined) return;
    throw new JobError("PREREQUISITE", `Job ${job.definition.name} needs ${failed}, which failed`, {
      wiki: this.#options.wiki.name,
      job: job.definition.name,
    });
  }

  #showProgress(progress: ReadingProgress): void {
    this.#options.onProgress(progress);
    const now = steadyMs();
    if (now - this.#lastProgressMs < PROGRESS_INTERVAL_MS) return;
    this.#lastProgressMs = now;
    const line = formatProgress(progress);
    for (const job of this.#running) {
      if (job.hasFailed) continue;
      const known = this.#options.state.job(job.definition.name);
      const written = job.files.map((file) => ({ ...absentFile(file.name), sizeBytes: file.byteLength }));
      const files = known.files.some((file) => isPublished(known, file)) ? known.files : written;
      this.#options.state.changeJob(job.definition.name, { progress: line, files });
    }
  }
}
