/**
 * Names of the files that a run has in the temporary directory of its wiki while it works: slices of MediaWiki's documents, lines that
 * are being sorted, counts of pages. Whoever makes one names it here, so that what a dead worker left can be told by its name.
 */
import type { PageRange } from "../../dump/pages/page-range.ts";

/** The run that files belong to. */
export interface ScratchOwner {
  readonly wiki: string;
  /** YYYYMMDD. */
  readonly date: string;
}

const SLICE_NAMES = /^(?:stubs|logs|flow|flowhistory)-[a-z]+-p\d+p\d+\.xml$/;
const SORTED_LINES = /\.\d+\.sort$/;
const COUNTS = /^revinfo\.gz(?:\.inprog)?$/;

/** The name of one output of a slice: `tewiki-20260101-stubs-current-p1p5000.xml`. */
export function sliceName(
  { wiki, date }: ScratchOwner,
  { kind, output, ids }: { readonly kind: string; readonly output: string; readonly ids: PageRange },
): string {
  return `${wiki}-${date}-${kind}-${output}-p${ids.first}p${ids.last}.xml`;
}

/** The name of the sorted lines number `index` of a file of the run. */
export function sortedLinesName(outputName: string, index: number): string {
  return `${outputName}.${index}.sort`;
}

/** The name of the counts of pages. */
export function revinfoName({ wiki, date }: ScratchOwner): string {
  return `${wiki}-${date}-revinfo.gz`;
}

/** Whether a file in the temporary directory is a scratch file of that run. */
export function isScratchName(name: string, { wiki, date }: ScratchOwner): boolean {
  const prefix = `${wiki}-${date}-`;
  if (!name.startsWith(prefix)) return false;
  const rest = name.slice(prefix.length);
  return SLICE_NAMES.test(rest) || SORTED_LINES.test(rest) || COUNTS.test(rest);
}
