/**
 * The work queue of a run: with N slots, N units are at work until there is no more to do.
 *
 * Differs from dumps (Python): there, jobs run one after another, and the parts of a job in groups that wait for their slowest
 * member. Here whatever can begin does so as soon as a slot is free; what failed and may go better is tried again after a pause.
 */
import { steadyMs } from "../../host/clock.ts";
import { isWikidumpError, JobError } from "../../errors.ts";
import type { TaskContext } from "../jobs/job.ts";
import type { WikiSettings } from "../config/schema.ts";
import type { Reading, WikiSource } from "../source/source.ts";
import { publicTrouble, troubleOf } from "../trouble.ts";
import { nextUnit } from "./next-unit.ts";
import type { Unit } from "./next-unit.ts";
import { pause } from "./pause.ts";
import { runReadingUnit } from "./reading-unit.ts";
import { isWorthRetrying } from "./retry.ts";
import type { RunState } from "./run-state.ts";
import type { SharedJob } from "./shared-job.ts";
import { runTaskUnit } from "./task-unit.ts";
import type { TrackedJob, TrackedPiece } from "./tracked-job.ts";
import type { UnitOptions } from "./unit-options.ts";

export interface JobQueueOptions {
  readonly wiki: string;
  readonly settings: WikiSettings;
  readonly source: WikiSource;
  readonly state: RunState;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** The job that other workers do, too, if there is one. */
  readonly shared?: SharedJob | undefined;
  readonly unit: Omit<UnitOptions, "onFailure" | "state" | "signal" | "log">;
  readonly filesOf: TaskContext["filesOf"];
  /** Asked before each unit: throws when none may begin. */
  readonly checkMaintenance: () => Promise<void>;
  /** Called when a job has begun or ended, before the next unit: may work out the pieces of others. */
  readonly onJobChange: (job: TrackedJob) => Promise<void>;
}

/** What became of the jobs that did not get done: name to error. */
export type JobFailures = ReadonlyMap<string, unknown>;

interface ActiveUnit {
  readonly unit: Unit;
  readonly ended: Promise<void>;
}

export class JobQueue {
  readonly #jobs: readonly TrackedJob[];
  readonly #options: JobQueueOptions;
  readonly #failures = new Map<string, unknown>();
  readonly #active = new Set<ActiveUnit>();
  readonly #settled = new Set<TrackedJob>();
  /** What ends the run. */
  #fatal: { readonly error: unknown } | undefined;
  /** Failures that stand in the log. */
  readonly #told = new Set<unknown>();

  constructor(jobs: readonly TrackedJob[], options: JobQueueOptions) {
    this.#jobs = jobs;
    this.#options = options;
  }

