/**
 * A worker that helps with a job of a run that another one has: claims batches, does them, and writes nothing else. It takes no lock, and leaves
 * status, lists, links and notices to the worker that has the run.
 */
import { describeBatches, isFree } from "../batches/batch.ts";
import type { Batch } from "../batches/batch.ts";
import type { BatchList } from "../batches/batch-list.ts";
import { fitsRanges, isInBatch } from "../batches/group-ranges.ts";
import { batchesOf } from "../batches-of.ts";
import { JobError, UsageError } from "../../errors.ts";
import { fileFacts, makeDirectory } from "../../host/directory.ts";
import { createWorkerPool } from "../../host/worker-pool.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import type { ReadingProgress } from "../source/source.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import { runBatchUnit } from "./batch-unit.ts";
import { checkMaintenance } from "./check-maintenance.ts";
import { initialStatus } from "./initial-status.ts";
import { outputOptions } from "./output-options.ts";
import { RunPlan } from "./run-plan.ts";
import { RunState } from "./run-state.ts";
import type { PrefetchFrom } from "./text-source.ts";
import { TrackedJob } from "./tracked-job.ts";
import type { TrackedPiece } from "./tracked-job.ts";
import { troubleOf } from "../trouble.ts";
import type { UnitOptions } from "./unit-options.ts";

export interface BatchOptions {
  /** YYYYMMDD. */
  readonly date: string;
  readonly job: string;
  /** Most batches to claim; any number without it. */
  readonly maxBatches: number | undefined;
  readonly prefetch: PrefetchFrom;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly onProgress?: ((progress: ReadingProgress) => void) | undefined;
  /** Asked before each batch: a reason not to begin. */
  readonly maintenance?: (() => Promise<string | undefined>) | undefined;
}

/** What came of it. */
export interface BatchesOutcome {
  readonly batchesDone: number;
  /** Why batches were not done, one for each. */
  readonly failures: readonly unknown[];
  /** Why there was nothing to do. */
  readonly nothingToDo: string | undefined;
}

/** So many failures in a row are not the batches' fault: others may have better luck with the rest. */
const MAX_FAILURES_IN_A_ROW = 3;

/** Claims batches of a job until there are none left. Throws what must end it: the signal's reason, maintenance, a list that does not fit the run. */
export async function runBatches(wiki: Wiki, options: BatchOptions): Promise<BatchesOutcome> {
  const list = batchesOf(wiki, options.date, options.job);
  const batches = await list.read();
  if (batches?.some(isFree) !== true) return nothing(whyNothing(list, batches));
  await checkMaintenance(wiki.name, options.maintenance);
  const { threads } = wiki.settings.misc;
  const pool = threads > 1 ? createWorkerPool({ size: threads }) : undefined;
  try {
    return await (await BatchWorker.open(wiki, { list, batches, pool, options })).run();
  } finally {
    await pool?.close();
  }
}

function nothing(nothingToDo: string): BatchesOutcome {
  return { batchesDone: 0, failures: [], nothingToDo };
}

function whyNothing({ path }: BatchList, batches: readonly Batch[] | undefined): string {
  if (batches !== undefined) return `No batch left to claim in ${path}: of ${describeBatches(batches)}`;
  return `There are no batches to claim: ${path} is not there. The worker that has the run makes it when the stubs are done, with contentbatchesEnabled=1`;
}

interface BatchWorkerParts {
  readonly list: BatchList;
  readonly batches: readonly Batch[];
  readonly pool: WorkerPool | undefined;
  readonly options: BatchOptions;
}

class BatchWorker {
  readonly #wiki: Wiki;
  readonly #parts: BatchWorkerParts;
  readonly #plan: RunPlan;
  readonly #job: TrackedJob;
  readonly #unit: UnitOptions;
  readonly #failures: unknown[] = [];
  #failuresInARow = 0;
  #claimed = 0;
  #done = 0;

  /** Used by `open`. */
  private constructor(wiki: Wiki, parts: BatchWorkerParts, { plan, job, state }: OpenedJob) {
    this.#wiki = wiki;
    this.#parts = parts;
    this.#plan = plan;
    this.#job = job;
    this.#unit = this.#unitOptions(state);
  }

  static async open(wiki: Wiki, parts: BatchWorkerParts): Promise<BatchWorker> {
    const opened = await openJob(wiki, parts);
    await makeDirectory(wiki.tempDirectory);
    return new BatchWorker(wiki, parts, opened);
  }

