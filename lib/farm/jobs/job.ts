/**
 * What a job is: its name, what it needs from the wiki's source, what it writes, and the work that turns one into the other.
 *
 * A job's work takes the events of a reading and writes to its outputs; opening, verifying and publishing the files is done
 * for all jobs alike by `job-outputs.ts`.
 */
import type { ReadingKind, SourceConsumer } from "../source/source.ts";
import type { DumpOutput } from "./dump-output.ts";

/** One file that a job writes. */
export interface OutputSpec {
  /** Such as "stub-meta-history". */
  readonly dumpName: string;
  readonly type?: "xml" | "json" | "txt";
  readonly extension: "bz2" | "gz";
  /** Written as several compressed streams that the job ends itself; such a file is never made by a native command. */
  readonly isMultistream?: true;
}

/** What a job's work is given. */
export interface JobContext {
  readonly wiki: string;
  /** Scratch directory of this run; exists. */
  readonly tempDirectory: string;
  /** The job's output files, open, in the order of its `outputs`. */
  readonly outputs: readonly DumpOutput[];
}

/** One job at work on one reading. */
export interface JobWork extends SourceConsumer {
  /** After the last event: writes what is left. */
  finish(): Promise<void>;
  /** Lets go of scratch files; called on every way out. */
  dispose?(): Promise<void>;
  /** Revisions written whose text is not what the source states. */
  readonly faults?: readonly string[];
  readonly faultCount?: number;
}

export interface JobDefinition {
  /** As in `--job`, such as "articlesdump". */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  readonly detail: string;
  readonly needs: ReadingKind;
  /** Jobs that must be done, or be done in the same reading. */
  readonly prerequisites: readonly string[];
  readonly outputs: readonly OutputSpec[];
  start(context: JobContext): JobWork;
}
