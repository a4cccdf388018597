/**
 * The files that are put together to a whole one, and whether they fit by their names.
 *
 *     …-pages-meta-history1.xml-p1p62.bz2  …1.xml-p63p70.bz2  …2.xml-p71p122.bz2     ranges: each begins where the one before ends
 *     …-stub-articles1.xml.gz  …-stub-articles2.xml.gz                              parts: 1, 2, 3 …
 */
import { parseDumpFileName } from "../../../dump/file-name.ts";
import type { PageRange } from "../../../dump/pages/page-range.ts";
import { unfitError } from "./unfit-error.ts";

export interface Piece {
  readonly path: string;
  /** Name without directory. */
  readonly name: string;
  readonly part: number | undefined;
  /** Page ids that it may hold. */
  readonly range: PageRange | undefined;
}

/** The pieces that the paths name. Throws SourceError UNFIT when one is missing, overlaps another, or is out of order. */
export function piecesOf(paths: readonly string[]): readonly Piece[] {
  if (paths.length === 0) throw new RangeError("A whole file is made of at least one piece");
  const pieces = paths.map(pieceOf);
  for (const [index, piece] of pieces.entries()) {
    const before = pieces[index - 1];
    if (before !== undefined) requireNext(before, piece);
    else if (piece.range === undefined && piece.part !== undefined && piece.part !== 1) {
      throw unfitError(piece.path, `it is part ${piece.part}, and parts 1 to ${piece.part - 1} are missing`);
    }
  }
  return pieces;
}

/** What the name of a file says. */
export function pieceOf(path: string): Piece {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const parsed = parseDumpFileName(name);
  return { path, name, part: parsed?.part, range: parsed?.range };
}

function requireNext(before: Piece, piece: Piece): void {
  if ((before.range === undefined) !== (piece.range === undefined)) {
    throw unfitError(piece.path, `of it and ${before.name} only one states a range of pages`);
  }
  if (before.range !== undefined && piece.range !== undefined) {
    if (piece.range.first <= before.range.last) {
      throw unfitError(piece.path, `its pages overlap those of ${before.name}, or come before them`);
    }
    if (piece.range.first > before.range.last + 1) {
      const gap = `${before.range.last + 1} to ${piece.range.first - 1}`;
      throw unfitError(piece.path, `between it and ${before.name}, pages ${gap} are missing`);
    }
  } else if (before.part !== undefined && piece.part !== undefined && piece.part !== before.part + 1) {
    throw unfitError(piece.path, `it is part ${piece.part}, but comes after part ${before.part}`);
  }
}
