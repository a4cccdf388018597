/**
 * The mail about a run that failed: which jobs, why, what to do about each, and the command that does the rest.
 *
 * An operator's own `errormail.txt` has the reference's placeholders `db date time url`, and ours, `failures` and `command`. What a
 * template does not place itself follows below its text, so that a template of the reference loses nothing.
 *
 * Differs from dumps (Python): one mail for all that failed, with reasons, instead of one sentence about the first.
 */
import { fillTemplate } from "./page-template.ts";
import { absoluteUrl, type ReportSettings, type RunIdentity } from "./report-settings.ts";
import type { JobTrouble } from "./run-status.ts";
import { dashedDate, formatTimestamp } from "./timestamp.ts";

/** What is to be told. */
export interface FailureReport {
  readonly settings: ReportSettings;
  readonly run: RunIdentity;
  /** In the order of jobs. */
  readonly failures: readonly { readonly job: string; readonly trouble: JobTrouble }[];
  /** Why the run did not come to its end, if it did not. */
  readonly stop: JobTrouble | undefined;
  /** Command line that does the rest. */
  readonly command: string;
  /** Where the files of the run are. */
  readonly directory: string;
  /** The machine that the worker ran on. */
  readonly host: string;
  readonly now: Date;
}

/** Subject and text, without addresses. */
export interface FailureMail {
  readonly subject: string;
  readonly text: string;
}

/** The mail; with the operator's template if there is one. Throws `SourceError` READ for a placeholder that is unknown. */
export function renderFailureMail(report: FailureReport, template?: { path: string; text: string }): FailureMail {
  const { wiki } = report.run;
  return {
    subject: `Dump failure for ${wiki}`,
    text: template === undefined ? builtInText(report) : templateText(report, template),
  };
}

function builtInText(report: FailureReport): string {
  const { run, settings, now, host, directory } = report;
  const places = [
    `Files: ${directory}`,
    // The page of a private wiki is not on the web server.
    ...(run.isPrivate ? [] : [`Page: ${runUrl(settings, run)}`]),
    `Host: ${host}`,
    `Time: ${formatTimestamp(now)} UTC`,
  ];
  return `${[headline(report), failureList(report), rerun(report), places.join("\n")].join("\n\n")}\n`;
}

function headline({ run, failures, stop }: FailureReport): string {
  const what = `The dump of ${run.wiki} of ${dashedDate(run.date)}`;
  const jobs = failures.length === 1 ? "1 job" : `${failures.length} jobs`;
  if (stop === undefined) return `${what} ended, but ${jobs} failed.`;
  return failures.length === 0 ? `${what} stopped before its end.` : `${what} stopped before its end; ${jobs} failed.`;
}

function templateText(report: FailureReport, template: { path: string; text: string }): string {
  const { run, settings, now } = report;
  const text = fillTemplate(template.text, {
    path: template.path,
    values: {
      db: run.wiki,
      date: run.date,
      time: formatTimestamp(now),
      url: runUrl(settings, run),
      failures: failureList(report),
      command: report.command,
    },
  });
  const rest = [
    ...(template.text.includes("%(failures)s") ? [] : [failureList(report)]),
    ...(template.text.includes("%(command)s") ? [] : [rerun(report)]),
  ];
  return `${[text.trimEnd(), ...rest].join("\n\n")}\n`;
}

function rerun({ command }: FailureReport): string {
  return `Do the rest with:\n\n    ${command}`;
}

function runUrl(settings: ReportSettings, { wiki, date }: RunIdentity): string {
  return `${absoluteUrl(settings, wiki, date)}/`;
}

/** What fails a reading fails all of its jobs with the same words: told once, with all of their names in front. */
function failureList({ failures, stop }: FailureReport): string {
  const jobsByWords = new Map<string, string[]>();
  for (const { job, trouble } of failures) {
    const words = troubleText(trouble);
    jobsByWords.set(words, [...jobsByWords.get(words) ?? [], job]);
  }
  const items = [...jobsByWords].map(([words, jobs]) => `${jobs.join(", ")}:\n${words}`);
  return [...(stop === undefined ? [] : [`The run:\n${troubleText(stop)}`]), ...items].join("\n\n");
}

function troubleText({ message, remedy }: JobTrouble): string {
  return [message, remedy].filter((line) => line !== "").map((line) => indented(`${line}.`)).join("\n");
}

function indented(text: string): string {
  return text.replace(/[.!?]\.$/, (end) => end.charAt(0)).split(/\r?\n/).map((line) => `    ${line}`).join("\n");
}
