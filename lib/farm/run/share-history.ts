/** Whether a run shares its history with workers of other hosts, and what must be taken back from them before it begins. */
import { BATCH_JOBS } from "../batches/batch-names.ts";
import { batchesOf } from "../batches-of.ts";
import type { JobDefinition } from "../jobs/job.ts";
import { outputNames } from "../jobs/job-outputs.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import type { RunOptions } from "./run-options.ts";
import type { RunPlan } from "./run-plan.ts";
import type { RunState } from "./run-state.ts";
import { SharedJob } from "./shared-job.ts";
import type { TrackedJob } from "./tracked-job.ts";

export interface SharingOptions extends RunOptions {
  readonly plan: RunPlan;
  readonly state: RunState;
  readonly flushStatus: () => Promise<void>;
}

/** The job that is shared; undefined if there is none: the log says why, if one is wanted. */
export function shareHistory(
  wiki: Wiki,
  jobs: readonly TrackedJob[],
  options: SharingOptions,
): SharedJob | undefined {
  const job = jobs.find(({ name }) => BATCH_JOBS.includes(name));
  if (job === undefined || !wiki.settings.chunks.contentbatchesEnabled) return undefined;
  const { log, date, plan, state, flushStatus } = options;
  const why = whyAlone(wiki, job, options);
  if (why !== undefined) {
    log(`Job ${job.name} is not shared: ${why}`);
    return undefined;
  }
  return new SharedJob(job, {
    wiki: wiki.name,
    list: batchesOf(wiki, date, job.name),
    source: plan.source,
    state,
    log,
    directory: runDirectory(wiki, date),
    isPlanned: (pieces) => {
      const planned = job.definition.pieces(plan.layout)?.map(({ outputs }) => outputNames(outputs, wiki.name, date));
      return JSON.stringify(planned) === JSON.stringify(pieces.map(({ names }) => names));
    },
    flushStatus,
    batchSize: () => plan.layout.parts.length,
    maxRetries: wiki.settings.misc.maxRetries,
  });
}

function whyAlone(wiki: Wiki, job: TrackedJob, { plan, partial, state, textPass }: SharingOptions): string | undefined {
  if (plan.layout.ranges === "none") return "contentbatchesEnabled needs chunksEnabled and checkpointTime";
  if (partial?.jobs.includes(job.name) === true) return "only some of its pieces are asked for";
  if (textPass === "dumpTextPass" && wiki.settings.wiki.source === "mediawiki") {
    return "with --nospawn all texts of a part are read";
  }
  // Files of before stay until there are new ones; who has only the list cannot tell them from those.
  return state.job(job.name).state === "done" ? "it was done before, and is done anew" : undefined;
}

/** Takes the batches from all workers when the stubs or the files are going that they are about. */
export async function withdrawBatches(
  wiki: Wiki,
  selected: readonly JobDefinition[],
  { date, earlierOutputs, log }: RunOptions,
): Promise<void> {
  const names = selected.map(({ name }) => name);
  for (const job of BATCH_JOBS) {
    const isGoing = names.includes("xmlstubsdump") || (earlierOutputs === "remove" && names.includes(job));
    if (isGoing && await batchesOf(wiki, date, job).withdraw()) log(`The batches of ${job} are withdrawn`);
  }
}
