/**
 * One job of a run while the run goes on: its pieces, what became of each, and the files that the status lists for it.
 */
import type { FinishedOutput } from "../jobs/dump-output.ts";
import type { JobDefinition, Piece } from "../jobs/job.ts";
import { outputNames } from "../jobs/job-outputs.ts";
import type { RunLayout } from "../jobs/run-layout.ts";
import { absentFile } from "../report/file-status.ts";
import type { FileStatus } from "../report/run-status.ts";

/** "retrying": it failed, and is tried again at `notBeforeMs`. "left": neither done nor to be done by this invocation. */
export type PieceState = "pending" | "active" | "retrying" | "done" | "failed" | "left";

export interface TrackedPiece {
  readonly job: TrackedJob;
  readonly piece: Piece;
  /** Names of its files. */
  readonly names: readonly string[];
  state: PieceState;
  /** How often it was begun. */
  attempts: number;
  /** On the steady clock. */
  notBeforeMs: number;
  error: unknown;
}

/** What is to become of a piece: its files are there and are kept, it is to be done, or neither. */
export type PieceChoice = (piece: Piece, names: readonly string[]) => "keep" | "do" | "leave";

const FIRST_STATE = { keep: "done", do: "pending", leave: "left" } as const;

const SETTLED: ReadonlySet<PieceState> = new Set(["done", "failed", "left"]);

export interface TrackedJobOptions {
  readonly wiki: string;
  readonly date: string;
  /** Files that an earlier invocation published, by the status. */
  readonly earlierFiles: readonly FileStatus[];
  readonly choose: PieceChoice;
}

export class TrackedJob {
  readonly definition: JobDefinition;
  readonly #options: TrackedJobOptions;
  #pieces: readonly TrackedPiece[] | undefined;
  #files: readonly FileStatus[];
  notices: readonly string[] = [];

  constructor(definition: JobDefinition, options: TrackedJobOptions) {
    this.definition = definition;
    this.#options = options;
    this.#files = options.earlierFiles;
  }

  get name(): string {
    return this.definition.name;
  }

  /** Undefined while the layout does not say which they are. */
  get pieces(): readonly TrackedPiece[] | undefined {
    return this.#pieces;
  }

  /** Files as the status lists them. */
  get files(): readonly FileStatus[] {
    return this.#files;
  }

  /** Whether every piece came to an end. */
  get isSettled(): boolean {
    return this.#pieces?.every(({ state }) => SETTLED.has(state)) === true;
  }

  /** Whether every piece is done: none was left for another invocation. */
  get isWhole(): boolean {
    return this.#pieces?.every(({ state }) => state === "done") === true;
  }

  /** The first piece that failed. */
  get failedPiece(): TrackedPiece | undefined {
    return this.#pieces?.find(({ state }) => state === "failed");
  }

  get hasBegun(): boolean {
    return this.#pieces?.some(({ attempts }) => attempts > 0) === true;
  }

  /** How many of its pieces are at work. */
  get activeCount(): number {
    return this.#pieces?.filter(({ state }) => state === "active").length ?? 0;
  }

  /** Works out the pieces, if the layout says enough. */
  settle(layout: RunLayout): void {
    if (this.#pieces !== undefined) return;
    const { wiki, date, choose } = this.#options;
    const all = this.definition.pieces(layout);
    if (all === undefined) return;
    this.#pieces = all.map((piece) => {
      const names = outputNames(piece.outputs, wiki, date);
      const state = FIRST_STATE[choose(piece, names)];
      return { job: this, piece, names, state, attempts: 0, notBeforeMs: 0, error: undefined };
    });
    this.#files = this.#pieces.flatMap(({ names }) => names).map((name) => this.#known(name));
  }

  /** The status of a piece's files before and while it is made. */
  show(files: readonly FileStatus[]): void {
    this.#files = this.#files.map((file) => files.find(({ name }) => name === file.name) ?? file);
  }

  /** Its files are published. */
  finishPiece(piece: TrackedPiece, files: readonly FinishedOutput[]): void {
    piece.state = "done";
    this.show(files.map(({ name, byteLength, md5, sha1 }) => ({ name, sizeBytes: byteLength, md5, sha1 })));
  }

  #known(name: string): FileStatus {
    return this.#options.earlierFiles.find((file) => file.name === name) ?? absentFile(name);
  }
}
