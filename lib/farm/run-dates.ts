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

/** Whether a text is the date of a day that exists. */
export function isRunDate(text: string): boolean {
  if (!RUN_DATE.test(text)) return false;
  const moment = new Date(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && runDateOf(moment) === text;
}
