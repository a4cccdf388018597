/**
 * Does all pieces that one reading can feed: reads once, and each piece opens, verifies and publishes its files in its turn.
 *
 * A piece is done when its files are whole, read back, and under their final names while the lock is still ours; nothing else
 * makes it done. If the reading fails, all of its pieces that are not done fail.
 */
import type { PageRange } from "../../dump/pages/page-range.ts";
import { steadyMs } from "../../host/clock.ts";
import { isWikidumpError, JobError } from "../../errors.ts";
import type { PieceFiles, ReadingJob } from "../jobs/job.ts";
import { absentFile, isPublished } from "../report/file-status.ts";
import { joinRanges } from "../source/page-choice.ts";
import type { Reading, ReadingProgress } from "../source/source.ts";
import { formatProgress } from "./reading-progress.ts";
import { RunningPiece } from "./running-piece.ts";
import type { RunningPieceOptions } from "./running-piece.ts";
import type { TrackedPiece } from "./tracked-job.ts";
import type { UnitOptions } from "./unit-options.ts";

const PROGRESS_INTERVAL_MS = 500;

/** Runs the reading for its pieces. Throws only what must end the whole run: the signal's reason, a lost lock. */
export async function runReadingUnit(
  reading: Reading,
  pieces: readonly TrackedPiece[],
  options: UnitOptions,
): Promise<void> {
  const unit = new ReadingUnit(pieces, options);
  try {
    await unit.read(reading);
  } finally {
    await unit.dispose();
  }
}

class ReadingUnit {
  readonly #options: UnitOptions;
  readonly #running = new Map<RunningPiece, TrackedPiece>();
  /** Ends the reading when all of its pieces have failed. */
  readonly #nobodyLeft = new AbortController();
  /** What must end the run. */
  #fatal: unknown;
  #lastProgressMs = 0;

  constructor(pieces: readonly TrackedPiece[], options: UnitOptions) {
    this.#options = options;
    for (const tracked of pieces) {
      // The choice of units puts no other jobs here.
      const running = new RunningPiece(tracked.job.definition as ReadingJob, tracked.piece, this.#pieceOptions());
      this.#running.set(running, tracked);
    }
  }

  async read(reading: Reading): Promise<void> {
    const { signal, log } = this.#options;
    const consumers = [...this.#running.keys()];
    try {
      const summary = await reading.run(consumers, {
        revisions: consumers.some(({ job }) => job.revisions === "all") ? "all" : "current",
        pages: pagesOf(consumers),
        signal: AbortSignal.any([signal, this.#nobodyLeft.signal]),
        onProgress: (progress) => this.#showProgress(progress),
      });
      for (const { job } of this.#running.values()) job.notices = [...new Set([...job.notices, ...summary.notices])];
      log(`Read ${summary.pages} pages, ${summary.revisions} revisions`);
    } catch (error) {
      signal.throwIfAborted();
      if (this.#fatal === undefined) { for (const piece of consumers) if (!piece.isClosed) piece.fail(error); }
    }
    signal.throwIfAborted();
    if (this.#fatal !== undefined) throw this.#fatal;
  }

  async dispose(): Promise<void> {
    for (const piece of this.#running.keys()) await piece.dispose();
  }

  #pieceOptions(): RunningPieceOptions {
    const { output, signal, textMismatch } = this.#options;
    return {
      ...output,
      textMismatch,
      signal,
      onFinished: (piece, files) => this.#finishPiece(piece, files),
      onFailure: (piece) => this.#failPiece(piece),
    };
  }

  async #finishPiece(piece: RunningPiece, files: PieceFiles): Promise<void> {
    const tracked = this.#running.get(piece)!;
    const { job } = tracked;
    this.#checkPrerequisites(piece);
    this.#options.state.changeJob(job.name, { progress: "Reading the files back" });
    job.notices = [...job.notices, ...piece.notices];
    await this.#options.publish(tracked, files);
  }

  #failPiece(piece: RunningPiece): void {
    const { error } = piece.failure!;
    const tracked = this.#running.get(piece)!;
    tracked.job.notices = [...tracked.job.notices, ...piece.notices];
    if (isWikidumpError(error) && error.code === "LOST") {
      this.#fatal = error;
      this.#nobodyLeft.abort(error);
      return;
    }
    if (this.#options.signal.aborted) return;
    this.#options.onFailure(tracked, error);
    if ([...this.#running.keys()].every(({ isClosed }) => isClosed)) this.#nobodyLeft.abort(error);
  }

  /** A piece whose prerequisite failed in this very reading. */
  #checkPrerequisites({ job }: RunningPiece): void {
    const failed = [...this.#running.keys()].find((other) =>
      other.failure !== undefined && job.prerequisites.includes(other.job.name)
    );
    if (failed === undefined) return;
    throw new JobError("PREREQUISITE", `Job ${job.name} needs ${failed.job.name}, which failed`, {
      wiki: this.#options.output.wiki,
      job: job.name,
    });
  }

  #showProgress(progress: ReadingProgress): void {
    this.#options.onProgress(progress);
    const now = steadyMs();
    if (now - this.#lastProgressMs < PROGRESS_INTERVAL_MS) return;
    this.#lastProgressMs = now;
    const line = formatProgress(progress);
    for (const [running, { job }] of this.#running) {
      if (running.isClosed) continue;
      const known = this.#options.state.job(job.name);
      const written = running.files.map((file) => ({ ...absentFile(file.name), sizeBytes: file.byteLength }));
      const isFree = (name: string): boolean =>
        !known.files.some((file) => file.name === name && isPublished(known, file));
      job.show(written.filter(({ name }) => isFree(name)));
      this.#options.state.changeJob(job.name, { progress: line, files: job.files });
    }
  }
}

/** The pages that they look at; undefined for all. */
function pagesOf(consumers: readonly RunningPiece[]): readonly PageRange[] | undefined {
  const ranges = consumers.map(({ piece }) => piece.pages);
  return ranges.includes(undefined) ? undefined : joinRanges(ranges as readonly PageRange[]);
}
