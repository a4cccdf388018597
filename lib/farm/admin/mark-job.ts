/**
 * Sets the state of a job by hand, after work that no worker knows of. The files follow: those of a job that is done are hashed, listed
 * and linked; those of a job that failed are in no list and no link any more.
 */
import { JobError } from "../../errors.ts";
import { fileFacts } from "../../host/directory.ts";
import { hashFile } from "../../host/hash.ts";
import { reportSettingsOf } from "../report-settings-of.ts";
import { absentFile } from "../report/file-status.ts";
import { linkLatest, unlinkLatest } from "../report/latest-links.ts";
import type { FileStatus, JobStatus, RunStatus } from "../report/run-status.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import { changeRun, jobOf } from "./change-run.ts";

/** What an operator can say of a job. */
export const MARKS = ["done", "failed", "waiting", "skipped"] as const;
export type Mark = (typeof MARKS)[number];

export interface MarkRequest {
  readonly date: string;
  readonly job: string;
  readonly mark: Mark;
}

/**
 * Marks a job. Throws LockError HELD while a worker has the run, JobError FAILED for a job that the run does not have, and for one that
 * is to be done but lacks a file.
 */
export async function markJob(wiki: Wiki, { date, job: name, mark }: MarkRequest): Promise<RunStatus> {
  return await changeRun(wiki, date, async (status) => {
    const job = jobOf(status, name);
    const marked = await markedJob(wiki, status, { job, mark });
    const changed = { ...status, jobs: status.jobs.map((one) => (one === job ? marked : one)) };
    return { status: changed, after: () => turnLinks(wiki, changed, marked) };
  });
}

async function markedJob(
  wiki: Wiki,
  run: RunStatus,
  { job, mark }: { job: JobStatus; mark: Mark },
): Promise<JobStatus> {
  const marked: JobStatus = { ...job, state: mark, updated: new Date(), progress: "", trouble: undefined };
  if (mark === "done") return { ...marked, files: await hashedFiles(runDirectory(wiki, run.date), run, job) };
  if (mark !== "failed") return marked;
  const trouble = {
    code: "FAILED",
    message: "An operator marked this job as failed",
    remedy: `Do it again with: worker ${run.wiki} --date ${run.date} --job ${job.name}`,
  };
  return { ...marked, trouble, files: job.files.map(({ name }) => absentFile(name)) };
}

async function hashedFiles(directory: string, run: RunStatus, job: JobStatus): Promise<FileStatus[]> {
  const missing: string[] = [];
  for (const { name } of job.files) if (await fileFacts(`${directory}/${name}`) === undefined) missing.push(name);
  if (missing.length > 0) {
    throw new JobError(
      "FAILED",
      `Job ${job.name} cannot be done: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not there`,
      {
        wiki: run.wiki,
        job: job.name,
      },
      { remedy: `Put ${missing.length === 1 ? "it" : "them"} into ${directory}, or run the job` },
    );
  }
  const files: FileStatus[] = [];
  for (const { name } of job.files) {
    const { byteLength, md5, sha1 } = await hashFile(`${directory}/${name}`);
    files.push({ name, sizeBytes: byteLength, md5, sha1 });
  }
  return files;
}

async function turnLinks(wiki: Wiki, status: RunStatus, job: JobStatus): Promise<void> {
  const options = { settings: reportSettingsOf(wiki.settings), runsDirectory: wiki.runsDirectory };
  const names = job.files.map((file) => file.name);
  const outcome = job.state === "done"
    ? await linkLatest(status, names, options)
    : job.state === "failed"
    ? await unlinkLatest(status, ({ date, fileName }) => date === status.date && names.includes(fileName), options)
    : undefined;
  const [problem] = outcome?.problems ?? [];
  if (problem !== undefined) throw problem;
}
