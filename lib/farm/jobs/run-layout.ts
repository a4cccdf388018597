/**
 * How the files of a run are cut: into parts, and those into page ranges; and the pieces of jobs that follow from it.
 */
import type { PageRange } from "../../dump/pages/page-range.ts";
import type { OutputSpec, Piece } from "./job.ts";

/** A numbered part: ids from `first` to `last`, both included; the last part has no end (Infinity). */
export interface NumberedPart extends PageRange {
  /** From 1. */
  readonly number: number;
}

/** The dumps that have page ranges of their own. */
export type RangedDump = "articles" | "meta-current" | "meta-history";

/** One page range file: its part, and the pages in it. */
export interface RangeOfPart extends PageRange {
  readonly part: number;
}

export interface RunLayout {
  /** Empty when the wiki is dumped as a whole. */
  readonly parts: readonly NumberedPart[];
  /** Parts of the log, by log ids. Empty for one file. */
  readonly logParts: readonly NumberedPart[];
  /** "known only later": content comes in page ranges, which follow from the stubs. */
  readonly ranges: "none" | "known only later" | Readonly<Record<RangedDump, readonly RangeOfPart[]>>;
}

/** A wiki in one piece. */
export const WHOLE_LAYOUT: RunLayout = { parts: [], logParts: [], ranges: "none" };

/** One piece: the whole. */
export function wholePiece(outputs: readonly OutputSpec[]): readonly Piece[] {
  return [{ outputs }];
}

/** A piece for each part, or the whole where there are none. */
export function partPieces(parts: readonly NumberedPart[], outputs: readonly OutputSpec[]): readonly Piece[] {
  if (parts.length === 0) return wholePiece(outputs);
  return parts.map(({ number, first, last }) => ({
    part: number,
    pages: { first, last },
    outputs: outputs.map((output) => ({ ...output, part: number })),
  }));
}

/** A piece for each page range, or part, or the whole: as the layout is. */
export function rangePieces(
  layout: RunLayout,
  dump: RangedDump,
  outputs: readonly OutputSpec[],
): readonly Piece[] | undefined {
  if (layout.parts.length === 0) return wholePiece(outputs);
  if (layout.ranges === "none") return partPieces(layout.parts, outputs);
  if (layout.ranges === "known only later") return undefined;
  return layout.ranges[dump].map(({ part, first, last }) => ({
    part,
    pages: { first, last },
    outputs: outputs.map((output) => ({ ...output, part, range: { first, last } })),
  }));
}
