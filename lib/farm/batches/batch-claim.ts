/** A batch that this process has: its running file, touched by a thread, and how it ends. */
import type { Lock } from "../lock/lock.ts";
import type { Batch, BatchState } from "./batch.ts";

/** How a batch is given back. */
export type BatchOutcome = Extract<BatchState, "done" | "failed" | "aborted">;

export class BatchClaim {
  /** As it was claimed. */
  readonly batch: Batch;
  readonly #running: Lock;
  readonly #write: (outcome: BatchOutcome) => Promise<void>;

  /** Made by the list of batches, which knows how to write the outcome down. */
  constructor(batch: Batch, running: Lock, write: (outcome: BatchOutcome) => Promise<void>) {
    this.batch = batch;
    this.#running = running;
    this.#write = write;
  }

  /** Aborts when somebody took the batch away: then nothing more may be published. */
  get lost(): AbortSignal {
    return this.#running.lost;
  }

  /** Throws LockError LOST if the batch is no longer ours; asks the file system. */
  verify(): void {
    this.#running.verify();
  }

  /** Writes down what became of the batch, and lets it go. Throws LockError LOST if it is another's by now. */
  async finish(outcome: BatchOutcome): Promise<void> {
    try {
      await this.#write(outcome);
    } finally {
      // Without its running file, a batch that is still called claimed counts as aborted.
      await this.#running.release();
    }
  }
}
