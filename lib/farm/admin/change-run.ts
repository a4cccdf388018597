/**
 * Changes the state of a run that nobody is working on, as an operator wants it: under the run's lock, and in every file that shows it.
 */
import { JobError, SourceError } from "../../errors.ts";
import { readRunOf } from "../earlier-run.ts";
import { takeRunLock } from "../run-lock.ts";
import { recoverRun } from "../recover.ts";
import { reportSettingsOf } from "../report-settings-of.ts";
import { RunReporter } from "../report/reporter.ts";
import type { RunStatus } from "../report/run-status.ts";
import { runTotals } from "../report/run-totals.ts";
import { listRunDates } from "../run-dates.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";

/**
 * Takes the lock, has `change` make a new state of the one that is there, writes it, and gives the lock back. What is to be done when
 * the new state is written, such as links, `change` gives as a function.
 *
 * Throws LockError HELD while a worker has the run, SourceError NOT_FOUND when there is no such run.
 */
export async function changeRun(
  wiki: Wiki,
  date: string,
  change: (status: RunStatus) => Promise<{ readonly status: RunStatus; after?: () => Promise<void> }>,
): Promise<RunStatus> {
  const lock = await takeRunLock(wiki, date, "respect");
  try {
    const found = await settledStatus(wiki, date);
    const { status: changed, after } = await change(found);
    const status = { ...changed, phase: phaseAfter(changed), updatedAt: new Date() };
    lock.verify();
    const reporter = new RunReporter({
      settings: reportSettingsOf(wiki.settings),
      runDirectory: runDirectory(wiki, date),
    });
    reporter.update(status);
    await reporter.flush();
    await after?.();
    return status;
  } finally {
    await lock.release();
  }
}

/** With the lock in hand nobody works on the run: what says otherwise is left over from a worker that is gone. */
async function settledStatus(wiki: Wiki, date: string): Promise<RunStatus> {
  const { status } = await readRunOf(wiki, date);
  if (status === undefined) throw noRun(wiki, date);
  if (status.phase !== "running") return status;
  await recoverRun(wiki, { date, now: new Date(), cause: "it was found without a worker" });
  return (await readRunOf(wiki, date)).status ?? status;
}

/** A run of which nothing is left to do is finished, whatever became of the worker that began it. */
function phaseAfter(status: RunStatus): RunStatus["phase"] {
  return runTotals(status).isOver ? "finished" : status.phase;
}

/** The date of the run that is meant: the one that is given, or the latest. Throws SourceError NOT_FOUND if there is none. */
export async function chosenDate(wiki: Wiki, date: string | undefined): Promise<string> {
  const dates = await listRunDates(wiki);
  const chosen = date === undefined || date === "last" ? dates.at(-1) : dates.find((one) => one === date);
  if (chosen === undefined) throw noRun(wiki, date === "last" ? undefined : date);
  return chosen;
}

/** The state of a job. Throws JobError FAILED, with all names, for a job that the run does not have. */
export function jobOf(status: RunStatus, name: string): RunStatus["jobs"][number] {
  const job = status.jobs.find((one) => one.name === name);
  if (job !== undefined) return job;
  throw new JobError("FAILED", `The run of ${status.date} of ${status.wiki} has no job ${name}`, {
    wiki: status.wiki,
    job: name,
  }, { remedy: `Its jobs: ${status.jobs.map((one) => one.name).join(", ")}` });
}

function noRun(wiki: Wiki, date: string | undefined): SourceError {
  const what = date === undefined ? `${wiki.name} was never dumped` : `There is no run of ${date} of ${wiki.name}`;
  const path = date === undefined ? wiki.runsDirectory : runDirectory(wiki, date);
  return new SourceError("NOT_FOUND", `${what}: nothing that tells of a job is in ${path}`, path, {
    remedy: "See with: monitor show",
  });
}
