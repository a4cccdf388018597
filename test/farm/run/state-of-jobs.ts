/** A run of "tewiki" on 20260101 that is only in memory: its state, and jobs that it keeps track of. */
import type { JobDefinition } from "../../../lib/farm/jobs/job.ts";
import type { JobStatus } from "../../../lib/farm/report/run-status.ts";
import type { PieceChoice } from "../../../lib/farm/run/choose-pieces.ts";
import { RunState } from "../../../lib/farm/run/run-state.ts";
import { TrackedJob } from "../../../lib/farm/run/tracked-job.ts";
import type { WikiSource } from "../../../lib/farm/source/source.ts";

const NOW = new Date(0);

function nothingIsRead(): never {
  throw new Error("nothing is read here");
}

/** A source for jobs that do not read. */
export const NO_SOURCE: WikiSource = { description: "nothing", reading: nothingIsRead, lastPageId: nothingIsRead };

/** A run whose jobs are in these states. */
export function stateOfJobs(states: Readonly<Record<string, JobStatus["state"]>>): RunState {
  return new RunState({
    wiki: "tewiki",
    date: "20260101",
    isPrivate: false,
    isClosed: false,
    phase: "running",
    startedAt: NOW,
    updatedAt: NOW,
    notice: "",
    previous: undefined,
    jobs: Object.entries(states).map(([name, state]) => statusOf(name, state)),
  }, () => undefined);
}

function statusOf(name: string, state: JobStatus["state"]): JobStatus {
  const none = { detail: "", progress: "", files: [], trouble: undefined, notices: [] };
  return { ...none, name, title: name, state, updated: NOW };
}

/** A job of the run, none of whose files exist. */
export function trackedJob(definition: JobDefinition, choice: PieceChoice = "do"): TrackedJob {
  return new TrackedJob(definition, {
    wiki: "tewiki",
    date: "20260101",
    earlierFiles: [],
    choose: (pieces) => pieces.map((piece) => ({ piece, choice })),
  });
}
