/**
 * The state of a run while it goes on: the one `RunStatus` value, replaced as jobs come and go, and told to whoever shows it.
 */
import type { JobDefinition } from "./jobs/job.ts";
import { outputNames } from "./jobs/job-outputs.ts";
import type { FileStatus, JobStatus, RunPhase, RunStatus } from "./report/run-status.ts";

export class RunState {
  readonly #onChange: (status: RunStatus) => void;
  #status: RunStatus;

  constructor(status: RunStatus, onChange: (status: RunStatus) => void) {
    this.#status = status;
    this.#onChange = onChange;
  }

  get status(): RunStatus {
    return this.#status;
  }

  /** The status of a job that the run has. */
  job(name: string): JobStatus {
    const found = this.#status.jobs.find((job) => job.name === name);
    if (found === undefined) throw new RangeError(`The run has no job ${name}`);
    return found;
  }

  /** Changes fields of a job; a new state sets the time of the change. */
  changeJob(name: string, change: Partial<JobStatus>): void {
    const now = new Date();
    const stamped = change.state === undefined ? change : { updated: now, ...change };
    const jobs = this.#status.jobs.map((job) => (job.name === name ? { ...job, ...stamped } : job));
    this.#replace({ ...this.#status, jobs, updatedAt: now });
  }

  enter(phase: RunPhase): void {
    this.#replace({ ...this.#status, phase, updatedAt: new Date() });
  }

  #replace(status: RunStatus): void {
    this.#status = status;
    this.#onChange(status);
  }
}

/** A job of a run that has not been touched yet, or what an earlier invocation left of it. */
export function initialJob(job: JobDefinition, run: { wiki: string; date: string }, earlier?: JobStatus): JobStatus {
  const fresh: JobStatus = {
    name: job.name,
    title: job.title,
    detail: job.detail,
    state: "waiting",
    updated: undefined,
    progress: "",
    files: outputNames(job, run.wiki, run.date).map(unwrittenFile),
    trouble: undefined,
    notices: [],
  };
  // What was in progress when its worker died is nobody's now.
  if (earlier === undefined || earlier.state === "in-progress") return fresh;
  const files = fresh.files.map((file) => earlier.files.find(({ name }) => name === file.name) ?? file);
  return { ...fresh, state: earlier.state, updated: earlier.updated, files, trouble: earlier.trouble, notices: earlier.notices };
}

function unwrittenFile(name: string): FileStatus {
  return { name, sizeBytes: undefined, md5: undefined, sha1: undefined };
}
