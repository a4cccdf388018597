/**
 * Work that makes published files out of published files: whole files out of pieces, 7z out of bzip2. The run drives all of it alike.
 *
 * A task reads its inputs, writes `.inprog` files, reads them back and checks them; only then, and when `beforePublish` has no objection,
 * they get their names, all of them or none. Whatever happens before leaves nothing behind.
 */
import type { FinishedOutput } from "../dump-output.ts";

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
  /** Called when everything is verified and nothing is published: throws if it may not be (the lock was lost). */
  readonly beforePublish?: (() => Promise<void> | void) | undefined;
}

export interface FileTask {
  /** Paths of the files that it reads, in the order of their pages. */
  readonly inputs: readonly string[];
  /** Names of the files that it makes, without directory. */
  readonly outputs: readonly string[];
  /** Does the work. Can be called again after a failure. Throws SourceError (UNFIT: an input is not what it should be), CommandError. */
  run(context: FileTaskContext): Promise<readonly FinishedOutput[]>;
}

/** A file that is verified and has its provisional name. */
export interface UnpublishedFile {
  publish(): Promise<void>;
  /** Removes what is not published; can be called twice. */
  discard(): Promise<void>;
}

/** Publishes files that are verified: all, or, if there is an objection, none. */
export async function publishAll(files: readonly UnpublishedFile[], context: FileTaskContext): Promise<void> {
  context.signal.throwIfAborted();
  await context.beforePublish?.();
  for (const file of files) await file.publish();
}
