/**
 * `pagerangeinfo.json`: the page ranges of a run, so that a rerun makes the files that it would have made before.
 *
 *     {"meta-history": [["1", "62", "1"], ["63", "70", "1"]]}       first page, last page, part; "0" where there are no parts
 */
import { replaceFile } from "../../host/replace-file.ts";
import { readSmallFile } from "../../host/small-file.ts";
import { type JobPlace, layoutError } from "./layout-error.ts";
import type { PartRange } from "./part-range.ts";
import type { RangeSet } from "./plan-ranges.ts";
import { tilingFault } from "./tiling.ts";

/** Ranges by set; those of a file may leave sets out, and have others. */
export type RangeInfo = Readonly<Record<string, readonly PartRange[]>>;

/** Name of the file in the directory of a run. */
export const PAGE_RANGE_INFO_NAME = "pagerangeinfo.json";

/** The content of the file, with the sets in the order of their names. */
export function renderPageRangeInfo(info: RangeInfo): string {
  const sets = Object.keys(info).sort().map((set) => {
    const ranges = info[set]!.map(({ part, first, last }) => JSON.stringify([first, last, part ?? 0].map(String)));
    return `${JSON.stringify(set)}: [${ranges.join(", ").replaceAll('","', '", "')}]`;
  });
  return `{${sets.join(", ")}}\n`;
}

/** Reads the content of the file. Throws JobError LAYOUT, also if the ranges of one set do not follow each other. */
export function parsePageRangeInfo(text: string, place: JobPlace): RangeInfo {
  const root = parseJson(text);
  if (typeof root !== "object" || root === null || Array.isArray(root)) {
    throw broken("it is no JSON object with lists of ranges", place);
  }
  const info: Record<string, readonly PartRange[]> = {};
  for (const [set, rows] of Object.entries(root)) {
    if (!Array.isArray(rows)) throw broken(`${set} is no list`, place);
    info[set] = rows.map((row: unknown) => parseRow(row, set, place));
  }
  return info;
}

/** The ranges of a run that were planned before; none if there is no such file. Throws SourceError, JobError LAYOUT. */
export async function readPageRangeInfo(path: string, place: JobPlace): Promise<RangeInfo> {
  const text = await readSmallFile(path);
  return text === undefined ? {} : parsePageRangeInfo(text, place);
}

/** Writes the file anew. Throws SourceError. */
export async function writePageRangeInfo(path: string, info: RangeInfo, mode?: number): Promise<void> {
  await replaceFile(path, renderPageRangeInfo(info), mode === undefined ? {} : { mode });
}

/** What planned ranges are held against. */
export interface RangeCheck {
  readonly parts: readonly PartRange[];
  /** Last page of the stubs, if it is known: it must be in the last range. */
  readonly lastPageId?: number;
  readonly place: JobPlace;
}

/**
 * The ranges of one set, as they were planned; undefined if they were not. Throws JobError LAYOUT if they do not fill the parts
 * of the run, or end at another page than the stubs: then the file is damaged, or stubs or parts are not those that it was made from.
 */
export function plannedRanges(info: RangeInfo, set: RangeSet, check: RangeCheck): readonly PartRange[] | undefined {
  const ranges = info[set];
  if (ranges === undefined) return undefined;
  const fault = tilingFault(check.parts, ranges, check.lastPageId ?? ranges.at(-1)?.last ?? 1);
  if (fault !== undefined) throw broken(`the page ranges of ${set} do not fit this run: ${fault}`, check.place);
  return ranges;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseRow(row: unknown, set: string, place: JobPlace): PartRange {
  const words = Array.isArray(row) ? row.map(String) : [];
  if (words.length !== 3 || !words.every((word) => /^\d{1,15}$/.test(word))) {
    throw broken(`${JSON.stringify(row)} of ${set} is not [first page, last page, part]`, place);
  }
  const [first, last, part] = words.map(Number) as [number, number, number];
  return { part: part === 0 ? undefined : part, first, last };
}

function broken(why: string, place: JobPlace): Error {
  const remedy =
    `Remove ${PAGE_RANGE_INFO_NAME} and do the content jobs again with --cleanup; files of other ranges must not stay`;
  return layoutError(`${PAGE_RANGE_INFO_NAME} cannot be used: ${why}`, place, remedy);
}
