/** Which jobs of a run are to be done, as the command line asks: all, some, all from one on, without those that are done. */
import { closestName } from "../../closest-name.ts";
import { UsageError } from "../../errors.ts";
import type { JobDefinition } from "../jobs/job.ts";
import type { JobStatus } from "../report/run-status.ts";

export interface JobSelection {
  /** Names of jobs; empty means all. */
  readonly jobs: readonly string[];
  /** Also all jobs after the one that is named. */
  readonly isRestart: boolean;
  /** Leave out jobs that are done. */
  readonly skipsDone: boolean;
  /** Mark these as skipped. */
  readonly skipJobs: readonly string[];
  /** Also the jobs that the named ones need, as far as they are not done. */
  readonly withPrerequisites: boolean;
}

/** Names that are no job: what they do instead is in run.ts. */
export const PSEUDO_JOBS = ["noop", "latestlinks", "createdirs"] as const;

/** Stands for the jobs of all tables. */
const ALL_TABLES = "tables";

/** Whether no job is meant, only what comes with a run: status files, lists, links. */
export function isPseudo({ jobs }: JobSelection): boolean {
  return jobs.some((name) => (PSEUDO_JOBS as readonly string[]).includes(name));
}

/** The jobs to do, in order. Throws UsageError for names that the wiki does not have. */
export function selectJobs(
  jobs: readonly JobDefinition[],
  selection: JobSelection,
  state: (name: string) => JobStatus,
): readonly JobDefinition[] {
  const named = chooseJobs(jobs, selection);
  const chosen = selection.withPrerequisites ? withPrerequisites(jobs, named, state) : named;
  return chosen.filter((job) => !(selection.skipsDone && state(job.name).state === "done"));
}

function chooseJobs(jobs: readonly JobDefinition[], selection: JobSelection): readonly JobDefinition[] {
  for (const name of [...selection.jobs, ...selection.skipJobs]) checkName(jobs, name);
  if (selection.jobs.length === 0) return jobs.filter((job) => !selection.skipJobs.includes(job.name));
  if (isPseudo(selection)) return [];
  const named = jobs.filter((job) => isNamed(job, selection.jobs));
  if (!selection.isRestart) return named.filter((job) => !selection.skipJobs.includes(job.name));
  const first = jobs.indexOf(named[0]!);
  return jobs.slice(first).filter((job) => !selection.skipJobs.includes(job.name));
}

function withPrerequisites(
  jobs: readonly JobDefinition[],
  named: readonly JobDefinition[],
  state: (name: string) => JobStatus,
): readonly JobDefinition[] {
  const wanted = new Set(named);
  const need = (job: JobDefinition): void => {
    for (const name of job.prerequisites) {
      const needed = jobs.find((one) => one.name === name);
      if (needed === undefined || wanted.has(needed) || state(name).state === "done") continue;
      wanted.add(needed);
      need(needed);
    }
  };
  named.forEach(need);
  return jobs.filter((job) => wanted.has(job));
}

function isNamed({ name }: JobDefinition, names: readonly string[]): boolean {
  return names.includes(name) || (names.includes(ALL_TABLES) && isTableJob(name));
}

function isTableJob(name: string): boolean {
  return name.endsWith("table");
}

function checkName(jobs: readonly JobDefinition[], name: string): void {
  if (name === ALL_TABLES && jobs.some((job) => isTableJob(job.name))) return;
  if (jobs.some((job) => job.name === name) || (PSEUDO_JOBS as readonly string[]).includes(name)) return;
  const names = [...jobs.map((job) => job.name), ALL_TABLES, ...PSEUDO_JOBS];
  const near = closestName(name, names);
  throw new UsageError(`There is no job ${name} for this wiki${near === undefined ? "" : `; did you mean ${near}?`}`, {
    option: "job",
    remedy: `Jobs: ${names.join(", ")}`,
  });
}
