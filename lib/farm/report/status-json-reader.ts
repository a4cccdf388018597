/**
 * Readers of `dumpstatus.json`, `dumpruninfo.json` and `report.json`, of ours and of the reference.
 *
 * What is in these files was written by another program at another time, so every value is looked at before it is used:
 * a key of the wrong type counts as absent; text that is no JSON object is an error.
 */

import type { FileStatus, JobStatus, JobTrouble, RunPhase, RunStatus } from "./run-status.ts";
import { isJobState, type JobInfo } from "./run-info.ts";
import { parseTimestamp } from "./timestamp.ts";

/** What `dumpstatus.json` knows of a run; the reference's knows only jobs. */
export interface ParsedRun {
  /** By name, in the order of the file. */
  readonly jobs: ReadonlyMap<string, JobStatus>;
  readonly phase: RunPhase | undefined;
  readonly startedAt: Date | undefined;
  readonly updatedAt: Date | undefined;
  readonly previous: RunStatus["previous"];
}

type Fields = Readonly<Record<string, unknown>>;

const PHASES: ReadonlySet<unknown> = new Set(["running", "finished", "aborted"]);

/** Reads `dumpstatus.json`. Throws SyntaxError if it is no JSON, TypeError if it is not an object. */
export function parseDumpStatus(text: string): ParsedRun {
  const root = parseObject(text);
  const jobs = new Map<string, JobStatus>();
  for (const [name, value] of Object.entries(fieldsOf(root["jobs"]))) {
    const job = jobOf(name, fieldsOf(value));
    if (job !== undefined) jobs.set(name, job);
  }
  const previous = fieldsOf(root["previous"]);
  const previousDate = textOf(previous["date"]);
  return {
    jobs,
    phase: PHASES.has(root["phase"]) ? root["phase"] as RunPhase : undefined,
    startedAt: dateOf(root["startedAt"]),
    updatedAt: dateOf(root["updatedAt"]),
    previous: previousDate === "" ? undefined : { date: previousDate, isComplete: previous["complete"] === true },
  };
}

function jobOf(name: string, fields: Fields): JobStatus | undefined {
  const state = fields["status"];
  if (!isJobState(state)) return undefined;
  return {
    name,
    title: textOf(fields["title"]) || name,
    detail: textOf(fields["detail"]),
    state,
    updated: parseTimestamp(textOf(fields["updated"])),
    progress: textOf(fields["progress"]),
    files: filesOf(fields["files"]),
    trouble: troubleOf(fields["error"]),
    notices: listOf(fields["notices"]).filter((notice) => typeof notice === "string"),
  };
}

/** Reads `dumpruninfo.json`; the order of its jobs is that of names and means nothing. */
export function parseRunInfoJson(text: string): JobInfo[] {
  return Object.entries(fieldsOf(parseObject(text)["jobs"])).flatMap(([name, value]) => {
    const job = jobOf(name, fieldsOf(value));
    return job === undefined ? [] : [{ name, state: job.state, updated: job.updated }];
  });
}

/** Reads `report.json`: jobs with their files; whether a job is done is told by its files' links. */
export function parseReportJson(text: string): Map<string, JobStatus> {
  const jobs = new Map<string, JobStatus>();
  for (const [name, value] of Object.entries(fieldsOf(parseObject(text)["jobs"]))) {
    const files = filesOf(fieldsOf(value)["files"]);
    const isDone = files.length > 0 && files.every((file) => file.sizeBytes !== undefined);
    const job = jobOf(name, { status: isDone ? "done" : "waiting" });
    if (job !== undefined) jobs.set(name, { ...job, files });
  }
  return jobs;
}

function filesOf(value: unknown): FileStatus[] {
  return Object.entries(fieldsOf(value)).map(([name, entry]) => {
    const fields = fieldsOf(entry);
    const size = fields["size"];
    return {
      name,
      sizeBytes: typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : undefined,
      md5: hexOf(fields["md5"], 32),
      sha1: hexOf(fields["sha1"], 40),
    };
  });
}

function troubleOf(value: unknown): JobTrouble | undefined {
  const fields = fieldsOf(value);
  const message = textOf(fields["message"]);
  if (message === "") return undefined;
  return { code: textOf(fields["code"]) || "FAILED", message, remedy: textOf(fields["remedy"]) };
}

function parseObject(text: string): Fields {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("it is not a JSON object");
  }
  return value as Fields;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Fields : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function hexOf(value: unknown, length: number): string | undefined {
  const text = textOf(value);
  return text.length === length && /^[0-9a-f]+$/.test(text) ? text : undefined;
}

function dateOf(value: unknown): Date | undefined {
  const moment = new Date(textOf(value));
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
