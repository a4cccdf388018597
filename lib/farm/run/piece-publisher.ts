/**
 * Publishes the files of a piece: only while the lock is ours, and never so that a list names a file that is not there.
 */
import type { Lock } from "../lock/lock.ts";
import type { PieceFiles } from "../jobs/job.ts";
import { absentFile, isPublished } from "../report/file-status.ts";
import type { RunState } from "./run-state.ts";
import type { TrackedPiece } from "./tracked-job.ts";

export interface PublisherOptions {
  readonly state: RunState;
  readonly lock: Pick<Lock, "verify">;
  readonly signal: AbortSignal;
  /** Called before files take the place of what an earlier attempt published; when it is done, no list names that. */
  readonly onPublishing: () => Promise<void>;
}

/** Gives the files their names, and tells the state. Throws when the run is over or its lock is lost. */
export async function publishPiece(
  tracked: TrackedPiece,
  pieceFiles: PieceFiles,
  { state, lock, signal, onPublishing }: PublisherOptions,
): Promise<void> {
  const { job } = tracked;
  const names = pieceFiles.files.map(({ name }) => name);
  signal.throwIfAborted();
  lock.verify();
  const known = state.job(job.name);
  if (known.files.some((file) => names.includes(file.name) && isPublished(known, file))) {
    job.show(names.map(absentFile));
    state.changeJob(job.name, { files: job.files });
    await onPublishing();
    lock.verify();
  }
  await pieceFiles.publish();
  job.finishPiece(tracked, pieceFiles.files);
  state.changeJob(job.name, { files: job.files });
}
