/**
 * Removes what failed jobs of a run have made, now or in an earlier attempt, and sets them back to waiting. First the lists and links,
 * then the files: so that nothing ever names a file that is gone.
 */
import { BATCH_JOBS } from "../batches/batch-names.ts";
import { batchesOf } from "../batches-of.ts";
import { fileFacts, removeFile } from "../../host/directory.ts";
import { readRunOf } from "../earlier-run.ts";
import { reportSettingsOf } from "../report-settings-of.ts";
import { absentFile } from "../report/file-status.ts";
import { unlinkLatest } from "../report/latest-links.ts";
import type { JobStatus, RunStatus } from "../report/run-status.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import { changeRun } from "./change-run.ts";

/** What was removed from one run, or would be. */
export interface Removal {
  readonly wiki: string;
  readonly date: string;
  readonly jobs: readonly string[];
  readonly files: readonly string[];
}

/** What failed jobs of a run have left. Changes nothing, and takes no lock. */
export async function planRemoval(wiki: Wiki, date: string): Promise<Removal> {
  const { status } = await readRunOf(wiki, date);
  return await removalFrom(wiki, date, status?.jobs.filter((job) => job.state === "failed") ?? []);
}

/** Removes it. Throws LockError HELD while a worker has the run. */
export async function removeFailed(wiki: Wiki, date: string): Promise<Removal> {
  const directory = runDirectory(wiki, date);
  let removal: Removal = { wiki: wiki.name, date, jobs: [], files: [] };
  await changeRun(wiki, date, async (status) => {
    // Anew, with the lock in hand.
    removal = await removalFrom(wiki, date, status.jobs.filter((job) => job.state === "failed"));
    return { status: withoutFailed(status), after: () => removeFiles(wiki, directory, removal) };
  });
  return removal;
}

async function removalFrom(wiki: Wiki, date: string, failed: readonly JobStatus[]): Promise<Removal> {
  const files: string[] = [];
  // A file of two jobs (an index beside its dump) is there once.
  for (const name of new Set(failed.flatMap((job) => job.files.map((file) => file.name)))) {
    if (await fileFacts(`${runDirectory(wiki, date)}/${name}`) !== undefined) files.push(name);
  }
  return { wiki: wiki.name, date, jobs: failed.map((job) => job.name), files };
}

function withoutFailed(status: RunStatus): RunStatus {
  const jobs = status.jobs.map((job): JobStatus => {
    if (job.state !== "failed") return job;
    const files = job.files.map(({ name }) => absentFile(name));
    return { ...job, state: "waiting", updated: new Date(), progress: "", files, trouble: undefined, notices: [] };
  });
  return { ...status, jobs };
}

async function removeFiles(wiki: Wiki, directory: string, { date, files, jobs }: Removal): Promise<void> {
  // Files of batches that no list names count only as long as the batches do.
  for (const job of jobs) if (BATCH_JOBS.includes(job)) await batchesOf(wiki, date, job).withdraw();
  const options = { settings: reportSettingsOf(wiki.settings), runsDirectory: wiki.runsDirectory };
  await unlinkLatest({ wiki: wiki.name, date }, (link) => link.date === date && files.includes(link.fileName), options);
  for (const name of files) await removeFile(`${directory}/${name}`);
}
