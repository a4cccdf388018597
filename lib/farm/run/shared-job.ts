/**
 * The job of a run whose batches other workers do, too, as the worker sees it that has the run: it offers the batches, claims some
 * like anybody else, and looks through what others have published before it counts as done.
 */
import { isFree } from "../batches/batch.ts";
import type { Batch } from "../batches/batch.ts";
import type { BatchList } from "../batches/batch-list.ts";
import { fitsRanges, groupRanges, isInBatch } from "../batches/group-ranges.ts";
import type { PageRange } from "../../dump/pages/page-range.ts";
import { isWikidumpError, JobError } from "../../errors.ts";
import type { WikidumpError } from "../../errors.ts";
import { steadyMs } from "../../host/clock.ts";
import { fileFacts, removeFile } from "../../host/directory.ts";
import type { WikiSource } from "../source/source.ts";
import { adoptPiece } from "./adopt-piece.ts";
import { runBatchUnit } from "./batch-unit.ts";
import type { SharedUnit } from "./next-unit.ts";
import type { RunState } from "./run-state.ts";
import type { TrackedJob, TrackedPiece } from "./tracked-job.ts";
import type { UnitOptions } from "./unit-options.ts";

export interface SharedJobOptions {
  readonly wiki: string;
  readonly list: BatchList;
  readonly source: WikiSource;
  readonly state: RunState;
  readonly log: (line: string) => void;
  /** Where the files of the run are. */
  readonly directory: string;
  /** Whether the pieces are those that the layout of the run has: others cannot know any other ones. */
  readonly isPlanned: (pieces: readonly TrackedPiece[]) => boolean;
  /** Writes what the status says by now. */
  readonly flushStatus: () => Promise<void>;
  /** Page ranges of a batch. */
  readonly batchSize: () => number;
  /** How often files of others are made again that do not hold. */
  readonly maxRetries: number;
  /** Between two looks at what others do; 5000 without it. */
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 5000;
/** A list that cannot be read for five minutes is not to be had; a file server may be away for a while. */
const MAX_MISSED_LOOKS = 60;

export class SharedJob {
  readonly job: TrackedJob;
  readonly #options: SharedJobOptions;
  #phase: "closed" | "open" | "alone" = "closed";
  #batches: readonly Batch[] = [];
  #nextLookMs = 0;
  #missedLooks = 0;
  /** How often files of others did not hold. */
  readonly #misfits = new Map<TrackedPiece, number>();
  /** Batches that this worker is at. */
  readonly #atWork = new Set<number>();

  constructor(job: TrackedJob, options: SharedJobOptions) {
    this.job = job;
    this.#options = options;
  }

  /** Whether a job is done in batches. */
  has(job: TrackedJob): boolean {
    return job === this.job && this.#phase !== "alone";
  }

