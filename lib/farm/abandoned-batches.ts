/**
 * Finds batches that their workers left behind, in the newest run of a wiki: their running files are removed, and others can claim
 * them. Whoever is merely suspended notices, and publishes nothing more.
 */
import { listDirectory } from "../host/directory.ts";
import { isRunningFile, jobOfBatchFile } from "./batches/batch-names.ts";
import { batchesOf } from "./batches-of.ts";
import { breakLock } from "./lock/break-lock.ts";
import { describeLock, readLock } from "./lock/lock-info.ts";
import { whyStale } from "./lock/stale.ts";
import { isRunDate } from "./report/timestamp.ts";
import { privateRunDirectory } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";

/** Tells of everything that it does, one line each. */
export async function abortAbandonedBatches(wiki: Wiki, log: (line: string) => void): Promise<void> {
  const date = (await listDirectory(wiki.privateDirectory)).filter(isRunDate).at(-1);
  if (date === undefined) return;
  const directory = privateRunDirectory(wiki, date);
  const names = await listDirectory(directory);
  for (const job of names.flatMap((name) => jobOfBatchFile(name) ?? [])) {
    for (const { range, owner } of await batchesOf(wiki, date, job).abortStale()) {
      const whose = owner === undefined ? "" : `, of process ${owner.pid} on ${owner.host}`;
      log(
        `Run ${date} of ${wiki.name}: the batch of pages ${range.first}-${range.last} of ${job}${whose} can be claimed again`,
      );
    }
  }
  const olderThanMs = wiki.settings.reporting.batchjobsstaleage * 1000;
  for (const name of names.filter(isRunningFile)) {
    const left = await readLock(`${directory}/${name}`);
    if (left === undefined || whyStale(left, { olderThanMs }) === undefined) continue;
    if (breakLock(left, { untouched: true })) log(`Removed ${left.path} (${describeLock(left)})`);
  }
}
