/** What a run is asked for, and what came of it. */
import type { PartialRerun } from "../layout/partial-options.ts";
import type { RunStatus } from "../report/run-status.ts";
import type { ReadingProgress } from "../source/source.ts";
import type { JobSelection } from "./job-selection.ts";
import type { PrefetchFrom, TextPass } from "./text-source.ts";

export interface RunOptions {
  /** YYYYMMDD. */
  readonly date: string;
  readonly selection: JobSelection;
  /** Only some pieces of the chosen jobs. */
  readonly partial?: PartialRerun | undefined;
  readonly prefetch: PrefetchFrom;
  readonly textPass: TextPass;
  /** A notice to show on the page of the run; empty takes one away. */
  readonly notice?: string | undefined;
  /** What to do with a lock that somebody holds. */
  readonly lockPolicy: "respect" | "steal";
  /** What to do with outputs that the chosen jobs made before. */
  readonly earlierOutputs: "keep" | "remove";
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Called when the lock is taken and the directories are there: what fails from here on is a failure of the run. */
  readonly onBegin?: () => void;
  /** Told how far the current reading is. */
  readonly onProgress?: (progress: ReadingProgress) => void;
  /** Asked before each group of jobs: a reason not to start, from maintenance.txt. */
  readonly maintenance?: () => Promise<string | undefined>;
}

export interface RunOutcome {
  readonly status: RunStatus;
  /** Jobs that this invocation was to do and did not: name to error. */
  readonly failures: ReadonlyMap<string, unknown>;
}
