/** The command line of the worker: its options, what goes together, and what they come to. */
import { defineCommand } from "../../lib/cli/options.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { UsageError } from "../../lib/errors.ts";
import { BATCH_JOBS } from "../../lib/farm/batches/batch-names.ts";
import { type PartialRerun, readPartialOptions } from "../../lib/farm/layout/partial-options.ts";
import { isRunDate } from "../../lib/farm/report/timestamp.ts";

export const COMMAND = defineCommand({
  name: "worker",
  summary: "Dumps the wiki that was dumped least recently, or the one that is named.",
  positionals: [{
    name: "wiki",
    text: "database name of the wiki; without it, the one that needs it most",
    isOptional: true,
  }],
  options: {
    configfile: {
      kind: "text",
      placeholder: "FILE[:SECTION]",
      text: "configuration, and a section that overrides others",
    },
    date: { kind: "text", placeholder: "YYYYMMDD", text: "date of the run, or last; default today (UTC)" },
    job: { kind: "texts", placeholder: "JOB[,JOB]", text: "only these jobs; help lists them" },
    restartfrom: { kind: "flag", text: "with one --job: that job and all after it" },
    skipdone: { kind: "flag", text: "leave out jobs that are done" },
    skipjobs: { kind: "texts", placeholder: "JOB[,JOB]", text: "mark these jobs as skipped" },
    prereqs: { kind: "flag", text: "with --job: first do the jobs that they need and that are not done" },
    cleanup: { kind: "flag", text: "first remove what the jobs made before" },
    partnum: { kind: "text", isAdvanced: true, placeholder: "N", text: "with --job: only that part" },
    pageidrange: { kind: "text", isAdvanced: true, placeholder: "A[,B]", text: "with one --job: only these pages" },
    checkpoint: { kind: "text", isAdvanced: true, placeholder: "FILE", text: "with one --job: only that file" },
    aftercheckpoint: {
      kind: "text",
      isAdvanced: true,
      placeholder: "FILE",
      text: "with one --job: what comes after that file in its part",
    },
    batches: {
      kind: "flag",
      text: "only claim batches of a job that another worker has, with --job and --date",
    },
    numbatches: { kind: "integer", text: "with --batches: claim no more than so many" },
    noprefetch: { kind: "flag", text: "take no texts from older dumps" },
    prefetchdate: {
      kind: "text",
      isAdvanced: true,
      placeholder: "YYYYMMDD",
      text: "take texts from the dump of that date only",
    },
    nospawn: {
      kind: "flag",
      isAdvanced: true,
      text: "get texts by dumpTextPass.php alone: slower, for content that it transforms",
    },
    addnotice: { kind: "text", isAdvanced: true, placeholder: "TEXT", text: "show a notice on the page of the run" },
    delnotice: { kind: "flag", isAdvanced: true, text: "take that notice away" },
    cutoff: {
      kind: "text",
      placeholder: "YYYYMMDD",
      text: "leave out wikis with a run of this date or later; or today",
    },
    force: { kind: "flag", text: "take the lock from whoever has it; needs a wiki" },
    exclusive: { kind: "flag", isAdvanced: true, text: "accepted; every run takes the lock" },
    dryrun: { kind: "flag", text: "only say what would be done, with --verbose also by which commands; needs a wiki" },
    loop: { kind: "flag", text: "one worker after another, each a fresh process" },
    onepass: { kind: "flag", text: "with --loop: end when no wiki is left to dump" },
    maxfails: { kind: "integer", isAdvanced: true, text: "with --loop: failures in a row that are borne; default 3" },
    sleep: {
      kind: "integer",
      isAdvanced: true,
      placeholder: "SECONDS",
      text: "with --loop: longest pause between two wikis; default 60",
    },
    basedir: {
      kind: "text",
      placeholder: "DIR",
      isAdvanced: true,
      text: "where maintenance.txt and exit.txt are looked for",
    },
    log: { kind: "flag", isAdvanced: true, text: "also write the log of the run to a file in the private tree" },
    verbose: { kind: "flag", text: "say more" },
  },
  examples: [
    { command: "worker --configfile farm.conf", text: "dump the wiki that needs it most" },
    { command: "worker --configfile farm.conf tenwiki --job articlesdump", text: "one job of one wiki" },
    {
      command: "worker --configfile farm.conf --loop --onepass --cutoff today",
      text: "dump all that is not dumped today",
    },
    {
      command: "worker --configfile farm.conf --batches --job metahistorybz2dump --date last",
      text: "help another host with its history job",
    },
  ],
});

