/**
 * How the files of a run are cut: into parts, and those into page ranges.
 */
import { type PartRange, WHOLE } from "../layout/part-range.ts";
import type { PlannedRanges } from "../layout/plan-ranges.ts";

export interface RunLayout {
  /** One without a number when the wiki is dumped as a whole. */
  readonly parts: readonly PartRange[];
  /** Parts of the log, by log ids. */
  readonly logParts: readonly PartRange[];
  /** "known only later": content comes in page ranges, which follow from the stubs. */
  readonly ranges: "none" | "known only later" | PlannedRanges;
  /** Which parts are also put together to whole files. */
  readonly recombines: { readonly history: boolean; readonly metaCurrent: boolean };
}

/** A wiki in one piece. */
export const WHOLE_LAYOUT: RunLayout = {
  parts: [WHOLE],
  logParts: [WHOLE],
  ranges: "none",
  recombines: { history: false, metaCurrent: false },
};

/** Whether files are cut at all. */
export function isInParts({ parts }: RunLayout): boolean {
  return parts.some(({ part }) => part !== undefined);
}
