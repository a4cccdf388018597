/** The runs of a wiki as those who look for texts see them: their files, and which jobs are done. */
import { listDirectory } from "../../host/directory.ts";
import { readRunOf } from "../earlier-run.ts";
import type { PrefetchRun } from "../mediawiki/texts/choose-prefetch.ts";
import { listRunDates } from "../run-dates.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";

/** Files that have texts. */
const TEXT_FILE = /-pages-(?:articles|meta-current|meta-history)\d*\.xml/;

/** All runs that are there, oldest first. */
export async function listPrefetchRuns(wiki: Wiki): Promise<readonly PrefetchRun[]> {
  const runs: PrefetchRun[] = [];
  for (const date of await listRunDates(wiki)) runs.push(await prefetchRun(wiki, date));
  return runs;
}

async function prefetchRun(wiki: Wiki, date: string): Promise<PrefetchRun> {
  const { status } = await readRunOf(wiki, date);
  const files = (await listDirectory(runDirectory(wiki, date))).filter((name) => TEXT_FILE.test(name));
  return { date, files, jobsDone: status?.jobs.filter(({ state }) => state === "done").map(({ name }) => name) ?? [] };
}
