/** The pages of a run that workers are at who have claimed batches: their unfinished files are nobody else's, whoever has the run. */
import type { PageRange } from "../dump/pages/page-range.ts";
import { parseDumpFileName } from "../dump/file-name.ts";
import { listDirectory } from "../host/directory.ts";
import { rangeOfRunningFile } from "./batches/batch-names.ts";
import { isInBatch } from "./batches/group-ranges.ts";
import { readLock } from "./lock/lock-info.ts";
import { whyStale } from "./lock/stale.ts";
import { privateRunDirectory } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";

/** By their running files, whatever the list of batches says. */
export async function claimedPages(wiki: Wiki, date: string): Promise<readonly PageRange[]> {
  const directory = privateRunDirectory(wiki, date);
  const olderThanMs = wiki.settings.reporting.batchjobsstaleage * 1000;
  const claimed: PageRange[] = [];
  for (const name of await listDirectory(directory)) {
    const range = rangeOfRunningFile(name);
    const info = range === undefined ? undefined : await readLock(`${directory}/${name}`);
    if (info !== undefined && whyStale(info, { olderThanMs }) === undefined) claimed.push(range!);
  }
  return claimed;
}

/** Whether a file of the run, finished or not, is of a batch with these pages. */
export function isOfClaim(name: string, claimed: readonly PageRange[]): boolean {
  const parsed = parseDumpFileName(name);
  const range = parsed?.dumpName === "pages-meta-history" ? parsed.range : undefined;
  return range !== undefined && claimed.some((pages) => isInBatch(range, pages));
}
