/**
 * What a job has still to do when some of its files are there, and whether those files belong together.
 *
 * Differs from dumps (Python): two files with the same pages, or files of other parts, are an error. The reference keeps both, and its
 * recombined file has those pages twice.
 */
import { type ExistingFile, existingFiles } from "./existing-files.ts";
import { type JobLayout, type OutputName, pieceFileName } from "./job-layout.ts";
import { type JobPlace, layoutError } from "./layout-error.ts";
import { missingRanges } from "./missing-ranges.ts";
import { describeRange, type PartRange } from "./part-range.ts";

/** The work of a rerun. */
export interface RerunPieces {
  /** What has to be made, in the order of ids. */
  readonly missing: readonly PartRange[];
  /** What is there, in the order of ids. */
  readonly present: readonly PartRange[];
}

/**
 * Looks which pieces of one output of a job are among the names in the directory of its run. Existing files need not be those of the
 * layout: one of `--pageidrange` counts for the pages that it has. With part and range, the present and the missing pieces
 * together hold every page once.
 *
 * A whole file beside parts or ranges is that of the recombine job, and does not count. Throws JobError LAYOUT for a file that
 * overlaps another one, or that this layout cannot have.
 */
export function rerunPieces(
  layout: JobLayout,
  names: readonly string[],
  output: OutputName,
  place: JobPlace,
): RerunPieces {
  const files = existingFiles(names, output);
  if (layout.kind !== "ranges") return rerunParts(layout, files, output, place);
  const done = files.filter((file) => file.isRange || file.part !== undefined).map((file) => fit(file, layout, place));
  done.sort((a, b) => a.first - b.first);
  requireNoOverlap(done, place);
  return {
    missing: missingRanges(layout.pieces, done),
    present: done.map(({ part, first, last }) => ({ part, first, last })),
  };
}

function rerunParts(
  layout: JobLayout,
  files: readonly ExistingFile[],
  output: OutputName,
  place: JobPlace,
): RerunPieces {
  const present = new Set<PartRange>();
  for (const file of files) {
    // What a recombine job made.
    if (layout.kind === "parts" && file.part === undefined && !file.isRange) continue;
    const piece = layout.pieces.find(({ part }) => part === file.part);
    if (piece === undefined || file.isRange) {
      const expected = layout.pieces.map((each) => pieceFileName(layout, each, output));
      throw foreign(file, `this run has ${listed(expected)}`, place);
    }
    present.add(piece);
  }
  return {
    missing: layout.pieces.filter((piece) => !present.has(piece)),
    present: layout.pieces.filter((piece) => present.has(piece)),
  };
}

/** The file with an end, if it lies in one part of the layout. */
function fit(file: ExistingFile, { pieces }: JobLayout, place: JobPlace): ExistingFile {
  if (!file.isRange) throw foreign(file, "this run has page ranges", place);
  const ofPart = pieces.filter(({ part }) => part === file.part);
  const first = ofPart[0]?.first ?? Infinity;
  const last = ofPart.at(-1)?.last ?? 0;
  const fitted = { ...file, last: file.last === Infinity ? last : file.last };
  if (ofPart.length === 0) throw foreign(file, "this run has no such part", place);
  if (fitted.first < first || fitted.last > last || fitted.first > fitted.last) {
    throw foreign(file, `the pages of that part are ${describeRange({ part: file.part, first, last })}`, place);
  }
  return fitted;
}

/** Throws JobError LAYOUT if two files, which are in the order of ids, have the same pages. */
function requireNoOverlap(files: readonly ExistingFile[], place: JobPlace): void {
  let before: ExistingFile | undefined;
  for (const file of files) {
    if (before !== undefined && file.first <= before.last) {
      const message = `${before.name} and ${file.name} have the same pages (${file.first}-${
        Math.min(file.last, before.last)
      })`;
      throw layoutError(message, place, "Remove the one that is not wanted, then run the job again");
    }
    before = file;
  }
}

function foreign(file: ExistingFile, why: string, place: JobPlace): Error {
  const remedy = "Remove the file, or do the job again with --cleanup, then run the jobs that come after it";
  return layoutError(`${file.name} is of another layout: ${why}`, place, remedy);
}

function listed(names: readonly string[]): string {
  return names.length <= 2 ? names.join(" and ") : `${names[0]} to ${names.at(-1)}`;
}

/**
 * Throws JobError LAYOUT if a new piece (of `--pageidrange`) has pages that a file already has, unless the piece replaces that file: the same
 * part and range.
 */
export function refuseOverlap(pieces: readonly PartRange[], present: readonly PartRange[], place: JobPlace): void {
  for (const piece of pieces) {
    const { first, last } = piece;
    const other = present.find((file) =>
      file.first <= last && file.last >= first && (file.first !== first || file.last !== last)
    );
    if (other === undefined) continue;
    const message = `Pages ${describeRange(piece)} are not made: a file has pages ${describeRange(other)}`;
    throw layoutError(message, place, "Remove that file first, or choose other pages");
  }
}
