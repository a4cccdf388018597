/** The names of the pieces of a dump: those that a farm gives to page ranges. */

/** What the name of a dump is made of, as far as its pieces care. */
export interface SplitName {
  /** Up to the range: "tewiki-20260101-pages-articles.xml". */
  readonly stem: string;
  /** The pages that the file is said to hold. */
  readonly range: { readonly first: number; readonly last: number } | undefined;
}

const EXTENSION = /\.(?:bz2|gz|7z|xz|zst)$/;
const RANGE = /-p(\d+)p(\d+)$/;

/** Takes the name of a dump file apart; directories are no part of it. */
export function parseSplitName(fileName: string): SplitName {
  const plain = fileName.replace(EXTENSION, "");
  const range = RANGE.exec(plain);
  // A piece is one stream, whatever the dump was.
  const stem = plain.replace(RANGE, "").replace(/-multistream(?=\d*\.xml$)/, "");
  return { stem, range: range === null ? undefined : { first: Number(range[1]), last: Number(range[2]) } };
}

/**
 * The name of the piece with these pages: "tewiki-20260101-pages-articles.xml-p1p41242.bz2".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pieceName } from "./split-name.ts";
 *
 * const name = { stem: "tewiki-20260101-pages-articles.xml", range: undefined };
 * assert.equal(pieceName(name, { first: 1, last: 9 }, "bz2"), "tewiki-20260101-pages-articles.xml-p1p9.bz2");
 * ```
 */
export function pieceName(
  name: SplitName,
  range: { readonly first: number; readonly last: number },
  extension: string,
): string {
  return `${name.stem}-p${range.first}p${range.last}${extension === "" ? "" : `.${extension}`}`;
}

/**
 * The ranges that pieces are named by: they touch, as those of a farm do. Each ends right before the next one begins; the first
 * begins, and the last ends, with that of the whole file, or with the pages that are there.
 */
export function tilingRanges(
  pieces: readonly { readonly firstPageId: number }[],
  whole: { readonly first: number; readonly last: number },
): { first: number; last: number }[] {
  return pieces.map(({ firstPageId }, i) => ({
    first: i === 0 ? Math.min(whole.first, firstPageId) : firstPageId,
    last: i + 1 < pieces.length ? pieces[i + 1]!.firstPageId - 1 : whole.last,
  }));
}
