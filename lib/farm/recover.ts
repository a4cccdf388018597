/**
 * Puts a run in order whose worker is gone: every file then says that it was aborted, and nothing half-written is left.
 *
 * The reference's monitor mends one line of one file; here jobs that were at work become failed ones with a reason and a
 * remedy, all renderings are made anew, and unfinished outputs are removed. Whoever calls this holds the run's lock.
 */

import type { PageRange } from "../dump/pages/page-range.ts";
import { previousRun, readRunOf, runIdentity } from "./earlier-run.ts";
import { fileFacts, listDirectory } from "../host/directory.ts";
import { isBatchTemporary } from "./batches/batch-names.ts";
import { claimedPages, isOfClaim } from "./claimed-pages.ts";
import { removeFile } from "../host/directory.ts";
import { filesInPlace } from "./files-in-place.ts";
import { RunReporter } from "./report/reporter.ts";
import { settledFiles } from "./report/file-status.ts";
import type { JobStatus, RunStatus } from "./report/run-status.ts";
import { reportSettingsOf } from "./report-settings-of.ts";
import { removeScratch } from "./remove-scratch.ts";
import { runDirectory } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";

export interface RecoverOptions {
  /** YYYYMMDD. */
  readonly date: string;
  readonly now: Date;
  /** What became of the worker, for people: "its process is gone". */
  readonly cause: string;
  /** Told of files that could not be written. */
  readonly onFailure?: (error: Error) => void;
}

/** What recovery did to a run. */
export interface RecoveredRun {
  readonly wiki: string;
  readonly date: string;
  /** Whether the run was marked as aborted; false if its worker had finished it, or it was marked already. */
  readonly isMarked: boolean;
  /** Jobs that were at work. */
  readonly failedJobs: readonly string[];
  /** Names of unfinished files that were removed. */
  readonly removedFiles: readonly string[];
  /** Status files that could not be read; they were written anew where the run was marked. */
  readonly problems: readonly string[];
}

/**
 * Marks a run as aborted, unless its worker had finished it, and removes what is unfinished. Undefined if there is no such run.
 *
 * @throws {SourceError} if a file could not be written or removed
 */
export async function recoverRun(wiki: Wiki, options: RecoverOptions): Promise<RecoveredRun | undefined> {
  const directory = runDirectory(wiki, options.date);
  if (await fileFacts(directory) === undefined) return undefined;
  const identity = runIdentity(wiki, options.date);
  const { status: found, problems, line } = await readRunOf(wiki, options.date);
  const atWork = found?.jobs.filter((job) => job.state === "in-progress").map((job) => job.name) ?? [];
  const isInOrder = found === undefined
    ? line?.state === "aborted"
    : found.phase !== "running" && line !== undefined && atWork.length === 0;
  if (!isInOrder) {
    const aborted = abortedStatus(found ?? { ...emptyRun(options.now), ...identity }, options);
    const status = {
      ...aborted,
      previous: aborted.previous ?? await previousRun(wiki, options.date),
      jobs: await Promise.all(aborted.jobs.map(async (job) => {
        return atWork.includes(job.name) ? { ...job, files: await filesInPlace(job.files, directory) } : job;
      })),
    };
    const settings = reportSettingsOf(wiki.settings);
    const reporter = new RunReporter({
      settings,
      runDirectory: directory,
      ...(options.onFailure !== undefined && { onFailure: options.onFailure }),
    });
    reporter.update(status);
    await reporter.flush();
  }
  const removedFiles = [
    ...await removeUnfinished(directory, { ...identity, claimed: await claimedPages(wiki, options.date) }),
    ...await removeUnfinished(`${wiki.runsDirectory}/latest`, { ...identity, claimed: [] }),
    ...await removeScratch(wiki, options.date),
  ];
  return { wiki: wiki.name, date: options.date, isMarked: !isInOrder, failedJobs: atWork, removedFiles, problems };
}

function emptyRun(now: Date): Pick<RunStatus, "phase" | "startedAt" | "updatedAt" | "notice" | "previous" | "jobs"> {
  return { phase: "running", startedAt: now, updatedAt: now, notice: "", previous: undefined, jobs: [] };
}

/** The same run, given up: pure, for tests and for whoever shows it first. */
export function abortedStatus(
  status: RunStatus,
  { now, cause }: Pick<RecoverOptions, "now" | "cause">,
): RunStatus {
  const remedy = `Do the rest with: worker ${status.wiki} --date ${status.date} --skipdone`;
  const jobs = status.jobs.map((job): JobStatus => {
    if (job.state !== "in-progress") return job;
    const trouble = { code: "INTERRUPTED", message: `The worker stopped in the middle of this job: ${cause}`, remedy };
    return { ...job, state: "failed", updated: now, progress: "", files: settledFiles(job.files), trouble };
  });
  return { ...status, phase: "aborted", updatedAt: now, jobs };
}

interface UnfinishedRun {
  readonly wiki: string;
  readonly date: string;
  /** Pages of batches that other workers are at. */
  readonly claimed: readonly PageRange[];
}

/** Outputs in the making, and temporary files of status files: names that only our own code and the reference give. */
async function removeUnfinished(directory: string, run: UnfinishedRun): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await listDirectory(directory)) {
    const isOutput = name.startsWith(`${run.wiki}-${run.date}-`) && /\.inprog(?:_tmp)?$/.test(name);
    const isTemporary = /^\..+~\d+-[0-9a-f]{12}$/.test(name);
    if (!isOutput && !isTemporary) continue;
    if (isOutput ? isOfClaim(name, run.claimed) : isBatchTemporary(name)) continue;
    await removeFile(`${directory}/${name}`);
    removed.push(name);
  }
  return removed;
}
