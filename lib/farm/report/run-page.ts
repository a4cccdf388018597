/**
 * The page of one run, in our own design: how it stands, what failed and what to do about it, then every job with its files.
 *
 * Links to files are bare names, so that the page works at any address: on the server, on a mirror, in a copy on disk.
 */

import { checksumFileName } from "./checksums.ts";
import { isPublished } from "./file-status.ts";
import { type Markup, markup } from "./markup.ts";
import { dateElement, renderPage, stateElement, timeElement, type Tone } from "./page-shell.ts";
import { exactSize, groupDigits, prettySize } from "./pretty-size.ts";
import { pathOf, type ReportSettings } from "./report-settings.ts";
import type { FileStatus, JobState, JobStatus, RunStatus } from "./run-status.ts";
import { runTone } from "./run-tone.ts";
import { type RunTotals, runTotals } from "./run-totals.ts";
import { statusWords } from "./status-line.ts";
import { dashedDate } from "./timestamp.ts";

/** The content of a run's `index.html`. */
export function renderRunPage(settings: ReportSettings, status: RunStatus): string {
  return renderPage({
    title: `${status.wiki}, ${dashedDate(status.date)}`,
    heading: markup`${status.wiki}, ${dateElement(status.date)}`,
    introduction: introduction(settings, status),
    main: [
      statusPanel(status),
      noticePanel(status),
      failurePanel(status),
      jobTable(status),
      checksumSection(status),
    ].filter((part) => part !== undefined),
    footer: markup`<p>The same for programs: <a href="dumpstatus.json">dumpstatus.json</a>. Times are UTC.</p>`,
  });
}

function introduction(settings: ReportSettings, status: RunStatus): Markup {
  const traits = [status.isPrivate && "private data", status.isClosed && "closed wiki"].filter(Boolean).join(", ");
  return markup`<p>Dump of the wiki ${status.wiki}${traits !== "" && ` (${traits})`}, run of ${
    dateElement(status.date)
  }.</p>
<nav aria-label="Other runs"><p><a href="../../${pathOf(settings.indexName)}">All wikis</a>. ${
    previousRun(status)
  }</p></nav>`;
}

function previousRun({ previous }: RunStatus): Markup {
  if (previous === undefined) return markup`There is no earlier run.`;
  const link = markup`<a href="../${pathOf(previous.date)}/">${dateElement(previous.date)}</a>`;
  return previous.isComplete
    ? markup`Run before this one: ${link}.`
    : markup`Run before this one, not complete: ${link}.`;
}

function statusPanel(status: RunStatus): Markup {
  const totals = runTotals(status);
  const words = statusWords(status);
  return markup`<section class="panel ${runTone(status)}" aria-label="Status">
<p><strong>${words.charAt(0).toUpperCase()}${words.slice(1)}</strong></p>
<p>${progressBar(totals)}${jobCounts(totals)}</p>
<p class="soft">Started ${timeElement(status.startedAt)}, last change ${timeElement(status.updatedAt)}.</p>
</section>
`;
}

/** Only while there is something left to do. */
function progressBar({ over, total, isOver }: RunTotals): Markup | undefined {
  if (isOver) return undefined;
  return markup`<progress max="${Math.max(total, 1)}" value="${over}" aria-label="Finished jobs">${over}</progress> `;
}

function jobCounts(totals: RunTotals): string {
  const extras = [
    totals.failed > 0 && `${totals.failed} failed`,
    totals.skipped > 0 && `${totals.skipped} skipped`,
    totals["in-progress"] > 0 && `${totals["in-progress"]} at work`,
  ].filter(Boolean);
  const counts = `${totals.over} of ${totals.total} jobs finished`;
  return extras.length === 0 ? counts : `${counts} (${extras.join(", ")})`;
}

function noticePanel(status: RunStatus): Markup | undefined {
  if (status.notice === "") return undefined;
  return markup`<section class="panel warn" aria-label="Notice">
<p><strong>Notice</strong></p>
<p dir="auto">${status.notice}</p>
</section>
`;
}

function failurePanel(status: RunStatus): Markup | undefined {
  const failed = status.jobs.filter((job) => job.state === "failed");
  const odd = status.jobs.filter((job) => job.notices.length > 0);
  if (failed.length + odd.length === 0) return undefined;
  const troubles = sameTroubles(failed).map(({ jobs, text }) => markup`<li>${jobs}: ${text}</li>\n`);
  return markup`<section class="panel ${failed.length > 0 ? "bad" : "warn"}" aria-label="What went wrong">
${listUnder("What failed", troubles)}${listUnder("What was odd", odd.flatMap(noticeItems))}</section>
`;
}

/** What fails a reading fails all of its jobs with the same words: told once, with all of their names in front. */
function sameTroubles(failed: readonly JobStatus[]): { jobs: readonly Markup[]; text: Markup }[] {
  const groups = new Map<string, JobStatus[]>();
  for (const job of failed) {
    const words = JSON.stringify(job.trouble ?? null);
    groups.set(words, [...groups.get(words) ?? [], job]);
  }
  return [...groups.values()].map((jobs) => ({
    jobs: jobs.map((job, index) => (index === 0 ? linkToJob(job) : markup`, ${linkToJob(job)}`)),
    text: troubleText(jobs[0]!),
  }));
}

function listUnder(heading: string, items: readonly Markup[]): Markup | undefined {
  if (items.length === 0) return undefined;
  return markup`<p><strong>${heading}</strong></p>
<ul>${items}</ul>
`;
}