  /** How long others may be waited for before the next look; undefined if nobody is. */
  get waitMs(): number | undefined {
    if (this.#phase !== "open" || this.job.isSettled) return undefined;
    return Math.max(0, this.#nextLookMs - steadyMs());
  }

  /** Offers the batches as soon as the job can begin, and looks now and then what became of them. What goes wrong fails the job. */
  async look(): Promise<void> {
    const { job } = this;
    const { state } = this.#options;
    const isDone = (name: string): boolean => state.has(name) && state.job(name).state === "done";
    if (job.pieces === undefined || job.isSettled || this.#phase === "alone") return;
    if (this.#phase === "open" && steadyMs() < this.#nextLookMs) return;
    if (!job.definition.prerequisites.every(isDone)) return;
    try {
      if (this.#phase === "closed") await this.#open(job.pieces);
      else await this.#refresh();
      this.#missedLooks = 0;
    } catch (error) {
      if (!isWikidumpError(error)) throw error;
      if (this.#isPassing(error)) return;
      for (const piece of this.#pending(undefined)) Object.assign(piece, { state: "failed", error });
    }
    this.#nextLookMs = steadyMs() + (this.#options.lookEveryMs ?? LOOK_EVERY_MS);
  }

  #isPassing(error: WikidumpError): boolean {
    if (this.#phase !== "open" || error.code === "LAYOUT" || this.#missedLooks++ >= MAX_MISSED_LOOKS) return false;
    if (this.#missedLooks === 1) this.#options.log(`${error.message}. It is looked at again`);
    this.#nextLookMs = steadyMs() + (this.#options.lookEveryMs ?? LOOK_EVERY_MS);
    return true;
  }

  /** A batch to look through or to claim. */
  next(limit: number | undefined): SharedUnit | undefined {
    if (this.#phase !== "open" || this.#atWork.size >= (limit ?? Infinity)) return undefined;
    for (const batch of this.#batches) {
      const { first } = batch.range;
      const pieces = this.#atWork.has(first) ? [] : this.#pending(batch.range);
      if (pieces.length === 0 || batch.state === "claimed") continue;
      const work = batch.state === "done" ? this.#adopt : this.#claim;
      return {
        kind: "shared",
        pieces,
        work: async (options) => {
          this.#atWork.add(first);
          try {
            await work.call(this, batch, pieces, options);
          } finally {
            this.#atWork.delete(first);
            this.#nextLookMs = 0;
          }
        },
      };
    }
    return undefined;
  }

  async #open(pieces: readonly TrackedPiece[]): Promise<void> {
    const { state, log, isPlanned, list, batchSize, flushStatus } = this.#options;
    if (!isPlanned(pieces)) {
      this.#phase = "alone";
      log(`Job ${this.job.name} has files of other page ranges than planned: this worker does it alone`);
      return;
    }
    const ranges = pieces.map(({ piece }) => piece.pages!);
    // The others go by it.
    await flushStatus();
    this.#batches = await list.offer({
      ranges,
      batches: groupRanges(ranges, batchSize()),
      onNew: () => this.#removeOutdated(),
      isDone: (range) => this.#isThere(range),
    });
    this.#phase = "open";
    state.changeJob(this.job.name, { state: "in-progress", trouble: undefined, notices: [], progress: "" });
    log(`Sharing ${this.job.name} in ${this.#batches.length} batches, by ${list.path}`);
  }

  async #refresh(): Promise<void> {
    const { list, log, wiki } = this.#options;
    for (const { range, owner } of await list.abortStale()) {
      const whose = owner === undefined ? "its worker" : `process ${owner.pid} on ${owner.host}`;
      log(`Pages ${range.first}-${range.last} of ${this.job.name} can be claimed again: ${whose} is gone`);
    }
    const batches = await list.read();
    const ranges = this.job.pieces!.map(({ piece }) => piece.pages!);
    if (batches === undefined || !fitsRanges(batches.map(({ range }) => range), ranges)) {
      const what = batches === undefined ? "was removed" : "has other page ranges now";
      throw new JobError("LAYOUT", `${list.path} ${what}, while this worker went by it`, { wiki, job: this.job.name }, {
        remedy: "See who did that, then do the job again",
      });
    }
    this.#batches = batches;
    this.#tellProgress();
  }

  #tellProgress(): void {
    const { state } = this.#options;
    if (this.#atWork.size > 0) return;
    const count = (wanted: string): number => this.#batches.filter((batch) => batch.state === wanted).length;
    const progress = `${count("done")} of ${this.#batches.length} batches done, ${count("claimed")} at work elsewhere`;
    if (state.job(this.job.name).progress !== progress) state.changeJob(this.job.name, { progress });
  }

  /** Does a batch like any other worker, but for files that an earlier worker of it has published. */
  async #claim({ range }: Batch, pieces: readonly TrackedPiece[], options: UnitOptions): Promise<void> {
    const claim = await this.#store(
      pieces,
      options,
      () =>
        this.#options.list.claim((batch) =>
          batch.range.first === range.first && (isFree(batch) || batch.state === "failed")
        ),
    );
    if (claim === undefined) return release(pieces);
    const { log } = options;
    log(`Claimed pages ${range.first}-${range.last} of ${this.job.name}`);
    const isMade = async (piece: TrackedPiece): Promise<boolean> =>
      await this.#areThere([piece]) && await this.#adoptOne(piece, options) === undefined;
    const { source } = this.#options;
    await this.#store(pieces, options, () => runBatchUnit(claim, pieces, { source, options, isMade }));
    release(pieces);
  }

  /** Looks through a batch that another worker has done; what does not hold is made again. */
  async #adopt({ range }: Batch, pieces: readonly TrackedPiece[], options: UnitOptions): Promise<void> {
    await this.#store(pieces, options, async () => {
      let isWhole = true;
      for (const piece of pieces) {
        const misfit = await this.#adoptOne(piece, options);
        if (misfit === undefined) continue;
        isWhole = false;
        const count = (this.#misfits.get(piece) ?? 0) + 1;
        this.#misfits.set(piece, count);
        if (count > this.#options.maxRetries) options.onFailure(piece, misfit);
      }
      if (!isWhole) await this.#options.list.reopen(range);
    });
    release(pieces);
  }

  /**
   * Looks through the files of a piece; if they do not hold, they are removed, and this gives the error. Throws what must end the run, and
   * why a file could not be read: that says nothing about the file.
   */
  async #adoptOne(piece: TrackedPiece, options: UnitOptions): Promise<unknown> {
    const { state } = this.#options;
    try {
      state.changeJob(this.job.name, { progress: `Reading ${piece.names[0]} back` });
      await options.publish(piece, await adoptPiece(piece, options.output));
      return undefined;
    } catch (error) {
      options.signal.throwIfAborted();
      if (!isWikidumpError(error) || !["CHANGED", "NOT_FOUND"].includes(error.code)) throw error;
      options.log(`${error.message}. It is made again`);
      for (const name of piece.names) await removeFile(`${this.#options.directory}/${name}`);
      return error;
    }
  }

