/**
 * What can be done next: a piece of a task job, or all pieces that one reading can feed.
 *
 * Jobs come in the order of the catalogue. A job is ready when what it needs is done, or is done with it in the same reading.
 */
import type { ReadingJob } from "../jobs/job.ts";
import type { Reading, WikiSource } from "../source/source.ts";
import type { TrackedJob, TrackedPiece } from "./tracked-job.ts";
import type { UnitOptions } from "./unit-options.ts";

/** A batch of a job that other workers do, too. */
export interface SharedUnit {
  readonly kind: "shared";
  readonly pieces: readonly TrackedPiece[];
  /** Throws only what must end the whole run. */
  readonly work: (options: UnitOptions) => Promise<void>;
}

/** Pieces that one reading feeds, one piece of a task job, or a batch. */
export type Unit =
  | SharedUnit
  | { readonly kind: "reading"; readonly reading: Reading; readonly pieces: readonly TrackedPiece[] }
  | { readonly kind: "task"; readonly pieces: readonly [TrackedPiece] };

export interface UnitChoice {
  /** Jobs that are to be done, in their order. */
  readonly jobs: readonly TrackedJob[];
  readonly source: WikiSource;
  readonly isDone: (job: string) => boolean;
  /** Readings that are going on; each feeds its consumers from the start, so nobody can join. */
  readonly activeReadings: ReadonlySet<Reading>;
  /** Most pieces of a job at a time; undefined for any number. */
  readonly limitOf: (job: string) => number | undefined;
  /** Says which job is shared with other workers, if any, and what is to be done of it. */
  readonly shared?: {
    has(job: TrackedJob): boolean;
    next(limit: number | undefined): SharedUnit | undefined;
  } | undefined;
}

/** The next unit, or undefined when nothing can begin now. */
export function nextUnit(choice: UnitChoice): Unit | undefined {
  for (const job of choice.jobs) {
    const unit = nextOf(job, choice);
    if (unit !== undefined) return unit;
  }
  return undefined;
}

function nextOf(job: TrackedJob, choice: UnitChoice): Unit | undefined {
  const { definition, name } = job;
  if (choice.shared?.has(job) === true) return choice.shared.next(choice.limitOf(name));
  return definition.kind === "task" ? nextTask(job, choice) : nextReading(job, definition, choice);
}

function nextTask(job: TrackedJob, choice: UnitChoice): Unit | undefined {
  if (!job.definition.prerequisites.every(choice.isDone) || isFull(job, choice)) return undefined;
  const piece = job.pieces?.find(isPending);
  return piece === undefined ? undefined : { kind: "task", pieces: [piece] };
}

function nextReading(job: TrackedJob, definition: ReadingJob, choice: UnitChoice): Unit | undefined {
  if (isFull(job, choice)) return undefined;
  for (const piece of job.pieces?.filter(isPending) ?? []) {
    const reading = choice.source.reading({ kind: definition.needs, part: piece.piece.part });
    if (choice.activeReadings.has(reading)) continue;
    const pieces = piecesFedBy(reading, choice);
    if (pieces.includes(piece)) return { kind: "reading", reading, pieces };
  }
  return undefined;
}

/** All pieces that are waiting for this reading and whose jobs are ready, or ready with those before them. */
function piecesFedBy(reading: Reading, { jobs, source, isDone, shared }: UnitChoice): readonly TrackedPiece[] {
  const fed: TrackedPiece[] = [];
  for (const job of jobs) {
    const { definition } = job;
    if (definition.kind !== "reading" || shared?.has(job) === true) continue;
    const isWith = (name: string): boolean => fed.some((piece) => piece.job.name === name);
    if (!definition.prerequisites.every((name) => isDone(name) || isWith(name))) continue;
    const own = job.pieces?.filter((piece) =>
      isPending(piece) && source.reading({ kind: definition.needs, part: piece.piece.part }) === reading
    );
    fed.push(...own ?? []);
  }
  return fed;
}

function isPending({ state }: TrackedPiece): boolean {
  return state === "pending";
}

function isFull(job: TrackedJob, { limitOf }: UnitChoice): boolean {
  return job.activeCount >= (limitOf(job.name) ?? Infinity);
}
