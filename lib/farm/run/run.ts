/**
 * One run: one wiki on one date, from taking the lock to giving it back.
 *
 * The run owns its `RunStatus`; the reporter renders it. Jobs that one reading of the wiki's source can feed are done together,
 * in the order of the catalogue. Whatever happens, the lock is given back; a run that loses it stops, and writes nothing more.
 */
import { onQuestion } from "../../host/question-signal.ts";
import { createWorkerPool } from "../../host/worker-pool.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import { isCompleteRun } from "../earlier-run.ts";
import { isWikidumpError } from "../../errors.ts";
import { makeDirectory } from "../../host/directory.ts";
import { removeFile } from "../../host/directory.ts";
import type { JobDefinition, PieceFiles } from "../jobs/job.ts";
import { checkMaintenance } from "./check-maintenance.ts";
import { choosePieces } from "./choose-pieces.ts";
import { JobQueue } from "./job-queue.ts";
import { outputOptions } from "./output-options.ts";
import { publishPiece } from "./piece-publisher.ts";
import { publishedFiles } from "./published-files.ts";
import { isPseudo, selectJobs } from "./job-selection.ts";
import { describeProgress } from "../describe-progress.ts";
import { deleteNotice, readNotice, setNotice } from "../notice.ts";
import { refuseHeldRun, takeRunLock } from "../run-lock.ts";
import type { Lock } from "../lock/lock.ts";
import { planWikiPurge, purgeWiki } from "../purge-runs.ts";
import { absentFile } from "../report/file-status.ts";
import type { LinkTarget } from "../report/latest-links.ts";
import { RunReporter } from "../report/reporter.ts";
import type { JobStatus, RunStatus } from "../report/run-status.ts";
import { removeScratch } from "../remove-scratch.ts";
import { reportSettingsOf } from "../report-settings-of.ts";
import { initialStatus } from "./initial-status.ts";
import { RunLinks } from "./run-links.ts";
import { shareHistory, withdrawBatches } from "./share-history.ts";
import { RunState } from "./run-state.ts";
import type { RunOptions, RunOutcome } from "./run-options.ts";
import { RunPlan } from "./run-plan.ts";
import { TrackedJob } from "./tracked-job.ts";
import type { TrackedPiece } from "./tracked-job.ts";
import { publicTrouble } from "../trouble.ts";
import { privateRunDirectory, runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";

/** Does a run. Throws when the run could not begin or had to stop; failed jobs are in the outcome. */
export async function runWiki(wiki: Wiki, options: RunOptions): Promise<RunOutcome> {
  if (options.lockPolicy === "respect") await refuseHeldRun(wiki, options.date);
  const plan = await RunPlan.open(wiki, options.date, options);
  // Wrong names are refused before anything is touched.
  selectJobs(plan.jobs, options.selection, () => ({ state: "waiting" } as JobStatus));
  await checkMaintenance(wiki.name, options.maintenance);
  const lock = await takeRunLock(wiki, options.date, options.lockPolicy);
  try {
    const run = await Run.open(wiki, { plan, lock, options });
    options.onBegin?.();
    return await run.execute();
  } finally {
    await lock.release();
  }
}

interface RunParts {
  readonly plan: RunPlan;
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
  /** Links are made one job after another. */
  #linking: Promise<void> = Promise.resolve();
  readonly #links: RunLinks;

  /** Used by `open`. */
  private constructor(wiki: Wiki, parts: RunParts, status: RunStatus) {
    const { options, lock } = parts;
    this.#wiki = wiki;
    this.#parts = parts;
    this.#links = new RunLinks(wiki, options.log);
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
    await parts.plan.keep();
    const { notice } = parts.options;
    if (notice === "") await deleteNotice(wiki, date);
    else if (notice !== undefined) await setNotice(wiki, date, notice);
    return new Run(wiki, parts, await initialStatus(wiki, date, parts.plan));
  }

  async execute(): Promise<RunOutcome> {
    const { log, date } = this.#parts.options;
    log(`Dumping ${this.#wiki.name} on ${date} from ${this.#parts.plan.source.description}`);
    const forget = onQuestion(() => describeProgress(this.#state.status, new Date()).forEach(log));
    try {
      this.#state.enter("running");
      await this.#runJobs();
      this.#state.enter("finished");
      await this.#reporter.flush();
      await removeScratch(this.#wiki, date);
      await this.#links.refresh(this.#state.status);
      await this.#purgeOldRuns();
    } catch (error) {
      await this.#stop(error);
      throw error;
    } finally {
      forget();
    }
    return { status: this.#state.status, failures: this.#failures };
  }

  async #runJobs(): Promise<void> {
    const { plan, options } = this.#parts;
    const selected = selectJobs(plan.jobs, options.selection, (name) => this.#state.job(name));
    this.#markSkipped();
    await withdrawBatches(this.#wiki, selected, options);
    if (options.earlierOutputs === "remove") await this.#removeOutputs(selected);
    if (selected.some(({ name }) => name === "xmlstubsdump")) await plan.forgetRanges();
    const tracked = selected.map((job) => this.#track(job));
    await this.#settle(tracked);
    await checkMaintenance(this.#wiki.name, options.maintenance);
    const { threads } = this.#wiki.settings.misc;
    // No thread is started before there is work for it.
    const pool = threads > 1 ? createWorkerPool({ size: threads }) : undefined;
    try {
      const failures = await this.#queueOf(tracked, pool).run();
      for (const [name, error] of failures) this.#failures.set(name, error);
    } finally {
      await pool?.close();
      await this.#linking;
    }
    await this.#reporter.flush();
  }

  #track(definition: JobDefinition): TrackedJob {
    const { date, selection } = this.#parts.options;
    // What a part or a range needs is done whole.
    const partial = selection.jobs.includes(definition.name) ? this.#parts.options.partial : undefined;
    const earlier = this.#state.job(definition.name);
    const options = { wiki: this.#wiki.name, date, definition, earlier, partial };
    return new TrackedJob(definition, {
      wiki: this.#wiki.name,
      date,
      earlierFiles: earlier.files,
      choose: (pieces) => choosePieces(pieces, options),
    });
  }

  #queueOf(jobs: readonly TrackedJob[], pool: WorkerPool | undefined): JobQueue {
    const { plan, options } = this.#parts;
    const { name, settings } = this.#wiki;
    const { log, date } = options;
    return new JobQueue(jobs, {
      wiki: name,
      settings,
      source: plan.source,
      state: this.#state,
      signal: this.#signal,
      log,
      shared: shareHistory(this.#wiki, jobs, {
        ...options,
        plan,
        state: this.#state,
        flushStatus: () => this.#reporter.flush(),
      }),
      unit: {
        output: outputOptions(this.#wiki, { date, pool, signal: this.#signal }),
        textMismatch: settings.export.textmismatch,
        onProgress: (progress) => options.onProgress?.(progress),
        publish: (piece, files) => this.#publish(piece, files),
      },
      filesOf: (job) => publishedFiles(this.#state.job(job), runDirectory(this.#wiki, date)),
      checkMaintenance: async () => {
        await checkMaintenance(name, options.maintenance);
        // An operator may have posted one meanwhile.
        this.#state.show({ notice: await readNotice(this.#wiki, date) });
      },
      onJobChange: (job) => this.#jobEnded(job, jobs),
    });
  }

  async #publish(piece: TrackedPiece, files: PieceFiles): Promise<void> {
    await publishPiece(piece, files, {
      state: this.#state,
      lock: this.#parts.lock,
      signal: this.#signal,
      onPublishing: () => this.#reporter.flush(),
    });
  }

  /** Shows and links what a job made, while others go on; the layout may follow from it. */
  async #jobEnded(job: TrackedJob, jobs: readonly TrackedJob[]): Promise<void> {
    if (this.#state.job(job.name).state !== "done") return;
    const names = job.files.map(({ name }) => name);
    this.#linking = this.#linking.then(() => this.#showAndLink(names));
    this.#linking.catch(() => undefined);
    await this.#settle(jobs);
  }

  /** Works out the pieces of jobs, and the page ranges as soon as the stubs say them. */
  async #settle(jobs: readonly TrackedJob[]): Promise<void> {
    const { plan } = this.#parts;
    const hasStubs = this.#state.has("xmlstubsdump") && this.#state.job("xmlstubsdump").state === "done";
    const isNeeded = jobs.some(({ definition }) => definition.pieces(plan.layout) === undefined);
    if (isNeeded && hasStubs) await plan.planByStubs();
    for (const job of jobs) job.settle(plan.layout);
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
    const going = new Set(jobs.flatMap(({ name }) => this.#state.job(name).files.map((file) => file.name)));
    for (const { name } of jobs) {
      const files = this.#state.job(name).files.map((file) => absentFile(file.name));
      this.#state.changeJob(name, { state: "waiting", files });
    }
    await this.#reporter.flush();
    const isGoing = (linked: LinkTarget): boolean => linked.date === date && going.has(linked.fileName);
    await this.#links.unlink(this.#state.status, isGoing);
    for (const name of going) await removeFile(`${runDirectory(this.#wiki, date)}/${name}`);
  }

  /** The status says that a file is done before a link to it does. */
  async #showAndLink(names: readonly string[]): Promise<void> {
    try {
      await this.#reporter.flush();
      this.#signal.throwIfAborted();
    } catch {
      // Told by the reporter, or the run is over. The files are published; they are linked at the end, when the status is written.
      return;
    }
    await this.#links.link(this.#state.status, names);
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
    await removeScratch(this.#wiki, this.#parts.options.date).catch((failure: Error) =>
      this.#parts.options.log(failure.message)
    );
    for (const job of this.#state.status.jobs) {
      if (job.state !== "in-progress") continue;
      this.#state.failJob(job.name, { ...publicTrouble(error, this.#wiki.settings), code: "INTERRUPTED" });
    }
    // Nothing was interrupted by these.
    const isInOrder = isWikidumpError(error) && ["MAINTENANCE", "USAGE"].includes(error.code);
    this.#state.enter(isInOrder ? "finished" : "aborted");
    await this.#reporter.flush().catch((failure: Error) => this.#parts.options.log(failure.message));
  }
}
