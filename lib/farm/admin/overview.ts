/** How the wikis of a farm stand, one by one: what `monitor show` tells. Reads only, whoever is at work. */
import { describeLock } from "../lock/lock-info.ts";
import { findLocks } from "../lock/stale.ts";
import { type FarmState, farmState } from "../report/farm-entry.ts";
import { runTotals } from "../report/run-totals.ts";
import { formatTimestamp } from "../report/timestamp.ts";
import { readEntry } from "../read-entry.ts";
import type { Wiki } from "../wiki.ts";
import { holderState } from "./lock-holder.ts";

export const FARM_STATES = ["running", "complete", "partial", "failed", "aborted", "never", "unreadable"] as const;

/** The latest run of a wiki. */
export interface OverviewLine {
  readonly wiki: string;
  /** YYYYMMDD; "" for a wiki that was never dumped. */
  readonly date: string;
  readonly state: FarmState;
  /** Jobs that are over, and all. */
  readonly over: number;
  readonly total: number;
  readonly failedJobs: readonly string[];
  readonly updated: string;
  readonly notice: string;
  readonly locks: readonly { readonly date: string; readonly holder: string; readonly state: string }[];
  readonly problems: readonly string[];
}

const WIKIS_AT_ONCE = 16;

/** Looks at the latest run of each of these wikis. */
export async function overview(wikis: readonly Wiki[]): Promise<readonly OverviewLine[]> {
  const lines: OverviewLine[] = [];
  for (let first = 0; first < wikis.length; first += WIKIS_AT_ONCE) {
    lines.push(...await Promise.all(wikis.slice(first, first + WIKIS_AT_ONCE).map(lookAt)));
  }
  return lines;
}

async function lookAt(wiki: Wiki): Promise<OverviewLine> {
  const { entry, problems } = await readEntry(wiki);
  const { status } = entry;
  const totals = status === undefined ? { over: 0, total: 0 } : runTotals(status);
  // What cannot be read is among the problems already.
  const locks = entry.isLocked ? await findLocks(wiki.privateDirectory) : [];
  return {
    wiki: wiki.name,
    date: entry.date ?? "",
    state: farmState(entry),
    over: totals.over,
    total: totals.total,
    failedJobs: status?.jobs.filter((job) => job.state === "failed").map((job) => job.name) ?? [],
    updated: formatTimestamp(status?.updatedAt ?? entry.line?.updated),
    notice: status?.notice ?? "",
    locks: locks.map((lock) => ({ date: lock.date, holder: describeLock(lock), state: holderState(lock) })),
    problems,
  };
}

/** Which wikis are asked for: those in a state, or those of the newest date that any wiki of the farm has. */
export function chooseLines(
  lines: readonly OverviewLine[],
  what: FarmState | "all" | "lastrun",
): readonly OverviewLine[] {
  if (what === "all") return lines;
  if (what !== "lastrun") return lines.filter(({ state }) => state === what);
  const newest = lines.map(({ date }) => date).sort().at(-1) ?? "";
  return lines.filter(({ date }) => newest !== "" && date === newest);
}
