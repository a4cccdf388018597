/**
 * The JSON files of a run: `dumpstatus.json` (everything a program may want to know) and `report.json` (files only).
 *
 * Keys and shapes of version "0.8" are the reference's, which has readers in the world. Ours are added beside them and
 * counted by `schemaVersion`: docs/status-files.md lists them. Jobs stand in order of execution.
 */

import { fileUrl, type ReportSettings } from "./report-settings.ts";
import { isPublished } from "./file-status.ts";
import type { FileStatus, JobStatus, RunStatus } from "./run-status.ts";
import { runTotals } from "./run-totals.ts";
import { statusWords } from "./status-line.ts";
import { formatTimestamp } from "./timestamp.ts";

/** The version of the reference's shape. */
export const REFERENCE_VERSION = "0.8";
/** The version of what we add; it goes up when a key changes its meaning or goes away, not when one is added. */
export const SCHEMA_VERSION = 1;

/** The content of `dumpstatus.json`. */
export function renderDumpStatus(settings: ReportSettings, status: RunStatus): string {
  return `${JSON.stringify(dumpStatusValue(settings, status))}\n`;
}

/** The value of `dumpstatus.json`, which also goes into the index of all wikis. */
export function dumpStatusValue(settings: ReportSettings, status: RunStatus): Record<string, unknown> {
  const totals = runTotals(status);
  return {
    jobs: Object.fromEntries(status.jobs.map((job) => [job.name, jobValue(settings, status, job)])),
    version: REFERENCE_VERSION,
    schemaVersion: SCHEMA_VERSION,
    wiki: status.wiki,
    date: status.date,
    phase: status.phase,
    status: statusWords(status),
    complete: totals.isComplete,
    private: status.isPrivate,
    closed: status.isClosed,
    startedAt: status.startedAt.toISOString(),
    updatedAt: status.updatedAt.toISOString(),
    progress: { done: totals.over, total: totals.total, unit: "jobs" },
    failed: status.jobs.filter((job) => job.state === "failed").map((job) => job.name),
    notice: status.notice,
    previous: status.previous === undefined
      ? null
      : { date: status.previous.date, complete: status.previous.isComplete },
  };
}

function jobValue(settings: ReportSettings, status: RunStatus, job: JobStatus): Record<string, unknown> {
  const files = Object.fromEntries(
    job.files.map((file) => [file.name, fileValue(settings, status, { job, file, withSums: true })]),
  );
  return {
    status: job.state,
    updated: formatTimestamp(job.updated),
    ...(job.files.length > 0 && { files }),
    title: job.title,
    ...(job.detail !== "" && { detail: job.detail }),
    ...(job.progress !== "" && { progress: job.progress }),
    ...(job.trouble !== undefined && { error: { ...job.trouble } }),
    ...(job.notices.length > 0 && { notices: [...job.notices] }),
  };
}

/** The content of `report.json`. Jobs without files are there too, with no files. */
export function renderReportJson(settings: ReportSettings, status: RunStatus): string {
  const jobs = Object.fromEntries(status.jobs.map((job) => {
    const files = job.files.map((file) => [file.name, fileValue(settings, status, { job, file, withSums: false })]);
    return [job.name, { files: Object.fromEntries(files) }];
  }));
  return `${JSON.stringify({ jobs })}\n`;
}

/** Published: size, link, sums. In progress: the size so far. Otherwise: nothing. A private file has no link: it would be dead. */
function fileValue(
  settings: ReportSettings,
  status: RunStatus,
  item: { job: JobStatus; file: FileStatus; withSums: boolean },
): Record<string, unknown> {
  const { job, file, withSums } = item;
  if (!isPublished(job, file)) {
    return job.state === "in-progress" && file.sizeBytes !== undefined ? { size: file.sizeBytes } : {};
  }
  return {
    size: file.sizeBytes,
    ...(!status.isPrivate && { url: fileUrl(settings, status, file.name) }),
    ...(withSums && file.md5 !== undefined && { md5: file.md5 }),
    ...(withSums && file.sha1 !== undefined && { sha1: file.sha1 }),
  };
}
