/**
 * How the files of a run are cut: into parts, and those into page ranges; and the pieces of jobs that follow from it.
 */
import { type PartRange, WHOLE } from "../layout/part-range.ts";
import type { PlannedRanges, RangeSet } from "../layout/plan-ranges.ts";
import type { OutputSpec, Piece } from "./job.ts";

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

/** One piece: the whole. */
export function wholePiece(outputs: readonly OutputSpec[]): readonly Piece[] {
  return [{ outputs }];
}

/** A piece for each part, or the whole where there are none. */
export function partPieces(parts: readonly PartRange[], outputs: readonly OutputSpec[]): readonly Piece[] {
  if (parts.every(({ part }) => part === undefined)) return wholePiece(outputs);
  return parts.map((part) => partPiece(part, outputs));
}

/** The piece of a part. */
function partPiece({ part, first, last }: PartRange, outputs: readonly OutputSpec[]): Piece {
  return { part, pages: { first, last }, outputs: outputs.map((output) => ({ ...output, part })) };
}

/** The piece of a page range. */
export function rangePiece({ part, first, last }: PartRange, outputs: readonly OutputSpec[]): Piece {
  const range = { first, last };
  return { part, pages: range, outputs: outputs.map((output) => ({ ...output, part, range })) };
}

/** A piece for each page range, or part, or the whole: as the layout is. */
export function rangePieces(
  layout: RunLayout,
  set: RangeSet,
  outputs: readonly OutputSpec[],
): readonly Piece[] | undefined {
  if (layout.ranges === "none") return partPieces(layout.parts, outputs);
  if (layout.ranges === "known only later") return undefined;
  return layout.ranges[set].map((range) => rangePiece(range, outputs));
}
