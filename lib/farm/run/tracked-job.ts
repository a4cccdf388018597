/**
 * One job of a run while the run goes on: its pieces, what became of each, and the files that the status lists for it.
 */
import { isWikidumpError } from "../../errors.ts";
import type { FinishedOutput } from "../jobs/dump-output.ts";
import type { JobDefinition, Piece } from "../jobs/job.ts";
import { outputNames } from "../jobs/job-outputs.ts";
import type { RunLayout } from "../jobs/run-layout.ts";
import type { ChosenPiece } from "./choose-pieces.ts";
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

const FIRST_STATE = { keep: "done", do: "pending", leave: "left" } as const;

const SETTLED: ReadonlySet<PieceState> = new Set(["done", "failed", "left"]);

export interface TrackedJobOptions {
  readonly wiki: string;
  readonly date: string;
  /** Files that an earlier invocation published, by the status. */
  readonly earlierFiles: readonly FileStatus[];
  /** Says what is to become of the pieces, when they are known. */
  readonly choose: (pieces: readonly Piece[]) => readonly ChosenPiece[];
}

export class TrackedJob {
  readonly definition: JobDefinition;
  readonly #options: TrackedJobOptions;
  #pieces: readonly TrackedPiece[] | undefined;
  #files: readonly FileStatus[];
  #misfit: { readonly error: unknown } | undefined;
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

  /** Why it cannot be done: what its first failed piece failed with, or that its files do not fit together. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#misfit ?? this.#pieces?.find(({ state }) => state === "failed");
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
    const { wiki, date } = this.#options;
    const all = this.definition.pieces(layout);
    if (all === undefined) return;
    this.#pieces = this.#choose(all).map(({ piece, choice }) => {
      const names = outputNames(piece.outputs, wiki, date);
      const state = FIRST_STATE[choice];
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

  #choose(all: readonly Piece[]): readonly ChosenPiece[] {
    try {
      return this.#options.choose(all);
    } catch (error) {
      if (!isWikidumpError(error) || error.code !== "LAYOUT") throw error;
      this.#misfit = { error };
      return all.map((piece) => ({ piece, choice: "leave" }));
    }
  }

  #known(name: string): FileStatus {
    return this.#options.earlierFiles.find((file) => file.name === name) ?? absentFile(name);
  }
}
