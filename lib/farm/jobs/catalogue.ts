/** All jobs, in the order in which a run does them. */
import type { WikiSettings } from "../config/schema.ts";
import type { WikiSource } from "../source/source.ts";
import type { JobDefinition } from "./job.ts";
import { multistreamJob } from "./multistream.ts";
import { articlesJob, metaCurrentJob, metaHistoryJob } from "./page-content.ts";
import { namespacesJob, namespacesV2Job } from "./site-info.ts";
import { stubsJob } from "./stubs.ts";
import { allPageTitlesJob, pageTitlesJob } from "./titles.ts";

/** Every job there is. */
export const ALL_JOBS: readonly JobDefinition[] = [
  namespacesJob,
  namespacesV2Job,
  pageTitlesJob,
  allPageTitlesJob,
  stubsJob,
  articlesJob,
  metaCurrentJob,
  metaHistoryJob,
  multistreamJob,
];

/** The jobs that a wiki has: those that its source can serve and its configuration wants. */
export function jobsOf(_source: WikiSource, settings: WikiSettings): readonly JobDefinition[] {
  return ALL_JOBS.filter((job) =>
    (job !== multistreamJob || settings.otherformats.multistream) &&
    !settings.misc.skipJobs.includes(job.name)
  );
}