export type WorkerInvocation = Invocation<typeof COMMAND>;

/** Refuses options that do not go together. Throws UsageError. */
export function checkCombinations({ options, positionals }: WorkerInvocation): void {
  const needsWiki = ["force", "dryrun"].find((name) => options[name as "force" | "dryrun"]);
  if (needsWiki !== undefined && positionals.length === 0) {
    throw new UsageError(`--${needsWiki} needs the name of a wiki`);
  }
  if (options.restartfrom && commaList(options.job).length !== 1) {
    throw new UsageError("--restartfrom needs exactly one --job");
  }
  if (options.prereqs && options.job.length === 0) throw new UsageError("--prereqs needs --job");
  if (options.addnotice !== undefined && options.delnotice) {
    throw new UsageError("--addnotice and --delnotice contradict each other");
  }
  if (options.prefetchdate !== undefined) {
    if (options.noprefetch) throw new UsageError("--prefetchdate and --noprefetch contradict each other");
    if (!isRunDate(options.prefetchdate)) {
      throw new UsageError(`--prefetchdate must be a day as YYYYMMDD, but "${options.prefetchdate}" was given`);
    }
  }
  checkBatches(options);
  partialRerun({ options, positionals });
  if (options.date !== undefined && options.date !== "last" && !isRunDate(options.date)) {
    throw new UsageError(`--date must be a day as YYYYMMDD, or last, but "${options.date}" was given`);
  }
  if (options.cutoff !== undefined && options.cutoff !== "today" && !isRunDate(options.cutoff)) {
    throw new UsageError(`--cutoff must be a day as YYYYMMDD, or today, but "${options.cutoff}" was given`);
  }
}

/** What belongs to the worker that has the run. */
const NOT_WITH_BATCHES = [
  "restartfrom",
  "skipdone",
  "prereqs",
  "cleanup",
  "partnum",
  "pageidrange",
  "checkpoint",
  "aftercheckpoint",
  "nospawn",
  "addnotice",
  "delnotice",
  "cutoff",
  "force",
  "dryrun",
] as const;

function checkBatches({ batches, numbatches, job, date, ...others }: WorkerInvocation["options"]): void {
  if (!batches) {
    if (numbatches !== undefined) throw new UsageError("--numbatches needs --batches", { option: "numbatches" });
    return;
  }
  const jobs = commaList(job);
  if (jobs.length !== 1 || !BATCH_JOBS.includes(jobs[0]!)) {
    throw new UsageError(`--batches needs --job ${BATCH_JOBS.join(" or ")}`, { option: "batches" });
  }
  if (date === undefined) {
    throw new UsageError("--batches needs --date", {
      option: "batches",
      remedy: "Give the date of the run, or --date last",
    });
  }
  const other = NOT_WITH_BATCHES.find((name) => others[name] !== undefined && others[name] !== false) ??
    (others.skipjobs.length > 0 ? "skipjobs" : undefined);
  if (other !== undefined) {
    throw new UsageError(`--batches and --${other} cannot be given together`, {
      option: other,
      remedy: `Leave --${other} to the worker that has the run`,
    });
  }
  if (numbatches === 0) throw new UsageError("--numbatches must be 1 or more", { option: "numbatches" });
}

/** Which pieces of the jobs are asked for; undefined for all. Throws UsageError. */
export function partialRerun(
  { options, positionals }: Pick<WorkerInvocation, "options" | "positionals">,
): PartialRerun | undefined {
  return readPartialOptions(options, {
    wiki: positionals[0],
    date: options.date,
    jobs: commaList(options.job),
    isRestart: options.restartfrom,
  });
}

/** The words of options that take lists and can be given several times. */
export function commaList(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(",")).map((value) => value.trim()).filter((value) => value !== "");
}
