/**
 * `dumpruninfo.txt` and `dumpruninfo.json`: the states of a run's jobs, written and read.
 *
 *     name:metahistory7zdump; status:waiting; updated:
 *     name:pagetable; status:done; updated:2011-08-24 21:57:40
 *
 * One line per job, last job first. The text file is the oldest form of a run's state and the one which operators mend by
 * hand, so its states win over those of the JSON files when a run is read back (`run-reader.ts`).
 */

import type { JobState, JobStatus, RunStatus } from "./run-status.ts";
import { formatTimestamp, parseTimestamp } from "./timestamp.ts";

/** The state of one job, as these files have it. */
export type JobInfo = Pick<JobStatus, "name" | "state" | "updated">;

/** The content of `dumpruninfo.txt`. */
export function renderRunInfoText(status: Pick<RunStatus, "jobs">): string {
  return [...status.jobs].reverse().map(runInfoLine).join("");
}

function runInfoLine(job: JobInfo): string {
  return `name:${job.name}; status:${job.state}; updated:${formatTimestamp(job.updated)}\n`;
}

/** The content of `dumpruninfo.json`: jobs by name, descending, as the reference sorts them. */
export function renderRunInfoJson(status: Pick<RunStatus, "jobs">): string {
  const byName = [...status.jobs].sort((a, b) => (a.name < b.name ? 1 : -1));
  const jobs = Object.fromEntries(
    byName.map((job) => [job.name, { status: job.state, updated: formatTimestamp(job.updated) }]),
  );
  return `${JSON.stringify({ jobs })}\n`;
}

const STATES: ReadonlySet<string> = new Set(["waiting", "in-progress", "done", "failed", "skipped"]);

/** Whether a text is the name of a job's state. */
export function isJobState(text: unknown): text is JobState {
  return typeof text === "string" && STATES.has(text);
}

/**
 * Reads `dumpruninfo.txt`, in order of execution. Lines that make no sense are left out; a job named twice keeps its
 * first line, which is the one that the reference would use.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseRunInfoText } from "./run-info.ts";
 *
 * const [job] = parseRunInfoText("name:pagetable; status:done; updated:2011-08-24 21:57:40\n");
 * assert.equal(job?.name, "pagetable");
 * assert.equal(job?.state, "done");
 * ```
 */
export function parseRunInfoText(text: string): JobInfo[] {
  const jobs = new Map<string, JobInfo>();
  for (const line of text.split(/\r?\n/)) {
    const fields = lineFields(line);
    const name = fields.get("name") ?? "";
    const state = fields.get("status");
    if (name === "" || !isJobState(state) || jobs.has(name)) continue;
    jobs.set(name, { name, state, updated: parseTimestamp(fields.get("updated") ?? "") });
  }
  return [...jobs.values()].reverse();
}

/** Fields are split at the first two semicolons, key and value at the first colon. */
function lineFields(line: string): Map<string, string> {
  const [first = "", second = "", ...rest] = line.split(";");
  const fields = new Map<string, string>();
  for (const field of [first, second, rest.join(";")]) {
    const colon = field.indexOf(":");
    if (colon > 0) fields.set(field.slice(0, colon).trim(), field.slice(colon + 1).trim());
  }
  return fields;
}
