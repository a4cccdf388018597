/**
 * Ranges of page ids: "1000-2000", "5", "10-", and lists of them.
 *
 * Used by everything that takes some pages out of a dump.
 */
import { UsageError } from "../../errors.ts";

/** Page ids from `first` to `last`, both included; `last` is Infinity in a range without end. */
export interface PageRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads ranges as people write them: "1000-2000", "5", "10-", "-20", several with commas. Throws UsageError.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parsePageRanges } from "wikidump";
 *
 * assert.deepEqual(parsePageRanges("7,10-20"), [{ first: 7, last: 7 }, { first: 10, last: 20 }]);
 * assert.deepEqual(parsePageRanges("10-"), [{ first: 10, last: Infinity }]);
 * ```
 */
export function parsePageRanges(text: string): PageRange[] {
  return text.split(",").map((part) => parsePageRange(part.trim()));
}

function parsePageRange(text: string): PageRange {
  const match = /^(\d+)$|^(\d*)-(\d*)$/.exec(text);
  if (match === null || text === "-") {
    throw rangeError(text, "expected a page id such as 5, or a range such as 10-20 or 10-");
  }
  const [, single, from = "", to = ""] = match;
  const first = Number(single ?? (from === "" ? "1" : from));
  const last = Number(single ?? (to === "" ? "Infinity" : to));
  if (!isId(first) || !(isId(last) || last === Infinity)) throw rangeError(text, "a page id this big cannot exist");
  if (last < first) throw rangeError(text, "the first page id is bigger than the last one");
  return { first, last };
}

function isId(id: number): boolean {
  return Number.isSafeInteger(id);
}

function rangeError(text: string, why: string): UsageError {
  return new UsageError(`Not a page range: ${JSON.stringify(text)}: ${why}`, { option: "RANGE" });
}

/** A range as text, the way `parsePageRanges` takes it. */
export function formatPageRange(range: PageRange): string {
  if (range.first === range.last) return String(range.first);
  return `${range.first}-${range.last === Infinity ? "" : range.last}`;
}

/** The same ids as few ranges in ascending order that neither overlap nor touch. */
export function mergePageRanges(ranges: readonly PageRange[]): PageRange[] {
  const merged: { first: number; last: number }[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const previous = merged.at(-1);
    if (previous !== undefined && range.first <= previous.last + 1) previous.last = Math.max(previous.last, range.last);
    else merged.push({ ...range });
  }
  return merged;
}

/** Whether an id is in one of the ranges. */
export function isInPageRanges(ranges: readonly PageRange[], pageId: number): boolean {
  return ranges.some((range) => range.first <= pageId && pageId <= range.last);
}
