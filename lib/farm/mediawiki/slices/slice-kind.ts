/**
 * The kinds of dumps that MediaWiki writes in slices: stubs, logs, Flow boards. What differs between them, and the arguments.
 */
import type { SliceWidths } from "./slice-plan.ts";
import type { PlannedSlice } from "./slice-plan.ts";

/** One file that a slice is written to. */
export interface SliceOutput {
  readonly name: string;
  readonly filters: readonly string[];
}

export interface SliceKind {
  /** For messages and names of files: "stubs". */
  readonly name: string;
  readonly script: string;
  /** What the script is to write. */
  readonly action: readonly string[];
  /** The first one has everything. */
  readonly outputs: readonly SliceOutput[];
  /** What closes the last item of a slice. */
  readonly itemEnd: string;
  readonly widths: SliceWidths;
}

export const STUB_SLICES: SliceKind = {
  name: "stubs",
  script: "dumpBackup.php",
  action: ["--full", "--stub", "--report=1000"],
  outputs: [{ name: "history", filters: [] }, { name: "current", filters: ["--filter=latest"] }],
  itemEnd: "</page>\n",
  widths: { base: 5000, most: 20_000 },
};

export const LOG_SLICES: SliceKind = {
  name: "logs",
  script: "dumpBackup.php",
  action: ["--logs", "--report=1000"],
  outputs: [{ name: "items", filters: [] }],
  itemEnd: "</logitem>\n",
  widths: { base: 50_000, most: 100_000 },
};

/** Boards of the extension Flow: as they are, or with their history. */
export function flowSlices(content: "current" | "history"): SliceKind {
  return {
    name: content === "current" ? "flow" : "flowhistory",
    script: "extensions/Flow/maintenance/dumpBackup.php",
    action: ["--current", "--report=1000", ...(content === "history" ? ["--full"] : [])],
    outputs: [{ name: "boards", filters: [] }],
    itemEnd: "</board>\n",
    widths: { base: 5000, most: 10_000 },
  };
}

/**
 * Arguments of the script for one slice. The first slice comes with the header and the last one with the footer, so that
 * neither costs a call of php. A filter belongs to the output before it.
 */
export function sliceArguments(kind: SliceKind, slice: PlannedSlice, paths: readonly string[]): readonly string[] {
  return [
    "--dbgroupdefault=dump",
    ...kind.action,
    ...kind.outputs.flatMap(({ filters }, index) => [`--output=file:${paths[index]}`, ...filters]),
    ...(slice.isFirst ? [] : ["--skip-header"]),
    `--start=${slice.first}`,
    ...(slice.isLast ? [] : ["--skip-footer"]),
    // The first id that is not wanted.
    `--end=${slice.last + 1}`,
  ];
}
