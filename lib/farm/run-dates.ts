/** The runs of a wiki: directories named by their date. */
import { listDirectory } from "../host/directory.ts";
import type { Wiki } from "./wiki.ts";

const RUN_DATE = /^\d{8}$/;

/** Dates of all runs, oldest first. */
export async function listRunDates(wiki: Pick<Wiki, "runsDirectory">): Promise<readonly string[]> {
  return (await listDirectory(wiki.runsDirectory)).filter((name) => RUN_DATE.test(name)).sort();
}

/** A moment's date as runs are named: YYYYMMDD, UTC. */
export function runDateOf(moment: Date): string {
  return moment.toISOString().slice(0, 10).replaceAll("-", "");
}