  async run(): Promise<BatchesOutcome> {
    const { list, options: { signal } } = this.#parts;
    const { misc, chunks } = this.#wiki.settings;
    const limit = Math.min(misc.slots, chunks.jobsperbatch[this.#job.name] ?? Infinity);
    const lanes = Array.from({ length: Math.max(1, limit) }, () => this.#workOn());
    const ends = await Promise.allSettled(lanes);
    signal.throwIfAborted();
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    if (this.#claimed === 0) return nothing(whyNothing(list, await list.read()));
    return { batchesDone: this.#done, failures: this.#failures, nothingToDo: undefined };
  }

  async #workOn(): Promise<void> {
    const { list, options } = this.#parts;
    const { maxBatches = Infinity, signal, log, maintenance } = options;
    for (;;) {
      signal.throwIfAborted();
      if (this.#claimed >= maxBatches || this.#failuresInARow >= MAX_FAILURES_IN_A_ROW) return;
      // Before anything is waited for: the lanes share this count.
      this.#claimed++;
      await checkMaintenance(this.#wiki.name, maintenance);
      const claim = await list.claim();
      if (claim === undefined) {
        this.#claimed--;
        return;
      }
      const { first, last } = claim.batch.range;
      const what = `pages ${first}-${last} of ${this.#job.name}`;
      if (!signal.aborted) log(`Claimed ${what}`);
      const pieces = this.#job.pieces!.filter(({ piece }) => isInBatch(piece.pages!, claim.batch.range));
      const isMade = (piece: TrackedPiece): Promise<boolean> => this.#isMade(piece);
      const result = await runBatchUnit(claim, pieces, { source: this.#plan.source, options: this.#unit, isMade });
      if (result === "done") this.#done++;
      // Each piece tells of its failure; a batch that is lost has one of its own.
      else if (result === "lost") this.#failures.push(claim.lost.reason);
      this.#failuresInARow = result === "done" ? 0 : this.#failuresInARow + 1;
      log(`${what}: ${result}`);
    }
  }

  /** What an earlier worker of the batch has published: the one that has the run looks through it. */
  async #isMade({ names }: TrackedPiece): Promise<boolean> {
    const directory = runDirectory(this.#wiki, this.#parts.options.date);
    for (const name of names) if (await fileFacts(`${directory}/${name}`) === undefined) return false;
    return true;
  }

  #unitOptions(state: RunState): UnitOptions {
    const { pool, options: { date, signal, log, onProgress } } = this.#parts;
    return {
      output: outputOptions(this.#wiki, { date, pool, signal }),
      textMismatch: this.#wiki.settings.export.textmismatch,
      state,
      signal,
      log,
      onProgress: (progress) => onProgress?.(progress),
      publish: async (piece, files) => {
        await files.publish();
        piece.job.finishPiece(piece, files.files);
      },
      onFailure: (piece, error) => {
        this.#failures.push(error);
        const { message, remedy } = troubleOf(error);
        log(`${piece.names[0]} failed: ${message}`);
        if (remedy !== "") log(remedy);
      },
    };
  }
}

interface OpenedJob {
  readonly plan: RunPlan;
  readonly job: TrackedJob;
  /** Nobody shows it. */
  readonly state: RunState;
}

async function openJob(wiki: Wiki, { list, batches, options }: BatchWorkerParts): Promise<OpenedJob> {
  const { date, job: name } = options;
  const plan = await RunPlan.open(wiki, date, { ...options, textPass: "fetchText" });
  const definition = plan.jobs.find((one) => one.name === name);
  if (definition === undefined) throw new UsageError(`There is no job ${name} for this wiki`, { option: "job" });
  const job = new TrackedJob(definition, {
    wiki: wiki.name,
    date,
    earlierFiles: [],
    choose: (pieces) => pieces.map((piece) => ({ piece, choice: "do" })),
  });
  job.settle(plan.layout);
  const ranges = job.pieces?.flatMap(({ piece }) => piece.pages ?? []) ?? [];
  if (!fitsRanges(batches.map(({ range }) => range), ranges)) {
    throw new JobError("LAYOUT", `${list.path} is of other page ranges than this run has`, {
      wiki: wiki.name,
      job: name,
    }, {
      remedy: "Run the worker that has the run again: it makes a new list when nobody works by this one",
    });
  }
  return { plan, job, state: new RunState(await initialStatus(wiki, date, plan), () => undefined) };
}
