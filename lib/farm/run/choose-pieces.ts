/**
 * Which pieces of a job this invocation makes: all that are not there yet, or those that a partial rerun asks for.
 *
 * What an interrupted or failed attempt published is kept. A job that was done is done anew, in the same ranges, since it was asked for. Files of
 * page ranges that are not those of the layout (of `--pageidrange`) count for the pages that they have.
 */
import type { JobDefinition, Piece } from "../jobs/job.ts";
import { outputNames } from "../jobs/job-outputs.ts";
import { rangePiece } from "../jobs/pieces.ts";
import type { JobLayout } from "../layout/job-layout.ts";
import type { PartialRerun } from "../layout/partial-options.ts";
import { partialPieces } from "../layout/partial-pieces.ts";
import type { PartRange } from "../layout/part-range.ts";
import { refuseOverlap, rerunPieces } from "../layout/rerun-pieces.ts";
import { isPublished } from "../report/file-status.ts";
import type { JobStatus } from "../report/run-status.ts";

/** What is to become of a piece: its files are there and are kept, it is to be done, or neither. */
export type PieceChoice = "keep" | "do" | "leave";

export interface ChosenPiece {
  readonly piece: Piece;
  readonly choice: PieceChoice;
}

export interface ChoiceOptions {
  readonly wiki: string;
  readonly date: string;
  readonly definition: JobDefinition;
  /** What is known of the job from before. */
  readonly earlier: JobStatus;
  readonly partial: PartialRerun | undefined;
}

/** The pieces with what is to become of them. Throws JobError LAYOUT for files that do not fit together, UsageError for a partial rerun that does not fit the run. */
export function choosePieces(pieces: readonly Piece[], options: ChoiceOptions): readonly ChosenPiece[] {
  return options.partial === undefined ? chooseAll(pieces, options) : choosePart(pieces, options.partial, options);
}

function chooseAll(pieces: readonly Piece[], options: ChoiceOptions): readonly ChosenPiece[] {
  const { earlier } = options;
  const isAnew = earlier.state === "done";
  const published = publishedNames(earlier);
  if (!hasOtherRanges(pieces, published, options)) {
    return pieces.map((piece) => ({ piece, choice: isThere(piece, published, options) && !isAnew ? "keep" : "do" }));
  }
  const { present, missing } = presentRanges(pieces, published, options);
  const all = [
    ...present.map((range) => ({ range, choice: isAnew ? "do" as const : "keep" as const })),
    ...missing.map((range) => ({ range, choice: "do" as const })),
  ].sort((a, b) => a.range.first - b.range.first);
  return all.map(({ range, choice }) => ({ piece: rangeLike(pieces, range), choice }));
}

function choosePart(
  pieces: readonly Piece[],
  partial: PartialRerun,
  options: ChoiceOptions,
): readonly ChosenPiece[] {
  const published = publishedNames(options.earlier);
  const rest = (piece: Piece): ChosenPiece => ({
    piece,
    choice: isThere(piece, published, options) ? "keep" : "leave",
  });
  const wanted = partialPieces(partial, layoutOf(pieces));
  const isWanted = (piece: Piece): boolean => wanted.some((range) => isSameRange(rangeOf(piece), range));
  const own = wanted.filter((range) => !pieces.some((piece) => isSameRange(rangeOf(piece), range)));
  if (own.length > 0) refuseOverlap(own, presentRanges(pieces, published, options).present, placeOf(options));
  const chosen = pieces.map((piece): ChosenPiece => (isWanted(piece) ? { piece, choice: "do" } : rest(piece)));
  return [...chosen, ...own.map((range): ChosenPiece => ({ piece: rangeLike(pieces, range), choice: "do" }))];
}

function publishedNames(earlier: JobStatus): ReadonlySet<string> {
  return new Set(earlier.files.filter((file) => isPublished(earlier, file)).map(({ name }) => name));
}

function isThere({ outputs }: Piece, published: ReadonlySet<string>, { wiki, date }: ChoiceOptions): boolean {
  return outputNames(outputs, wiki, date).every((name) => published.has(name));
}

/** Whether files were published that no piece of the layout has. */
function hasOtherRanges(
  pieces: readonly Piece[],
  published: ReadonlySet<string>,
  { wiki, date }: ChoiceOptions,
): boolean {
  const own = new Set(pieces.flatMap(({ outputs }) => outputNames(outputs, wiki, date)));
  return layoutOf(pieces).kind === "ranges" && [...published].some((name) => !own.has(name));
}

function presentRanges(pieces: readonly Piece[], published: ReadonlySet<string>, options: ChoiceOptions) {
  const { wiki, date } = options;
  const { dumpName, type, extension } = pieces[0]!.outputs[0]!;
  const output = { wiki, date, dumpName, type, extension };
  return rerunPieces(layoutOf(pieces), [...published], output, placeOf(options));
}

function placeOf({ wiki, definition }: ChoiceOptions): { readonly wiki: string; readonly job: string } {
  return { wiki, job: definition.name };
}

function layoutOf(pieces: readonly Piece[]): JobLayout {
  const isRanges = pieces.some(({ outputs }) => outputs.some(({ range }) => range !== undefined));
  const isParts = pieces.some(({ part }) => part !== undefined);
  return { kind: isRanges ? "ranges" : isParts ? "parts" : "whole", pieces: pieces.map(rangeOf) };
}

function rangeOf({ part, pages }: Piece): PartRange {
  return { part, first: pages?.first ?? 1, last: pages?.last ?? Infinity };
}

function isSameRange(one: PartRange, other: PartRange): boolean {
  return one.part === other.part && one.first === other.first && one.last === other.last;
}

/** A piece with other pages. */
function rangeLike(pieces: readonly Piece[], range: PartRange): Piece {
  const known = pieces.find((piece) => isSameRange(rangeOf(piece), range));
  return known ?? rangePiece(range, pieces[0]!.outputs);
}
