/**
 * One piece of a reading job while its reading goes on. Its failure is its own: it stops taking events, and the others go on.
 *
 * A piece with a page range opens its files at its first page and closes them at the first page after its range, so that of a
 * thousand ranges only one has files and an encoder open.
 */
import { JobError } from "../../errors.ts";
import { JobOutputs } from "../jobs/job-outputs.ts";
import type { JobOutputsOptions } from "../jobs/job-outputs.ts";
import type { JobWork, Piece, PieceFiles, ReadingJob } from "../jobs/job.ts";
import type { SourceConsumer, SourceEvent } from "../source/source.ts";

export interface RunningPieceOptions extends JobOutputsOptions {
  /** Scratch directory of the run; exists. */
  readonly tempDirectory: string;
  /** What texts that are not what they should be do to the piece. */
  readonly textMismatch: "fail" | "report";
  /** Given the files when they are whole and verified; publishes them. */
  readonly onFinished: (piece: RunningPiece, files: PieceFiles) => Promise<void>;
  /** Told of the failure of this piece, at once. */
  readonly onFailure: (piece: RunningPiece) => void;
}

type Phase = "before" | "within" | "closed";

export class RunningPiece implements SourceConsumer {
  readonly job: ReadingJob;
  readonly piece: Piece;
  readonly #options: RunningPieceOptions;
  #phase: Phase = "before";
  #start: (SourceEvent & { type: "start" }) | undefined;
  #outputs: JobOutputs | undefined;
  #work: JobWork | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(job: ReadingJob, piece: Piece, options: RunningPieceOptions) {
    this.job = job;
    this.piece = piece;
    this.#options = options;
  }

  /** Whether it takes no more events, for one reason or the other. */
  get isClosed(): boolean {
    return this.#phase === "closed";
  }

  /** Why it failed; undefined if it did not. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Odd things that were seen, one line each. */
  get notices(): readonly string[] {
    return this.#work?.faults ?? [];
  }

  /** Names and sizes of the files so far. */
  get files(): readonly { readonly name: string; readonly byteLength: number }[] {
    return this.#outputs?.outputs.map(({ name, byteLength }) => ({ name, byteLength })) ?? [];
  }

  take(event: SourceEvent): Promise<void> | undefined {
    if (this.#phase === "closed") return undefined;
    try {
      return this.#pass(event)?.catch((error: unknown) => this.fail(error));
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  /** Removes scratch files and whatever is not published. Never fails: the outcome of the piece is settled by now. */
  async dispose(): Promise<void> {
    this.#phase = "closed";
    await this.#work?.dispose?.().catch(() => undefined);
    await this.#outputs?.discard().catch(() => undefined);
  }

  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#phase = "closed";
    this.#options.onFailure(this);
  }

  #pass(event: SourceEvent): Promise<void> | undefined {
    if (event.type === "start") {
      this.#start = event;
      return this.piece.pages === undefined ? this.#open() : undefined;
    }
    if (event.type === "end") return this.#close(event);
    if (event.type === "page" && this.piece.pages !== undefined) {
      const { first, last } = this.piece.pages;
      if (event.page.id > last) return this.#close({ type: "end", bytes: this.#start!.footer });
      if (this.#phase === "before") return event.page.id < first ? undefined : this.#open(event);
    }
    return this.#phase === "within" ? this.#work!.take(event) : undefined;
  }

  /** Opens the files, and hands the header to the work, and the event that made it begin. */
  async #open(event?: SourceEvent): Promise<void> {
    const { piece: { outputs }, job } = this;
    const { wiki, tempDirectory } = this.#options;
    this.#outputs = await JobOutputs.open(outputs, this.#options);
    this.#work = job.start({ wiki, tempDirectory, outputs: this.#outputs.outputs });
    this.#phase = "within";
    await this.#work.take(this.#start!);
    if (event !== undefined) await this.#work.take(event);
  }

  /** Ends the files, checks them, and hands them on. A piece without a page is a document without pages. */
  async #close(end: SourceEvent & { type: "end" }): Promise<void> {
    if (this.#phase === "before") await this.#open();
    const work = this.#work!;
    await work.take(end);
    this.#phase = "closed";
    await work.finish();
    this.#refuseFaults(work);
    const files = await this.#outputs!.finish();
    await this.#options.onFinished(this, files);
    await work.dispose?.();
  }

  #refuseFaults(work: JobWork): void {
    const count = work.faultCount ?? 0;
    if (count === 0 || this.#options.textMismatch === "report") return;
    const texts = count === 1 ? "1 text does" : `${count} texts do`;
    throw new JobError("MISMATCH", `${texts} not match the stated SHA-1 or length. ${this.notices[0]}`, {
      wiki: this.#options.wiki,
      job: this.job.name,
    }, {
      remedy:
        "Repair the texts in the wiki (or make its export anew), or set textmismatch=report in [export] to publish all the same",
    });
  }
}
