/**
 * The state of one run as a value: the single source of every status file, page, feed and checksum list.
 *
 * The run owns one `RunStatus`, makes a new one for every change, and hands it to the one writer. Nothing is read back from
 * what was rendered, except by the readers of `run-info.ts`, for files of the reference and of earlier runs.
 */

export type JobState = "waiting" | "in-progress" | "done" | "failed" | "skipped";

/** One file of a job. With checksums it is published: whole, under this name. */
export interface FileStatus {
  /** Dated name, such as "tewiki-20260101-pages-articles.xml.bz2". */
  readonly name: string;
  /** Bytes of the published file, or else written so far while the job runs; undefined if there is neither. */
  readonly sizeBytes: number | undefined;
  /** Lower-case hex; known once the file is verified. */
  readonly md5: string | undefined;
  readonly sha1: string | undefined;
}

/** Why a job failed, for people. */
export interface JobTrouble {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface JobStatus {
  /** Name of the job, such as "articlesdump". */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** One more line, or empty. */
  readonly detail: string;
  readonly state: JobState;
  /** When the state last changed; undefined if the job never ran. */
  readonly updated: Date | undefined;
  /** Last progress line while it runs, or empty. */
  readonly progress: string;
  /** In the order in which they are listed. */
  readonly files: readonly FileStatus[];
  readonly trouble: JobTrouble | undefined;
  /** Things that were odd but did not fail the job, one line each (texts that do not match their sha1). */
  readonly notices: readonly string[];
}

/** "running" while a worker has it, "finished" when the worker left it in order, "aborted" when it was left behind. */
export type RunPhase = "running" | "finished" | "aborted";

export interface RunStatus {
  readonly wiki: string;
  /** YYYYMMDD, UTC. */
  readonly date: string;
  readonly isPrivate: boolean;
  readonly isClosed: boolean;
  readonly phase: RunPhase;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  /** Text of notice.txt (HTML allowed there by the reference; shown as text here), or empty. */
  readonly notice: string;
  /** The run before this one in date order, and whether it was finished. */
  readonly previous: { readonly date: string; readonly isComplete: boolean } | undefined;
  /** In order of execution. */
  readonly jobs: readonly JobStatus[];
}
