/**
 * Mails the administrator about a run that failed: one mail a run, whatever failed in it. Trouble with the mail never is trouble of the
 * run: it is one line of the log.
 */
import { isWikidumpError, type WikidumpError } from "../errors.ts";
import { hostName } from "../host/machine.ts";
import { readSmallFile } from "../host/small-file.ts";
import { redactSecrets } from "./config/redact.ts";
import { parseServerAddress, SMTP_PORT } from "./config/server-address.ts";
import { runIdentity } from "./earlier-run.ts";
import { type FailureMail, type FailureReport, renderFailureMail } from "./report/failure-mail.ts";
import { reportSettingsOf } from "./report-settings-of.ts";
import { rerunCommand } from "./rerun-command.ts";
import { troubleOf } from "./trouble.ts";
import { runDirectory } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";

/** A run that is over. */
export interface EndedRun {
  readonly wiki: Wiki;
  /** YYYYMMDD. */
  readonly date: string;
  /** Jobs that were to be done and were not: name to error, in the order of jobs. */
  readonly failures: ReadonlyMap<string, unknown>;
  /** The error for which the run did not come to its end; undefined if it did. */
  readonly stoppedBy: unknown;
}

export interface TellOptions {
  /** As `--configfile` was given: for the command in the mail. */
  readonly configfile: string | undefined;
  /** Of the configuration: they never stand in a mail. */
  readonly secrets: readonly string[];
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  /** How long the mail server may take; 30 seconds without it. */
  readonly timeoutMs?: number;
}

/** Mails what failed, if something did and somebody is to be told. Never throws; gives whether a mail was sent. */
export async function tellAdministrator(run: EndedRun, options: TellOptions): Promise<boolean> {
  const { adminmail, mailfrom, smtpserver } = run.wiki.settings.reporting;
  const server = parseServerAddress(smtpserver);
  if (adminmail === "" || server === undefined || !isWorthAMail(run)) return false;
  const { log } = options;
  try {
    const { subject, text } = await composeMail(reportOf(run, options), log);
    // Only here, for it takes time and memory that a good run has other uses for.
    const { sendMail } = await import("../host/mail.ts");
    const mail = { from: mailfrom, to: adminmail, subject, text: redactSecrets(text, options.secrets) };
    await sendMail(mail, { host: server.host, port: server.port ?? SMTP_PORT }, options);
    log(`Mailed ${adminmail} about the failure`);
    return true;
  } catch (error) {
    log(redactSecrets(troubleLine(error), options.secrets));
    return false;
  }
}

/** Whoever ended a run by a signal, or by maintenance.txt, knows of it. */
function isWorthAMail({ failures, stoppedBy }: EndedRun): boolean {
  if (stoppedBy === undefined) return failures.size > 0;
  if (stoppedBy instanceof Error && stoppedBy.name === "InterruptedError") return false;
  return !(isWikidumpError(stoppedBy) && stoppedBy.code === "MAINTENANCE");
}

function reportOf({ wiki, date, failures, stoppedBy }: EndedRun, { configfile }: TellOptions): FailureReport {
  return {
    settings: reportSettingsOf(wiki.settings),
    run: runIdentity(wiki, date),
    failures: [...failures].map(([job, error]) => ({ job, trouble: troubleOf(error) })),
    stop: stoppedBy === undefined ? undefined : troubleOf(stoppedBy),
    command: rerunCommand({ wiki: wiki.name, date }, { configfile }),
    directory: runDirectory(wiki, date),
    host: hostName(),
    now: new Date(),
  };
}

/** With the operator's template where there is one that works, otherwise our own text. */
async function composeMail(report: FailureReport, log: (line: string) => void): Promise<FailureMail> {
  const { templateDirectory } = report.settings;
  if (templateDirectory === undefined) return renderFailureMail(report);
  const path = `${templateDirectory}/errormail.txt`;
  try {
    const text = await readSmallFile(path);
    return renderFailureMail(report, text === undefined ? undefined : { path, text });
  } catch (error) {
    log(`${troubleLine(error)}. The built-in mail is used`);
    return renderFailureMail(report);
  }
}

function troubleLine(error: unknown): string {
  if (!isWikidumpError(error)) return `Cannot send mail: ${error instanceof Error ? error.message : String(error)}`;
  const { message, remedy }: WikidumpError = error;
  return remedy === "" ? message : `${message}. ${remedy}`;
}
