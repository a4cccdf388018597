/**
 * A stretch of ids that one file of a job holds: page ids, or ids of log items.
 *
 * Everything in this folder counts both ends in; `last` is Infinity where a part has no end of its own.
 */
import type { PageRange } from "../../dump/pages/page-range.ts";

/** Ids from `first` to `last`, both included, in one part of a job. */
export interface PartRange extends PageRange {
  /** Number of the part, from 1; undefined where the job has no parts. */
  readonly part: number | undefined;
}

/** All ids, in no part. */
export const WHOLE: PartRange = { part: undefined, first: 1, last: Infinity };

/** The parts up to the last id there is: those that begin after it are left out, the last one ends there. */
export function clipParts(parts: readonly PartRange[], lastId: number): PartRange[] {
  return parts.filter(({ first }) => first <= lastId).map((part) => ({ ...part, last: Math.min(part.last, lastId) }));
}

/** "71-154 of part 2", for messages. */
export function describeRange({ part, first, last }: PartRange): string {
  const ids = last === Infinity ? `${first} and up` : `${first}-${last}`;
  return part === undefined ? ids : `${ids} of part ${part}`;
}