  /** Does the jobs. Throws only what must end the whole run: the signal's reason, a lost lock, maintenance. */
  async run(): Promise<JobFailures> {
    const { settings, shared } = this.#options;
    const slots = Math.max(1, settings.misc.slots);
    try {
      for (;;) {
        if (this.#fatal !== undefined) throw this.#fatal.error;
        // Units may end while jobs are being settled.
        if (await this.#settleJobs()) continue;
        await shared?.look();
        while (this.#active.size < slots && await this.#startNext());
        if (this.#isSettling()) continue;
        if (this.#active.size === 0 && this.#pauseMs() === undefined) break;
        await this.#waitForChange();
      }
    } finally {
      await Promise.allSettled([...this.#active].map(({ ended }) => ended));
    }
    for (const job of this.#jobs) if (!this.#settled.has(job)) this.#leaveWaiting(job);
    return this.#failures;
  }

  /** Begins one unit, if one can begin now. */
  async #startNext(): Promise<boolean> {
    this.#wakeRetries();
    const { source, settings, checkMaintenance, signal, shared } = this.#options;
    signal.throwIfAborted();
    const unit = nextUnit({
      jobs: this.#jobs.filter((job) => !this.#settled.has(job)),
      source,
      isDone: (name) => this.#isDone(name),
      activeReadings: this.#activeReadings(),
      limitOf: (name) => settings.chunks.jobsperbatch[name],
      shared,
    });
    if (unit === undefined) return false;
    await checkMaintenance();
    this.#start(unit);
    return true;
  }

  #start(unit: Unit): void {
    const { state, log } = this.#options;
    const fresh = new Set(unit.pieces.map(({ job }) => job).filter(({ hasBegun }) => !hasBegun));
    for (const piece of unit.pieces) {
      piece.state = "active";
      piece.attempts++;
    }
    for (const { name } of fresh) {
      state.changeJob(name, { state: "in-progress", trouble: undefined, notices: [], progress: "" });
    }
    if (fresh.size > 0) log(`Starting ${[...fresh].map(({ name }) => name).join(", ")}`);
    const active: ActiveUnit = { unit, ended: this.#work(unit).finally(() => this.#active.delete(active)) };
    // Also of a unit that ends while nobody waits for it.
    active.ended.catch((error: unknown) => this.#fatal ??= { error });
    this.#active.add(active);
  }

  #work(unit: Unit): Promise<void> {
    const { unit: unitOptions, state, signal, log, source, settings, filesOf } = this.#options;
    const options: UnitOptions = {
      ...unitOptions,
      state,
      signal,
      log,
      onFailure: (piece, error) => this.#pieceFailed(piece, error),
    };
    if (unit.kind === "shared") return unit.work(options);
    if (unit.kind === "reading") return runReadingUnit(unit.reading, unit.pieces, options);
    return runTaskUnit(unit.pieces[0], { source, settings, pool: unitOptions.output.tools.pool, filesOf }, options);
  }

  /** Waits until a unit ends, the next retry is due, or other workers may have got on. Throws what ends the run. */
  async #waitForChange(): Promise<void> {
    const pauseMs = this.#pauseMs();
    const timer = pauseMs === undefined ? undefined : pause(pauseMs, this.#options.signal);
    try {
      await Promise.race([
        ...[...this.#active].map(({ ended }) => ended),
        ...(timer === undefined ? [] : [timer.over]),
      ]);
    } finally {
      timer?.cancel();
    }
    this.#options.signal.throwIfAborted();
  }

  #pieceFailed(piece: TrackedPiece, error: unknown): void {
    const { settings, log } = this.#options;
    const { maxRetries } = settings.misc;
    if (this.#waitsForRetry(piece, error)) {
      piece.state = "pending";
      return;
    }
    if (piece.attempts <= maxRetries && isWorthRetrying(error)) {
      const pauseSeconds = settings.chunks.retryWait * 2 ** (piece.attempts - 1);
      piece.state = "retrying";
      piece.notBeforeMs = steadyMs() + pauseSeconds * 1000;
      log(`${nameOf(piece)} failed: ${troubleOf(error).message}. Attempt ${piece.attempts + 1} in ${pauseSeconds} s`);
      return;
    }
    piece.state = "failed";
    piece.error = error;
    this.#logFailure(nameOf(piece), error);
  }

  /** Whether a piece failed only because one that it needs failed, which is tried again. */
  #waitsForRetry({ job }: TrackedPiece, error: unknown): boolean {
    if (!isWikidumpError(error) || error.code !== "PREREQUISITE") return false;
    return this.#retrying().some((other) => job.definition.prerequisites.includes(other.job.name));
  }

  /** What fails the reading fails all of its pieces: told once. */
  #logFailure(name: string, error: unknown): void {
    const { log } = this.#options;
    if (this.#told.has(error)) return log(`${name} failed, for the same reason`);
    this.#told.add(error);
    const { message, remedy } = troubleOf(error);
    log(`${name} failed: ${message}`);
    if (remedy !== "") log(remedy);
  }

  /** Ends the jobs whose pieces have all come to an end; false if there are none. */
  async #settleJobs(): Promise<boolean> {
    const ended = this.#jobs.filter((job) => job.isSettled && !this.#settled.has(job));
    for (const job of ended) {
      this.#settled.add(job);
      const { failure } = job;
      if (failure !== undefined) this.#markFailed(job, failure.error);
      else if (job.isWhole) this.#markDone(job);
      else this.#markPartial(job);
      await this.#options.onJobChange(job);
    }
    return ended.length > 0;
  }

  #markDone(job: TrackedJob): void {
    const { state, log } = this.#options;
    state.changeJob(job.name, {
      state: "done",
      progress: "",
      files: job.files,
      notices: job.notices,
      trouble: undefined,
    });
    for (const notice of job.notices) log(`Job ${job.name}: ${notice}`);
    log(`Job ${job.name} is done`);
  }

  #markFailed(job: TrackedJob, error: unknown): void {
    const { state, settings } = this.#options;
    this.#failures.set(job.name, error);
    if (!this.#told.has(error)) this.#logFailure(`Job ${job.name}`, error);
    state.changeJob(job.name, { files: job.files });
    state.failJob(job.name, publicTrouble(error, settings), job.notices);
  }

  /** What was asked for is done; other pieces are not. */
  #markPartial(job: TrackedJob): void {
    const { state, log } = this.#options;
    const left = job.pieces!.filter((piece) => piece.state === "left").length;
    state.changeJob(job.name, { state: "waiting", progress: "", files: job.files, notices: job.notices });
    log(`Job ${job.name}: ${left} of ${job.pieces!.length} pieces are still to be done`);
  }

  #leaveWaiting(job: TrackedJob): void {
    const { state, settings, log, wiki } = this.#options;
    const missing = job.definition.prerequisites.find((name) => !this.#isDone(name)) ?? "xmlstubsdump";
    const prerequisite = state.has(missing) ? state.job(missing).state : "unknown";
    const error = new JobError("PREREQUISITE", `Job ${job.name} needs ${missing}, which is ${prerequisite}`, {
      wiki,
      job: job.name,
    }, { remedy: `Run it with --job ${missing},${job.name}` });
    this.#failures.set(job.name, error);
    state.changeJob(job.name, {
      state: prerequisite === "failed" ? "failed" : "waiting",
      trouble: publicTrouble(error, settings),
    });
    log(error.message);
  }

  #isDone(name: string): boolean {
    const { state } = this.#options;
    return state.has(name) && state.job(name).state === "done";
  }

  #activeReadings(): ReadonlySet<Reading> {
    return new Set([...this.#active].flatMap(({ unit }) => (unit.kind === "reading" ? [unit.reading] : [])));
  }

  #retrying(): readonly TrackedPiece[] {
    return this.#jobs.flatMap(({ pieces }) => pieces ?? []).filter(({ state }) => state === "retrying");
  }

  /** How long to wait for what is not a unit's end; undefined for nothing else to wait for. */
  #pauseMs(): number | undefined {
    const waits = this.#retrying().map(({ notBeforeMs }) => notBeforeMs - steadyMs());
    const { waitMs } = this.#options.shared ?? {};
    if (waitMs !== undefined) waits.push(waitMs);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** Whether a job came to its end without a unit: by a look at what others do. */
  #isSettling(): boolean {
    return this.#jobs.some((job) => job.isSettled && !this.#settled.has(job));
  }

  #wakeRetries(): void {
    const now = steadyMs();
    for (const piece of this.#retrying()) if (piece.notBeforeMs <= now) piece.state = "pending";
  }
}

/** The job, and of several pieces which. */
function nameOf({ job, names }: TrackedPiece): string {
  return job.pieces?.length === 1 ? `Job ${job.name}` : `${names[0]} of job ${job.name}`;
}
