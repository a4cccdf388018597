/** What a run is doing at this moment, as lines for an operator who asks. */
import { prettySize } from "./report/pretty-size.ts";
import type { JobStatus, RunStatus } from "./report/run-status.ts";
import { runTotals } from "./report/run-totals.ts";

/** One line for the run, one for each job at work: since when, how far, and its files as long as they are by now. */
export function describeProgress(status: RunStatus, now: Date): readonly string[] {
  const { over, total, failed } = runTotals(status);
  const failures = failed === 0 ? "" : `, ${failed} failed`;
  const jobs = status.jobs.filter((job) => job.state === "in-progress");
  const head = `At ${status.wiki} ${status.date}: ${over} of ${total} jobs finished${failures}`;
  return [jobs.length === 0 ? `${head}; no job is at work` : head, ...jobs.map((job) => describeJob(job, now))];
}

function describeJob({ name, updated, progress, files }: JobStatus, now: Date): string {
  const since = updated === undefined ? "" : ` for ${duration(now.getTime() - updated.getTime())}`;
  const written = files.filter((file) => file.sizeBytes !== undefined).map(({ name: file, sizeBytes }) =>
    `${file} ${prettySize(sizeBytes!)}`
  );
  return [`  ${name}${since}`, progress, ...written].filter((part) => part !== "").join(", ");
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