function linkToJob({ name }: JobStatus): Markup {
  return markup`<a href="#${name}">${name}</a>`;
}

/** A damaged source may give thousands; the rest is in dumpstatus.json. */
const SHOWN_NOTICES = 20;

function noticeItems(job: JobStatus): Markup[] {
  const items = job.notices.slice(0, SHOWN_NOTICES).map((notice) => markup`<li>${linkToJob(job)}: ${notice}</li>\n`);
  const rest = job.notices.length - items.length;
  if (rest > 0) items.push(markup`<li>${linkToJob(job)}: ${groupDigits(rest)} more</li>\n`);
  return items;
}

function troubleText({ trouble }: JobStatus): Markup {
  if (trouble === undefined) return markup`failed without a message`;
  if (trouble.remedy === "") return markup`${trouble.message}.`;
  return markup`${trouble.message}. <strong>${trouble.remedy}.</strong>`;
}

function jobTable(status: RunStatus): Markup {
  const rows = [...status.jobs].reverse().map(jobRows);
  return markup`<table>
<caption>Jobs, last one first</caption>
<thead><tr><th scope="col">Job and its files</th><th scope="col">State</th></tr></thead>
${rows}</table>
`;
}

const JOB_STATES: Readonly<Record<JobState, { tone: Tone; word: string }>> = {
  waiting: { tone: "calm", word: "waiting" },
  "in-progress": { tone: "busy", word: "in progress" },
  done: { tone: "good", word: "done" },
  failed: { tone: "bad", word: "failed" },
  skipped: { tone: "calm", word: "skipped" },
};

/** Two rows: what it is and how it stands; below, over the whole width, its files. */
function jobRows(job: JobStatus): Markup {
  const below = [...jobDetails(job), fileList(job), sums(job)].filter((part) => part !== undefined);
  const name = job.title !== job.name && markup` <span class="soft">${job.name}</span>`;
  const changed = job.updated !== undefined && markup`<div class="soft">${timeElement(job.updated)}</div>`;
  return markup`<tbody id="${job.name}">
<tr><th scope="rowgroup">${job.title}${name}</th>
<td>${stateElement(JOB_STATES[job.state])}${changed}</td></tr>
${below.length > 0 && markup`<tr><td colspan="2">${below}</td></tr>\n`}</tbody>
`;
}

function jobDetails(job: JobStatus): Markup[] {
  const lines: Markup[] = [];
  if (job.detail !== "") lines.push(markup`<div class="soft">${job.detail}</div>`);
  if (job.state === "in-progress" && job.progress !== "") {
    lines.push(markup`<div class="soft"><code dir="auto">${job.progress}</code></div>`);
  }
  return lines;
}

function fileList(job: JobStatus): Markup | undefined {
  if (job.files.length === 0) return undefined;
  const items = job.files.map((file) => markup`<li>${fileEntry(job, file)}</li>\n`);
  return markup`<ul class="files">\n${items}</ul>`;
}

function fileEntry(job: JobStatus, file: FileStatus): Markup {
  const name = markup`<bdi>${file.name}</bdi>`;
  const isWritten = isPublished(job, file) || job.state === "in-progress";
  if (file.sizeBytes === undefined || !isWritten) {
    return markup`${name} <span class="soft">${job.state === "waiting" ? "not there yet" : "not there"}</span>`;
  }
  const size = markup`<data value="${file.sizeBytes}">${sizeText(file.sizeBytes)}</data>`;
  if (!isPublished(job, file)) return markup`${name} <span class="soft">${size} so far</span>`;
  const since = job.state === "done" ? "" : ", made by an earlier attempt";
  return markup`<a href="${pathOf(file.name)}">${name}</a> <span class="soft">${size}${since}</span>`;
}

function sizeText(sizeBytes: number): string {
  return sizeBytes < 1024 ? exactSize(sizeBytes) : `${prettySize(sizeBytes)} (${exactSize(sizeBytes)})`;
}

/** Folded away, one list for all files of a job; long, and programs take them from the lists. */
function sums(job: JobStatus): Markup | undefined {
  const files = job.files.filter((file) => file.md5 !== undefined || file.sha1 !== undefined);
  if (files.length === 0) return undefined;
  return markup`<details class="sums soft"><summary>Checksums</summary>\n<dl>\n${files.map(fileSums)}</dl></details>`;
}

function fileSums({ name, md5, sha1 }: FileStatus): Markup {
  const sumLine = (kind: string, sum: string | undefined): Markup | false =>
    sum !== undefined && markup`<dd>${kind} <code>${sum}</code></dd>\n`;
  return markup`<dt><bdi>${name}</bdi></dt>\n${sumLine("md5", md5)}${sumLine("sha1", sha1)}`;
}

function checksumSection(status: RunStatus): Markup | undefined {
  if (!status.jobs.some((job) => job.files.some((file) => isPublished(job, file)))) return undefined;
  const md5 = checksumFileName(status, "md5", "txt");
  const sha1 = checksumFileName(status, "sha1", "txt");
  return markup`<section aria-labelledby="checksums">
<h2 id="checksums">Checksums</h2>
<p>Of all files that are there: <a href="${pathOf(md5)}">${md5}</a>, <a href="${pathOf(sha1)}">${sha1}</a>.
Put one beside the files that you fetched and run <code>sha1sum --ignore-missing -c ${sha1}</code>.</p>
</section>
`;
}
