/**
 * The state with which a run begins: what an earlier invocation left of it, as far as its files bear it out.
 */
import { previousRun, readRunOf, runIdentity } from "../earlier-run.ts";
import { filesInPlace } from "../files-in-place.ts";
import type { JobDefinition } from "../jobs/job.ts";
import type { RunLayout } from "../jobs/run-layout.ts";
import { outputNames } from "../jobs/job-outputs.ts";
import { absentFile, isPublished, settledFiles } from "../report/file-status.ts";
import type { JobStatus, RunStatus } from "../report/run-status.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";

/** Reads what is there of a run; jobs that it does not have yet are waiting. */
export async function initialStatus(
  wiki: Wiki,
  date: string,
  { jobs, layout }: { readonly jobs: readonly JobDefinition[]; readonly layout: RunLayout },
): Promise<RunStatus> {
  const identity = runIdentity(wiki, date);
  const { status: earlier } = await readRunOf(wiki, date);
  const known = jobs.map((job) => {
    const before = earlier?.jobs.find(({ name }) => name === job.name);
    const outputs = job.pieces(layout)?.flatMap((piece) => piece.outputs);
    const names = outputs === undefined ? undefined : outputNames(outputs, wiki.name, date);
    return initialJob(job, names, before);
  });
  const others = earlier?.jobs.filter((job) => !jobs.some(({ name }) => name === job.name)).map(unattended) ?? [];
  const now = new Date();
  return {
    ...identity,
    phase: "running",
    startedAt: earlier?.startedAt ?? now,
    updatedAt: now,
    notice: earlier?.notice ?? "",
    previous: await previousRun(wiki, date),
    jobs: [...await Promise.all(known.map((job) => confirmed(job, runDirectory(wiki, date)))), ...others],
  };
}

/**
 * A job of a run that has not been touched yet, or what an earlier invocation left of it. Without the names of its files (the
 * layout does not say yet) it keeps those that the earlier invocation listed.
 */
export function initialJob(job: JobDefinition, names: readonly string[] | undefined, earlier?: JobStatus): JobStatus {
  const fresh: JobStatus = {
    name: job.name,
    title: job.title,
    detail: job.detail,
    state: "waiting",
    updated: undefined,
    progress: "",
    files: namesOf(names ?? [], earlier).map(absentFile),
    trouble: undefined,
    notices: [],
  };
  if (earlier === undefined) return fresh;
  const files = fresh.files.map((file) => earlier.files.find(({ name }) => name === file.name) ?? file);
  const { state, updated, trouble, notices } = unattended({ ...earlier, files });
  return { ...fresh, state, updated, files: state === "done" ? files : settledFiles(files), trouble, notices };
}

/**
 * Of a job that is done, the files that it was done with. Of others, those of the layout, and published ones that the layout does not have:
 * those of page ranges of somebody's own choice.
 */
function namesOf(names: readonly string[], earlier: JobStatus | undefined): readonly string[] {
  if (earlier === undefined) return names;
  if (earlier.state === "done" && earlier.files.length > 0) return earlier.files.map(({ name }) => name);
  const others = earlier.files.filter((file) => isPublished(earlier, file) && !names.includes(file.name));
  return [...names, ...others.map(({ name }) => name)];
}

/** What was in progress when its worker died is nobody's now. */
function unattended(job: JobStatus): JobStatus {
  if (job.state !== "in-progress") return job;
  return { ...job, state: "waiting", updated: undefined, progress: "", files: settledFiles(job.files), notices: [] };
}

/** A job counts as done only while its files are there, as long as they were; a file is listed only while it is there. */
async function confirmed(job: JobStatus, directory: string): Promise<JobStatus> {
  const files = await filesInPlace(job.files, directory);
  const isWhole = files.every((file, index) => file === job.files[index]);
  if (isWhole || job.state !== "done") return { ...job, files };
  return { ...job, state: "waiting", updated: undefined, files: settledFiles(files), notices: [] };
}
