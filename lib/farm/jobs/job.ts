/**
 * What a job is: its name, what it needs, the pieces that it consists of, and the work that makes one of them.
 *
 * A piece is what is done or not done as one: the whole, a part, a page range, a table. There are two kinds of work. A *reading job*
 * takes the events of a reading of the wiki's source, together with others (`running-piece.ts`). A *task job* does a piece by itself: it
 * copies a table, packs a file anew, puts parts together. Opening, verifying and publishing the files is alike for all.
 */
import type { PageRange } from "../../dump/pages/page-range.ts";
import type { WikiSettings } from "../config/schema.ts";
import type { ReadingKind, RevisionChoice, SourceConsumer, WikiSource } from "../source/source.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import type { CompressionTools } from "./compression.ts";
import type { DumpOutput, FinishedOutput } from "./dump-output.ts";
import type { RunLayout } from "./run-layout.ts";
import type { VerifyLevel } from "./read-back.ts";

/** One file that a job writes. */
export interface OutputSpec {
  /** Such as "stub-meta-history". */
  readonly dumpName: string;
  readonly type?: "xml" | "json" | "txt" | "sql";
  readonly extension: "bz2" | "gz" | "7z";
  readonly part?: number | undefined;
  readonly range?: PageRange;
  /** Written as several compressed streams that the job ends itself; such a file is never made by a native command. */
  readonly isMultistream?: true;
  /** Root element of an XML file; "mediawiki" without it. */
  readonly root?: string;
}

/** What a job does at a time, with files of its own. */
export interface Piece {
  /** Number of the part; undefined for a piece of the whole wiki. */
  readonly part?: number | undefined;
  /** The pages (or log ids) that go in; all of the part without it. */
  readonly pages?: PageRange;
  readonly outputs: readonly OutputSpec[];
}

/** One job at work on one reading, for one piece. */
export interface JobWork extends SourceConsumer {
  /** After the last event: writes what is left. */
  finish(): Promise<void>;
  /** Lets go of scratch files; called on every way out. */
  dispose?(): Promise<void>;
  /** Revisions written whose text is not what the source states. */
  readonly faults?: readonly string[];
  readonly faultCount?: number;
}

/** What the work of a reading job is given. */
export interface JobContext {
  readonly wiki: string;
  /** Scratch directory of this run; exists. */
  readonly tempDirectory: string;
  /** The piece's output files, open, in the order of its `outputs`. */
  readonly outputs: readonly DumpOutput[];
}

/** A published file of a job of this run. */
export interface PublishedFile {
  readonly spec: OutputSpec;
  readonly path: string;
}

/** What the work of a task job is given. */
export interface TaskContext {
  readonly wiki: string;
  /** YYYYMMDD. */
  readonly date: string;
  readonly piece: Piece;
  readonly source: WikiSource;
  readonly settings: WikiSettings;
  /** Where the files of the run go. */
  readonly directory: string;
  /** Scratch directory of this run; exists. */
  readonly tempDirectory: string;
  readonly tools: CompressionTools;
  readonly verify: VerifyLevel;
  /** Threads that pack and unpack bzip2; undefined for none beside this one. */
  readonly pool: WorkerPool | undefined;
  /** The files of another job of this run, piece by piece. */
  readonly filesOf: (job: string) => readonly PublishedFile[];
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Something odd that did no harm, one line: shown with the job. */
  readonly onNotice: (line: string) => void;
}

/** The files of a piece: whole and verified, not yet published. */
export interface PieceFiles {
  readonly files: readonly FinishedOutput[];
  /** Gives every file its final name. */
  publish(): Promise<void>;
  /** Removes what is not published; can be called on every way out. */
  discard(): Promise<void>;
}

interface JobBasics {
  /** As in `--job`, such as "articlesdump". */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  readonly detail: string;
  /** Jobs that must be done, or be done in the same reading. */
  readonly prerequisites: readonly string[];
  /** The pieces in a run of this layout; undefined while it is not known yet. */
  pieces(layout: RunLayout): readonly Piece[] | undefined;
}

export interface ReadingJob extends JobBasics {
  readonly kind: "reading";
  readonly needs: ReadingKind;
  /** "current" when it looks at no other revisions than `page-end.latest`. */
  readonly revisions: RevisionChoice;
  start(context: JobContext): JobWork;
}

export interface TaskJob extends JobBasics {
  readonly kind: "task";
  run(context: TaskContext): Promise<PieceFiles>;
}

export type JobDefinition = ReadingJob | TaskJob;
