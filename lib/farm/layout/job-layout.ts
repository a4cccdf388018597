/**
 * The files that a job has: one whole, one for each part, or one for each page range.
 *
 *     whole    tewiki-20260101-pages-articles.xml.bz2
 *     parts    tewiki-20260101-pages-articles1.xml.bz2, …2.xml.bz2
 *     ranges   tewiki-20260101-pages-articles1.xml-p1p70.bz2, …2.xml-p71p154.bz2
 */
import { type DumpFileName, formatDumpFileName } from "../../dump/file-name.ts";
import type { PartRange } from "./part-range.ts";

/** The pieces of a job: each has a file for every output of the job, and they can be made in any order. */
export interface JobLayout {
  readonly kind: "whole" | "parts" | "ranges";
  readonly pieces: readonly PartRange[];
}

/** An output of a job: what its files have in common. */
export type OutputName = Omit<DumpFileName, "part" | "range">;

/** The layout of a job that has these parts, and these page ranges in them, if any. */
export function jobLayout(parts: readonly PartRange[], ranges?: readonly PartRange[]): JobLayout {
  if (ranges !== undefined) return { kind: "ranges", pieces: ranges };
  return { kind: parts.some(({ part }) => part !== undefined) ? "parts" : "whole", pieces: parts };
}

/** The name of a piece's file. */
export function pieceFileName(layout: JobLayout, piece: PartRange, output: OutputName): string {
  const { part, first, last } = piece;
  return formatDumpFileName({ ...output, part, range: layout.kind === "ranges" ? { first, last } : undefined });
}
