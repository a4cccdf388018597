/** What the two kinds of units are given by the queue. */
import type { JobOutputsOptions } from "../jobs/job-outputs.ts";
import type { PieceFiles } from "../jobs/job.ts";
import type { ReadingProgress } from "../source/source.ts";
import type { RunState } from "./run-state.ts";
import type { TrackedPiece } from "./tracked-job.ts";

export interface UnitOptions {
  readonly output: JobOutputsOptions & { readonly tempDirectory: string };
  readonly textMismatch: "fail" | "report";
  readonly state: RunState;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly onProgress: (progress: ReadingProgress) => void;
  /** Gives the files of a piece their final names, and reports the piece as done. */
  readonly publish: (piece: TrackedPiece, files: PieceFiles) => Promise<void>;
  /** Told of a piece that failed. */
  readonly onFailure: (piece: TrackedPiece, error: unknown) => void;
}
