/** A batch of a job: consecutive page ranges that one worker does, one after another, and who has it. */
import type { PageRange } from "../../dump/pages/page-range.ts";
import type { LockHolder } from "../lock/lock-content.ts";

export const BATCH_STATES = ["unclaimed", "claimed", "aborted", "done", "failed"] as const;

/** "aborted": its worker gave it back, or is gone. "failed": it was tried, and something in it could not be done. */
export type BatchState = (typeof BATCH_STATES)[number];

export interface Batch {
  readonly state: BatchState;
  /** Who has it, or had it last. */
  readonly owner: LockHolder | undefined;
  /** YYYYMMDDHHMMSS, UTC. */
  readonly firstClaimed: string | undefined;
  /** YYYYMMDDHHMMSS, UTC. */
  readonly completed: string | undefined;
  /** How often it was claimed. */
  readonly runs: number;
  /** From the first page of its first range to the last page of its last one. */
  readonly range: PageRange;
}

/** A batch that nobody has had. */
export function newBatch(range: PageRange): Batch {
  return { state: "unclaimed", owner: undefined, firstClaimed: undefined, completed: undefined, runs: 0, range };
}

/** Whether any worker may claim it. */
export function isFree({ state }: Batch): boolean {
  return state === "unclaimed" || state === "aborted";
}

/** Such as "12 batches: 7 done, 3 claimed, 2 unclaimed". */
export function describeBatches(batches: readonly Batch[]): string {
  const counts = BATCH_STATES.toReversed().flatMap((state) => {
    const count = batches.filter((batch) => batch.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  return `${batches.length} ${batches.length === 1 ? "batch" : "batches"}: ${counts.join(", ")}`;
}
