/**
 * What is known of a job's files between two attempts: a file with checksums is whole under its final name, whatever the
 * job is doing now. So a job that is done again keeps its files and their sums until new ones take their place.
 */
import type { FileStatus, JobStatus } from "./run-status.ts";

/** A file that is not there. */
export function absentFile(name: string): FileStatus {
  return { name, sizeBytes: undefined, md5: undefined, sha1: undefined };
}

/** Whether a file is whole under its final name. (The reference's files of jobs that are done may lack checksums.) */
export function isPublished(job: Pick<JobStatus, "state">, file: FileStatus): boolean {
  return file.sizeBytes !== undefined && (job.state === "done" || hasChecksum(file));
}

/** The files as they are when nobody works on them: sizes of unfinished ones are forgotten. */
export function settledFiles(files: readonly FileStatus[]): FileStatus[] {
  return files.map((file) => (hasChecksum(file) ? file : absentFile(file.name)));
}

function hasChecksum(file: FileStatus): boolean {
  return file.md5 !== undefined || file.sha1 !== undefined;
}
