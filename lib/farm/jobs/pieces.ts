/** The pieces of jobs that follow from how a run is cut. */
import type { PartRange } from "../layout/part-range.ts";
import type { RangeSet } from "../layout/plan-ranges.ts";
import type { OutputSpec, Piece } from "./job.ts";
import type { RunLayout } from "./run-layout.ts";

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
