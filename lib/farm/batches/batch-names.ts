/** Names of the files in the private directory of a run by which its workers share a job. */
import type { PageRange } from "../../dump/pages/page-range.ts";

/** Jobs that can be shared. */
export const BATCH_JOBS: readonly string[] = ["metahistorybz2dump"];

const BATCH_FILE = /^batches-([a-z0-9]+)\.json$/;
const RUNNING_FILE = /^job-([a-z0-9]+)-batch-p(\d{1,15})p(\d{1,15})-running\.txt$/;

/** The list of all batches of a job. */
export function batchFileName(job: string): string {
  return `batches-${job}.json`;
}

/** The job of a list of batches; undefined for another file. */
export function jobOfBatchFile(name: string): string | undefined {
  return BATCH_FILE.exec(name)?.[1];
}

/** The file that says that a batch is being done; its worker touches it. */
export function runningFileName(job: string, { first, last }: PageRange): string {
  return `job-${job}-batch-p${first}p${last}-running.txt`;
}

/** Whether a file says that some batch is being done. */
export function isRunningFile(name: string): boolean {
  return RUNNING_FILE.test(name);
}

/** The job whose batch such a file is of; undefined for another file. */
export function jobOfRunningFile(name: string): string | undefined {
  return RUNNING_FILE.exec(name)?.[1];
}

/** The pages of the batch that such a file is of; undefined for another file. */
export function rangeOfRunningFile(name: string): PageRange | undefined {
  const match = RUNNING_FILE.exec(name);
  return match === null ? undefined : { first: Number(match[2]), last: Number(match[3]) };
}

/** Whether a temporary file (see replaceFile) is of a file named here: its writer may be at work without the lock of the run. */
export function isBatchTemporary(name: string): boolean {
  return /^\.(?:batches-|job-[a-z0-9]+-batch-)/.test(name);
}
