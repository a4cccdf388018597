/**
 * One job as a list item, spelled as the reference spells it: for `status.html`, which other programs read, and for
 * operators' own page templates. Our own pages use `run-page.ts`.
 */

import { isPublished } from "./file-status.ts";
import { type Markup, markup } from "./markup.ts";
import { prettySize } from "./pretty-size.ts";
import { fileUrl, type ReportSettings, type RunIdentity } from "./report-settings.ts";
import type { FileStatus, JobStatus } from "./run-status.ts";
import { formatTimestamp } from "./timestamp.ts";

/**
 * The `<li>` of a job, with its files below it, without a line end.
 * What failed and what was odd is added as further `detail` items.
 */
export function itemFragment(settings: ReportSettings, run: RunIdentity, job: JobStatus): Markup {
  const details = [job.detail, ...troubleLines(job), ...job.notices].filter((line) => line !== "");
  const lines = [
    ...details.map((line) => markup`<li class='detail'>${line}</li>`),
    ...job.files.map((file) => fileFragment(settings, run, { job, file })),
  ];
  const below = lines.length === 0 ? "" : markup`<ul>${joinLines(lines)}</ul>`;
  const progress = job.progress === "" || job.state !== "in-progress"
    ? ""
    : markup`<div class='progress'>${job.progress}</div>`;
  const head = markup`<span class='updates'>${
    formatTimestamp(job.updated)
  }</span> <span class='status'>${job.state}</span>`;
  return markup`<li class='${job.state}'>${head} <span class='title'>${job.title}</span>${progress}${below}</li>`;
}

function troubleLines(job: JobStatus): string[] {
  if (job.trouble === undefined || job.state !== "failed") return [];
  return [job.trouble.remedy === "" ? job.trouble.message : `${job.trouble.message}. ${job.trouble.remedy}`];
}

function fileFragment(settings: ReportSettings, run: RunIdentity, item: { job: JobStatus; file: FileStatus }): Markup {
  const { name, sizeBytes } = item.file;
  if (sizeBytes === undefined) return markup`<li class='missing'>${name}</li>`;
  if (!isPublished(item.job, item.file)) {
    if (item.job.state !== "in-progress") return markup`<li class='missing'>${name}</li>`;
    return markup`<li class='file'>${name} ${prettySize(sizeBytes)} (written) </li>`;
  }
  const link = run.isPrivate ? name : markup`<a href="${fileUrl(settings, run, name)}">${name}</a>`;
  return markup`<li class='file'>${link} ${prettySize(sizeBytes)}</li>`;
}

/** Pieces of markup, one per line. */
export function joinLines(pieces: readonly Markup[]): Markup[] {
  return pieces.map((piece, index) => (index === 0 ? piece : markup`\n${piece}`));
}
