/**
 * Which wiki a worker takes when none is named: never dumped ones first, then those whose run was aborted, then the one whose
 * last run is the oldest.
 *
 * The order is the reference's: wikis sort by (aborted, days since the last run, age of its status, name), last first.
 */
import { fileFacts } from "../host/directory.ts";
import { isCompleteRun, readRunOf } from "./earlier-run.ts";
import { listRunDates } from "./run-dates.ts";
import { runDirectory } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";

/** What the order goes by. */
export interface WikiHistory {
  readonly wiki: Wiki;
  /** YYYYMMDD of the latest run; undefined if it was never dumped. */
  readonly latestDate: string | undefined;
  /** The latest run was given up, or says nothing about itself. */
  readonly isAborted: boolean;
  /** Since the latest run's status was written. */
  readonly statusAgeMs: number;
  /** Jobs of the latest run are all done or skipped. */
  readonly isComplete: boolean;
}

/** Reads what the order goes by. */
export async function readHistory(wiki: Wiki, now: Date): Promise<WikiHistory> {
  const latestDate = (await listRunDates(wiki)).at(-1);
  if (latestDate === undefined) {
    return { wiki, latestDate, isAborted: true, statusAgeMs: Infinity, isComplete: false };
  }
  const { status, line } = await readRunOf(wiki, latestDate);
  const facts = await fileFacts(`${runDirectory(wiki, latestDate)}/status.html`);
  return {
    wiki,
    latestDate,
    isAborted: line === undefined || line.state === "aborted",
    statusAgeMs: facts === undefined ? 0 : now.getTime() - facts.modifiedAt.getTime(),
    isComplete: isCompleteRun(status),
  };
}

/** The wikis in the order in which a worker tries them. */
export function orderByNeed(histories: readonly WikiHistory[]): readonly WikiHistory[] {
  return [...histories].sort((a, b) =>
    Number(b.isAborted) - Number(a.isAborted) ||
    compareDates(a.latestDate, b.latestDate) ||
    compareNumbers(b.statusAgeMs, a.statusAgeMs) ||
    (a.wiki.name < b.wiki.name ? 1 : -1)
  );
}

/** Older first; never before all. */
function compareDates(a: string | undefined, b: string | undefined): number {
  return (a ?? "") < (b ?? "") ? -1 : Number((a ?? "") > (b ?? ""));
}

/** Like a subtraction, also for infinite ages. */
function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Whether a wiki is due: its latest run is older than the cutoff (YYYYMMDD), or was given up. */
export function isDue(history: WikiHistory, cutoff: string): boolean {
  return history.latestDate === undefined || history.latestDate < cutoff || history.isAborted;
}
