/** The finished files of one output of a job, found among the names in the directory of a run. */
import { formatDumpFileName, parseDumpFileName } from "../../dump/file-name.ts";
import type { OutputName } from "./job-layout.ts";
import type { PartRange } from "./part-range.ts";

/** A file with some of the pages. */
export interface ExistingFile extends PartRange {
  readonly name: string;
  /** Whether the name says which pages: else it holds a whole part, or everything. */
  readonly isRange: boolean;
}

const UNFINISHED = /(?:\.inprog|\.truncated|\.empty|-tmp)$/;

/**
 * The files of an output, in the order of their pages. A range without end (the reference writes p71p00000) goes to Infinity; parts
 * and whole files have first 1 and last Infinity.
 */
export function existingFiles(names: readonly string[], output: OutputName): readonly ExistingFile[] {
  const wanted = formatDumpFileName(output);
  const files = names.flatMap((name): ExistingFile[] => {
    const parsed = UNFINISHED.test(name) ? undefined : parseDumpFileName(name);
    if (parsed === undefined) return [];
    const { part, range } = parsed;
    if (formatDumpFileName({ ...parsed, part: undefined, range: undefined }) !== wanted) return [];
    if (range === undefined) return [{ name, part, first: 1, last: Infinity, isRange: false }];
    return [{ name, part, first: range.first, last: range.last === 0 ? Infinity : range.last, isRange: true }];
  });
  return files.sort((a, b) => (a.part ?? 0) - (b.part ?? 0) || a.first - b.first || a.last - b.last);
}
