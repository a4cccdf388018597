/** Which pieces of a job a partial rerun makes, once its layout is known. */
import { UsageError } from "../../errors.ts";
import type { JobLayout } from "./job-layout.ts";
import { describeRange, type PartRange } from "./part-range.ts";
import type { PartialRerun } from "./partial-options.ts";

/**
 * The pieces that are meant, in the order of ids. `layout` has the pieces of the run: those that are planned, and for `--checkpoint` also
 * those that are there under other ranges. None if nothing comes after a file.
 *
 * Throws UsageError for a part, a file or pages that the run does not have.
 */
export function partialPieces(rerun: PartialRerun, layout: JobLayout): readonly PartRange[] {
  switch (rerun.kind) {
    case "part":
      return piecesOfPart(layout, rerun.part, "partnum");
    case "file":
      return [pieceOfFile(rerun, layout)];
    case "after":
      return piecesAfter(rerun, layout);
    case "pages":
      return piecesWith(rerun, layout);
  }
}

type OfKind<Kind> = Extract<PartialRerun, { readonly kind: Kind }>;
type FileRerun = Extract<PartialRerun, { readonly fileName: string }>;

function piecesOfPart({ pieces }: JobLayout, part: number | undefined, option: string): readonly PartRange[] {
  const found = pieces.filter((piece) => piece.part === part);
  if (found.length > 0) return found;
  const last = pieces.at(-1)?.part;
  if (last === undefined) {
    throw usage(
      option,
      `--${option}: this run has no parts, so no part ${part}`,
      "Run the whole job, or set chunksEnabled for the next date",
    );
  }
  throw usage(
    option,
    `--${option}: this run has no ${part === undefined ? "files without a part" : `part ${part}`}`,
    `Its parts are 1 to ${last}`,
  );
}

function pieceOfFile({ fileName, part, range }: FileRerun, layout: JobLayout): PartRange {
  const isRanges = layout.kind === "ranges";
  const piece = layout.pieces.find((each) =>
    each.part === part &&
    (range === undefined ? !isRanges : isRanges && each.first === range.first && each.last === range.last)
  );
  if (piece === undefined) throw unknownFile("checkpoint", fileName, layout);
  return piece;
}

/** The rest of the part; a piece that the file ends in is taken from there on. */
function piecesAfter({ fileName, part, range }: FileRerun, layout: JobLayout): readonly PartRange[] {
  const pieces = layout.kind === "ranges" ? layout.pieces.filter((piece) => piece.part === part) : [];
  const [first, last] = [pieces[0]?.first ?? Infinity, pieces.at(-1)?.last ?? 0];
  if (range!.first < first || range!.last > last) throw unknownFile("aftercheckpoint", fileName, layout);
  const next = range!.last + 1;
  return pieces.filter((piece) => piece.last >= next).map((piece) => ({
    ...piece,
    first: Math.max(piece.first, next),
  }));
}

/** The pages as one range of each part that they lie in. */
function piecesWith({ part, first, last }: OfKind<"pages">, layout: JobLayout): readonly PartRange[] {
  if (layout.kind !== "ranges") {
    throw usage(
      "pageidrange",
      "--pageidrange: this run has no page ranges",
      "Use --partnum, or set checkpointTime for the next date",
    );
  }
  const within = part === undefined ? layout.pieces : piecesOfPart(layout, part, "partnum");
  const parts: PartRange[] = [];
  for (const piece of within) {
    const before = parts.at(-1);
    if (before !== undefined && before.part === piece.part) {
      parts[parts.length - 1] = { ...before, last: piece.last };
    } else parts.push(piece);
  }
  const [from, to] = [parts[0]!.first, parts.at(-1)!.last];
  if (first < from || (last !== Infinity && last > to) || first > to) {
    const whose = part === undefined ? "this run" : `part ${part}`;
    throw usage(
      "pageidrange",
      `--pageidrange: pages ${describeRange({ part: undefined, first, last })} are not all in ${whose}`,
      `Its pages are ${from} to ${to}`,
    );
  }
  return parts.filter((each) => each.first <= last && each.last >= first)
    .map((each) => ({ ...each, first: Math.max(each.first, first), last: Math.min(each.last, last) }));
}

function unknownFile(option: string, fileName: string, layout: JobLayout): UsageError {
  const some = layout.pieces.slice(0, 5).map(describeRange).join(", ");
  const what = layout.kind === "ranges"
    ? `pages ${some}${layout.pieces.length > 5 ? ", …" : ""}`
    : `${layout.pieces.length} whole parts`;
  return usage(option, `--${option}: this run makes no file ${fileName}`, `Its files have ${what}`);
}

function usage(option: string, message: string, remedy: string): UsageError {
  return new UsageError(message, { option, remedy });
}
