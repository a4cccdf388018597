/** The date of a run as the command line names it. */
import { isRunDate } from "../report/timestamp.ts";
import { listRunDates, runDateOf } from "../run-dates.ts";
import type { Wiki } from "../wiki.ts";

/** YYYYMMDD as it is; of "last" the date of the wiki's latest run, or today if there is none. */
export async function resolveDate(
  wiki: Wiki,
  { date, today }: { readonly date: string; readonly today: Date },
): Promise<string> {
  if (date !== "last") return date;
  return (await listRunDates(wiki)).filter(isRunDate).at(-1) ?? runDateOf(today);
}
