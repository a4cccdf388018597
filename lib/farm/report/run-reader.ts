/**
 * Reads a run back from its directory: runs of ours, of older versions, and of the reference.
 *
 * Sources, strongest first: `dumpruninfo.txt` for the states of jobs (operators mend it by hand), `dumpstatus.json` for all
 * else, `dumpruninfo.json`, `report.json` and the checksum lists for runs whose `dumpstatus.json` is missing or damaged,
 * `status.html` for how the run ended. A damaged file is a problem to report, never a reason to give up on the others.
 */

import { isWikidumpError } from "../../errors.ts";
import { readSmallFile } from "../../host/small-file.ts";
import { type JobInfo, parseRunInfoText } from "./run-info.ts";
import type { RunIdentity } from "./report-settings.ts";
import type { JobStatus, RunPhase, RunStatus } from "./run-status.ts";
import { type ParsedRun, parseDumpStatus, parseReportJson, parseRunInfoJson } from "./status-json-reader.ts";
import { parseStatusLine, type StatusLine } from "./status-line.ts";

/** A run as its files tell it. */
export interface RunRecord {
  /** Undefined if no file says anything about a job. */
  readonly status: RunStatus | undefined;
  /** `status.html`, read; undefined if it is not there or is empty. */
  readonly line: StatusLine | undefined;
  /** Files that are damaged or unreadable, one sentence each. */
  readonly problems: readonly string[];
}

/** Reads the files of the run in `directory`. Never fails: what cannot be read is told in `problems`. */
export async function readRun(directory: string, run: RunIdentity): Promise<RunRecord> {
  const problems: string[] = [];
  const read = <T>(name: string, parse: (text: string) => T): Promise<T | undefined> =>
    readPart(`${directory}/${name}`, { parse, problems });
  const line = await read("status.html", (text) => (text.trim() === "" ? undefined : parseStatusLine(text)));
  const infos = await read("dumpruninfo.txt", parseRunInfoText);
  const parsed = await read("dumpstatus.json", parseDumpStatus) ?? await readOlderJson(read);
  // The file alone counts: it is how a notice is set, and its removal how one is taken back.
  const notice = await read("notice.txt", (text) => text.trim());
  if (parsed.jobs.size === 0 && (infos === undefined || infos.length === 0)) {
    return { status: undefined, line, problems };
  }
  const jobs = mergeJobs(infos ?? [], parsed);
  const changes = jobs.flatMap((job) => (job.updated === undefined ? [] : [job.updated.getTime()]));
  const midnight = Date.parse(run.date.replace(/^(....)(..)(..)$/, "$1-$2-$3"));
  const startedAt = parsed.startedAt ?? new Date(changes.length === 0 ? midnight || 0 : Math.min(...changes));
  const status: RunStatus = {
    wiki: run.wiki,
    date: run.date,
    isPrivate: run.isPrivate,
    isClosed: run.isClosed,
    phase: phaseOf(line, parsed.phase, jobs),
    startedAt,
    updatedAt: line?.updated ?? parsed.updatedAt ?? new Date(Math.max(startedAt.getTime(), ...changes)),
    notice: notice ?? "",
    previous: parsed.previous,
    jobs,
  };
  return { status, line, problems };
}

async function readPart<T>(
  path: string,
  options: { parse: (text: string) => T; problems: string[] },
): Promise<T | undefined> {
  try {
    const text = await readSmallFile(path);
    return text === undefined ? undefined : options.parse(text);
  } catch (error) {
    if (isWikidumpError(error)) options.problems.push((error as Error).message);
    else options.problems.push(`Cannot read ${path}: ${(error as Error).message}`);
    return undefined;
  }
}

async function readOlderJson(
  read: <T>(name: string, parse: (text: string) => T) => Promise<T | undefined>,
): Promise<ParsedRun> {
  const report = await read("report.json", parseReportJson) ?? new Map<string, JobStatus>();
  const infos = await read("dumpruninfo.json", parseRunInfoJson) ?? [];
  const jobs = new Map<string, JobStatus>();
  for (const info of infos) jobs.set(info.name, { ...emptyJob(info), files: report.get(info.name)?.files ?? [] });
  for (const [name, job] of report) if (!jobs.has(name)) jobs.set(name, job);
  return { jobs, phase: undefined, startedAt: undefined, updatedAt: undefined, previous: undefined };
}

/** The jobs of the text file in its order, with all that the JSON file knows of them; then jobs which only that knows. */
function mergeJobs(infos: readonly JobInfo[], parsed: ParsedRun): JobStatus[] {
  const named = new Set(infos.map((info) => info.name));
  const merged = infos.map((info) => {
    const known = parsed.jobs.get(info.name);
    return known === undefined
      ? emptyJob(info)
      : { ...known, state: info.state, updated: info.updated ?? known.updated };
  });
  return [...merged, ...[...parsed.jobs.values()].filter((job) => !named.has(job.name))];
}

function emptyJob(info: JobInfo): JobStatus {
  return { ...info, title: info.name, detail: "", progress: "", files: [], trouble: undefined, notices: [] };
}

/** The status line wins: the reference's monitor writes an abort there and nowhere else. */
function phaseOf(
  line: StatusLine | undefined,
  phase: RunPhase | undefined,
  jobs: readonly JobStatus[],
): RunPhase {
  if (line?.state === "aborted") return "aborted";
  if (phase !== undefined) return phase;
  if (line?.state === "complete" || line?.state === "partial") return "finished";
  if (line?.state === "in-progress") return "running";
  return jobs.some((job) => job.state === "in-progress") ? "running" : "finished";
}
