/**
 * One wiki in the index of the farm: its latest run, or why there is none to show; and the orders in which wikis are listed.
 */

import { type Markup, markup } from "./markup.ts";
import { renderStatusLine, type StatusLine, statusMarkup } from "./status-line.ts";
import type { ReportSettings } from "./report-settings.ts";
import type { RunStatus } from "./run-status.ts";
import { runTotals } from "./run-totals.ts";

export interface FarmEntry {
  readonly wiki: string;
  readonly isPrivate: boolean;
  readonly isClosed: boolean;
  /** YYYYMMDD of the latest run; undefined if the wiki was never dumped, or that could not be found out. */
  readonly date: string | undefined;
  readonly status: RunStatus | undefined;
  readonly line: StatusLine | undefined;
  /** A worker has one of its runs. */
  readonly isLocked: boolean;
  /** What is wrong with its files, one sentence each, fit for the public. */
  readonly problems: readonly string[];
}

/** What an entry counts as. */
export type FarmState = "running" | "complete" | "partial" | "failed" | "aborted" | "never" | "unreadable";

/** The one word for an entry. */
export function farmState(entry: FarmEntry): FarmState {
  const { status } = entry;
  if (status === undefined) {
    if (entry.line?.state === "aborted") return "aborted";
    return entry.date === undefined && entry.problems.length === 0 ? "never" : "unreadable";
  }
  if (status.phase === "running") return "running";
  if (status.phase === "aborted") return "aborted";
  const totals = runTotals(status);
  if (totals.failed > 0) return "failed";
  return totals.isOver ? "complete" : "partial";
}

/** The entry as a line of the reference's index. */
export function entryLine(settings: ReportSettings, entry: FarmEntry): Markup {
  if (entry.status !== undefined) return statusMarkup(settings, entry.status);
  const run = { ...entry, date: entry.date ?? "" };
  return renderStatusLine(run, { updated: entry.line?.updated, span: spanWithoutStatus(entry) });
}

function spanWithoutStatus(entry: FarmEntry): Markup | string {
  const state = farmState(entry);
  if (state === "aborted") return markup`<span class="failed">dump aborted</span>`;
  return state === "never" ? "has not yet been dumped" : "missing status record";
}

/** Newest success first, then runs that were given up or say nothing of themselves, then wikis that were never dumped. */
export function byAge(entries: readonly FarmEntry[]): FarmEntry[] {
  return [...entries].sort((a, b) =>
    ageRank(a) - ageRank(b) || compare(b.date ?? "", a.date ?? "") || changedAt(b) - changedAt(a) ||
    compare(a.wiki, b.wiki)
  );
}

/** In the order of names, by code points. */
export function byName(entries: readonly FarmEntry[]): FarmEntry[] {
  return [...entries].sort((a, b) => compare(a.wiki, b.wiki));
}

function ageRank(entry: FarmEntry): number {
  const state = farmState(entry);
  if (state === "never") return 2;
  return state === "aborted" || state === "unreadable" ? 1 : 0;
}

function changedAt(entry: FarmEntry): number {
  return (entry.status?.updatedAt ?? entry.line?.updated)?.getTime() ?? 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
