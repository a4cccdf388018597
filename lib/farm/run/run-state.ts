/**
 * The state of a run while it goes on: the one `RunStatus` value, replaced as jobs come and go, and told to whoever shows it.
 */
import { settledFiles } from "../report/file-status.ts";
import type { JobStatus, JobTrouble, RunPhase, RunStatus } from "../report/run-status.ts";

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

  has(name: string): boolean {
    return this.#status.jobs.some((job) => job.name === name);
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

  /** Ends an attempt at a job; files that were published before it stay listed. */
  failJob(name: string, trouble: JobTrouble, notices: readonly string[] = []): void {
    const files = settledFiles(this.job(name).files);
    this.changeJob(name, { state: "failed", progress: "", files, trouble, notices });
  }

  /** Shows something else about the whole run. */
  show(change: Pick<RunStatus, "notice">): void {
    if (change.notice !== this.#status.notice) this.#replace({ ...this.#status, ...change });
  }

  enter(phase: RunPhase): void {
    this.#replace({ ...this.#status, phase, updatedAt: new Date() });
  }

  #replace(status: RunStatus): void {
    this.#status = status;
    this.#onChange(status);
  }
}
