/**
 * Work that makes published files out of published files: whole files out of pieces, 7z out of bzip2. The run drives all of it alike.
 *
 * A task reads its inputs, writes `.inprog` files, reads them back and checks them; they get their names when the run says so. Whatever
 * fails before leaves nothing behind.
 */
import type { FinishedOutput } from "../dump-output.ts";
import type { PieceFiles } from "../job.ts";

/** How far a task has come: stored bytes of its inputs, of which a task may read some twice. */
export interface FileTaskProgress {
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

/** What a task is given to do its work. */
export interface FileTaskContext {
  /** Ends the work, and every program that it started. */
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: FileTaskProgress) => void) | undefined;
  /** Odd things that do no harm, one line each. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface FileTask {
  /** Paths of the files that it reads, in the order of their pages. */
  readonly inputs: readonly string[];
  /** Names of the files that it makes, without directory. */
  readonly outputs: readonly string[];
  /**
   * Does the work, and gives the files, verified and not yet published. Can be called again after a failure. Throws SourceError
   * (UNFIT: an input is not what it should be), CommandError.
   */
  run(context: FileTaskContext): Promise<PieceFiles>;
}

/** A file that is verified and has its provisional name. */
export interface UnpublishedFile {
  publish(): Promise<void>;
  /** Removes what is not published; can be called twice. */
  discard(): Promise<void>;
}

/** Files that belong together. */
export function filesTogether(files: readonly (UnpublishedFile & { readonly finished: FinishedOutput })[]): PieceFiles {
  return {
    files: files.map(({ finished }) => finished),
    publish: async () => {
      for (const file of files) await file.publish();
    },
    discard: async () => {
      for (const file of files) await file.discard();
    },
  };
}
