/**
 * `--partnum`, `--pageidrange`, `--checkpoint`, `--aftercheckpoint`: a job, but only some of its pieces. What the options say, and
 * whether they go together, before anything is known of the run.
 */
import { parseDumpFileName } from "../../dump/file-name.ts";
import { UsageError } from "../../errors.ts";
import { PARTIAL_JOBS, type PartialJob } from "./partial-jobs.ts";

/** The options as they were typed; undefined where one is not given. */
export interface PartialOptions {
  readonly partnum?: string | undefined;
  readonly pageidrange?: string | undefined;
  readonly checkpoint?: string | undefined;
  readonly aftercheckpoint?: string | undefined;
}

/** What else the command line says. */
export interface PartialContext {
  /** undefined if the worker chooses. */
  readonly wiki: string | undefined;
  /** YYYYMMDD, if it is known yet. */
  readonly date: string | undefined;
  readonly jobs: readonly string[];
  /** --restartfrom. */
  readonly isRestart: boolean;
}

/** Which pieces of which jobs: those of a part, those with some pages, that of a file, or those after a file. */
export type PartialRerun =
  | { readonly kind: "part"; readonly jobs: readonly string[]; readonly part: number }
  | {
    readonly kind: "pages";
    readonly jobs: readonly string[];
    readonly part: number | undefined;
    readonly first: number;
    /** Infinity: up to the end of the part, or of the wiki. */
    readonly last: number;
  }
  | {
    readonly kind: "file" | "after";
    readonly jobs: readonly string[];
    readonly part: number | undefined;
    readonly range: { readonly first: number; readonly last: number } | undefined;
    readonly fileName: string;
  };

type Option = keyof PartialOptions;
const OPTIONS: readonly Option[] = ["partnum", "pageidrange", "checkpoint", "aftercheckpoint"];

/** What the options mean together; undefined if none is given. Throws UsageError, with what to do. */
export function readPartialOptions(options: PartialOptions, context: PartialContext): PartialRerun | undefined {
  const given = OPTIONS.filter((option) => options[option] !== undefined);
  const option = given.find((each) => each !== "partnum") ?? given[0];
  if (option === undefined) return undefined;
  refuseTogether(given);
  requireJobs(option, context);
  for (const each of given) context.jobs.forEach((job) => requireAllowed(each, job));
  const part = options.partnum === undefined ? undefined : readPart(options.partnum);
  const { jobs } = context;
  if (option === "partnum") return { kind: "part", jobs, part: part! };
  if (option === "pageidrange") return { kind: "pages", jobs, part, ...readPages(options.pageidrange!) };
  return readFile(option, options[option]!, part, context);
}

function refuseTogether(given: readonly Option[]): void {
  const [one, other] = given.filter((option) => option !== "partnum");
  if (other === undefined) return;
  throw usage(one!, `--${one} and --${other} cannot be given together`, "Give one of them");
}

function requireJobs(option: Option, { jobs, wiki, isRestart }: PartialContext): void {
  if (jobs.length === 0) {
    throw usage(option, `--${option} needs --job`, `Add --job JOB, such as --job ${PARTIAL_JOBS[0]!.name}`);
  }
  if (isRestart) throw usage(option, `--${option} cannot be given with --restartfrom`, "Leave --restartfrom out");
  if (option === "partnum") return;
  if (jobs.length > 1) throw usage(option, `--${option} is for one job, not ${jobs.length}`, "Name one job with --job");
  if (wiki === undefined) throw usage(option, `--${option} needs the name of a wiki`, "Add the wiki");
}

function requireAllowed(option: Option, job: string): void {
  if (PARTIAL_JOBS.find(({ name }) => name === job)?.options.has(option)) return;
  const names = PARTIAL_JOBS.filter((each) => each.options.has(option)).map(({ name }) => name);
  throw usage(option, `--${option} makes no sense for ${job}`, `It is for ${names.join(", ")}`);
}

function readPart(text: string): number {
  const part = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (part > 0) return part;
  throw usage("partnum", `--partnum ${text} is no part`, "Parts are numbered from 1");
}

function readPages(text: string): { first: number; last: number } {
  const match = /^(\d{1,15})(?:,(\d{1,15}))?$/.exec(text);
  const first = Number(match?.[1] ?? 0);
  const last = match?.[2] === undefined ? Infinity : Number(match[2]);
  if (first > 0 && first <= last) return { first, last };
  const remedy = "Write the first and the last page id, such as --pageidrange 10,50, or the first alone";
  throw usage("pageidrange", `--pageidrange ${text} is no range of page ids`, remedy);
}

function readFile(
  option: "checkpoint" | "aftercheckpoint",
  fileName: string,
  partnum: number | undefined,
  context: PartialContext,
): PartialRerun {
  const name = parseDumpFileName(fileName);
  const job = PARTIAL_JOBS.find((each) => each.name === context.jobs[0])!;
  if (name === undefined || fileName !== fileName.trim() || /\.(?:inprog|truncated|empty)$|-tmp$/.test(fileName)) {
    throw usage(option, `--${option}: ${JSON.stringify(fileName)} is not the name of a dump file`, nameRemedy(job));
  }
  const { part, range } = name;
  const isOurs = job.dumpNames.includes(name.dumpName) && job.extensions.includes(name.extension ?? "") &&
    name.wiki === context.wiki && (context.date === undefined || name.date === context.date);
  if (!isOurs) throw usage(option, `--${option}: ${fileName} is no file of ${describe(context)}`, nameRemedy(job));
  if (partnum !== undefined && partnum !== part) {
    const whose = part === undefined ? "no part" : `part ${part}`;
    throw usage("partnum", `--partnum ${partnum} contradicts ${fileName}, which is of ${whose}`, "Leave --partnum out");
  }
  if (option === "aftercheckpoint" && range === undefined) {
    throw usage(option, `--${option}: ${fileName} does not say which pages it has`, nameRemedy(job));
  }
  return { kind: option === "checkpoint" ? "file" : "after", jobs: context.jobs, part, range, fileName };
}

function describe({ wiki, date, jobs }: PartialContext): string {
  return `${jobs[0]} of ${wiki}${date === undefined ? "" : ` of ${date}`}`;
}

function nameRemedy({ dumpNames, extensions }: PartialJob): string {
  return `Give the name of one of its files without a directory, such as WIKI-DATE-${dumpNames[0]}1.xml-p1p100.${
    extensions[0]
  }`;
}

function usage(option: Option, message: string, remedy: string): UsageError {
  return new UsageError(message, { option, remedy });
}
