/**
 * `status.html`: the one line that says how a run stands, and the line's reader.
 *
 * The words and the span classes are a contract with programs that parse them (the reference's monitor, worker and admin
 * tool look for "dump aborted", "failed", "progress", "partial", "complete"); they are kept to the letter.
 */

import { type Markup, markup } from "./markup.ts";
import { itemFragment, joinLines } from "./item-fragment.ts";
import { pathOf, type ReportSettings, type RunIdentity } from "./report-settings.ts";
import type { RunStatus } from "./run-status.ts";
import { runTotals } from "./run-totals.ts";
import { formatTimestamp, parseTimestamp } from "./timestamp.ts";

/** How a run stands, as one word. */
export type RunState = "in-progress" | "complete" | "partial" | "aborted" | "unknown";

/** What a status line says. */
export interface StatusLine {
  readonly state: RunState;
  /** Jobs that failed, as far as the line tells. */
  readonly failedCount: number;
  readonly updated: Date | undefined;
}

/**
 * The content of `status.html`: the status line, and below it the jobs at work, if any.
 */
export function renderStatusHtml(settings: ReportSettings, status: RunStatus): string {
  return `${statusMarkup(settings, status)}\n`;
}

/** The same, to be put into a page. */
export function statusMarkup(settings: ReportSettings, status: RunStatus): Markup {
  const line = renderStatusLine(status, { updated: status.updatedAt, span: statusSpan(status) });
  const running = status.phase === "running" ? status.jobs.filter((job) => job.state === "in-progress") : [];
  if (running.length === 0) return line;
  // Without notices: programs look for words such as "missing" and "failed" anywhere in this file.
  const items = joinLines(running.map((job) => itemFragment(settings, status, { ...job, notices: [] })));
  return markup`${line}\n<ul>${items}</ul>`;
}

/** The `<span>` with the state of a run. */
export function statusSpan(status: Pick<RunStatus, "phase" | "jobs">): Markup {
  if (status.phase === "aborted") return markup`<span class="failed">dump aborted</span>`;
  const { failed } = runTotals(status);
  const [className, words] = stateWords(status);
  const failedClass = failed > 0 ? " failed" : "";
  return markup`<span class='${className}${failedClass}'>${words}${failedWords(failed)}</span>`;
}

/** The state of a run in words, without markup: "Dump complete, 1 item failed". */
export function statusWords(status: Pick<RunStatus, "phase" | "jobs">): string {
  if (status.phase === "aborted") return "dump aborted";
  return `${stateWords(status)[1]}${failedWords(runTotals(status).failed)}`;
}

function stateWords(status: Pick<RunStatus, "phase" | "jobs">): readonly [className: string, words: string] {
  if (status.phase === "running") return ["in-progress", "Dump in progress"];
  return runTotals(status).isOver ? ["done", "Dump complete"] : ["partial-dump", "Partial dump"];
}

function failedWords(failed: number): string {
  return failed === 0 ? "" : `, ${failed} ${failed === 1 ? "item" : "items"} failed`;
}

/** A whole `<li>` for the global index. */
export function renderStatusLine(
  run: RunIdentity,
  entry: { updated: Date | undefined; span: Markup | string },
): Markup {
  const name = run.isPrivate ? `${run.wiki} (private data)` : linkToRun(run);
  return markup`<li>${formatTimestamp(entry.updated)} ${name}${run.isClosed && " (closed)"}: ${entry.span}</li>`;
}

function linkToRun(run: RunIdentity): Markup | string {
  if (run.date === "") return `${run.wiki} (new)`;
  return markup`<a href="${pathOf(run.wiki, run.date)}">${run.wiki}</a>`;
}

/** Reads a status line, of ours or of the reference. Text that is no status line gives the state "unknown". */
export function parseStatusLine(text: string): StatusLine {
  const line = text.split("\n", 1)[0] ?? "";
  const words = /<span class=['"][^'"]*['"]>([^<]*)<\/span>/.exec(line)?.[1] ?? "";
  const updated = parseTimestamp(/^\s*<li>(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) /.exec(line)?.[1] ?? "");
  const failedCount = Number(/, (\d+) items? failed/.exec(words)?.[1] ?? 0);
  return { state: stateOf(words), failedCount, updated };
}

function stateOf(words: string): RunState {
  if (words.includes("aborted")) return "aborted";
  if (words.includes("in progress")) return "in-progress";
  if (words.startsWith("Partial")) return "partial";
  return words.includes("complete") ? "complete" : "unknown";
}
