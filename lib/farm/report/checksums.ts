/**
 * Checksum lists of a run, as text for `md5sum -c` and `sha1sum -c`, and as JSON.
 *
 * Published files are listed, in the order of jobs, then of files; also those of a job that is being done again, or failed
 * then: they are what they were.
 */

import type { FileStatus, RunStatus } from "./run-status.ts";

export type ChecksumKind = "md5" | "sha1";

/** `<wiki>-<date>-md5sums.txt` and its siblings. */
export function checksumFileName(
  run: Pick<RunStatus, "wiki" | "date">,
  kind: ChecksumKind,
  format: "txt" | "json",
): string {
  return `${run.wiki}-${run.date}-${kind}sums.${format}`;
}

/** The text list: hash, two blanks, file name. Empty while nothing is published. */
export function renderChecksumText(status: RunStatus, kind: ChecksumKind): string {
  return summedFiles(status, kind).map((file) => `${file[kind]}  ${file.name}\n`).join("");
}

/** The same list as JSON. */
export function renderChecksumJson(status: RunStatus, kind: ChecksumKind): string {
  const files = Object.fromEntries(summedFiles(status, kind).map((file) => [file.name, file[kind]]));
  return `${JSON.stringify({ [kind]: { files } })}\n`;
}

function summedFiles(status: RunStatus, kind: ChecksumKind): FileStatus[] {
  return status.jobs.flatMap((job) => job.files).filter((file) => file[kind] !== undefined);
}