  /** What has to do with files that are shared; its failure is one of the pieces. */
  async #store<T>(
    pieces: readonly TrackedPiece[],
    options: UnitOptions,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      options.signal.throwIfAborted();
      if (!isWikidumpError(error) || error.code === "LOST") throw error;
      for (const piece of pieces) if (piece.state === "active") options.onFailure(piece, error);
      return undefined;
    }
  }

  /** Pieces that wait to be done, of one batch or of all. */
  #pending(range: PageRange | undefined): readonly TrackedPiece[] {
    return (this.job.pieces ?? []).filter(({ state, piece }) =>
      state === "pending" && (range === undefined || isInBatch(piece.pages!, range))
    );
  }

  async #isThere(range: PageRange): Promise<boolean> {
    return await this.#areThere(this.#pending(range));
  }

  async #areThere(pieces: readonly TrackedPiece[]): Promise<boolean> {
    for (const name of pieces.flatMap(({ names }) => names)) {
      if (await fileFacts(`${this.#options.directory}/${name}`) === undefined) return false;
    }
    return true;
  }

  /**
   * Where there was no list, a file that no status names may be of other stubs: then it is older than what the job needs. A younger one is
   * of a list that was removed; it is looked through as all others are.
   */
  async #removeOutdated(): Promise<void> {
    const { state, directory } = this.#options;
    const needed = this.job.definition.prerequisites.map((name) => state.job(name).updated?.getTime() ?? Infinity);
    for (const name of this.#pending(undefined).flatMap(({ names }) => names)) {
      const facts = await fileFacts(`${directory}/${name}`);
      if (facts !== undefined && facts.modifiedAt.getTime() < Math.max(...needed)) {
        await removeFile(`${directory}/${name}`);
      }
    }
  }
}

/** Pieces that did not come to an end wait again; what another worker was quicker at was no attempt. */
function release(pieces: readonly TrackedPiece[]): void {
  for (const piece of pieces) {
    if (piece.state !== "active") continue;
    piece.state = "pending";
    piece.attempts--;
  }
}
