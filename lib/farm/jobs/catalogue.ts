/** All jobs, in the order in which a run lists them and, where nothing else decides, begins them. */
import { type ApiJob, DEFAULT_API_JOBS } from "../config/api-jobs.ts";
import { DEFAULT_TABLE_JOBS, type TableJob } from "../config/default-table-jobs.ts";
import type { WikiSource } from "../source/source.ts";
import { databaseTitlesJobs } from "./database-titles.ts";
import { flowJobs, pageLogsJob } from "./documents.ts";
import type { JobDefinition } from "./job.ts";
import { multistreamJob } from "./multistream.ts";
import { articlesJob, metaCurrentJob, metaHistoryJob } from "./page-content.ts";
import { recombineJob } from "./recombine-jobs.ts";
import { sevenZipJob } from "./seven-zip-job.ts";
import { siteListJob } from "./site-list.ts";
import { siteApiJob } from "./site-api.ts";
import { namespacesJob, namespacesV2Job } from "./site-info.ts";
import { stubsJob } from "./stubs.ts";
import { tableJob } from "./tables.ts";
import { allPageTitlesJob, pageTitlesJob } from "./titles.ts";

/** What decides which jobs a wiki has. */
export interface CatalogueFacts {
  /** Tables to dump: those of the list that the wiki has. */
  readonly tableJobs: readonly TableJob[];
  readonly apiJobs: readonly ApiJob[];
  readonly hasFlow: boolean;
  readonly hasMultistream: boolean;
  /** There is to be a history as 7z. */
  readonly hasSevenZip: boolean;
  /** How files are cut; undefined for one file each. */
  readonly recombines: { readonly history: boolean; readonly metaCurrent: boolean } | undefined;
  /** Jobs that this wiki is not to have. */
  readonly skipJobs: readonly string[];
}

/** The jobs that a wiki has: those that its source can serve and its configuration wants. */
export function jobsOf(source: WikiSource, facts: CatalogueFacts): readonly JobDefinition[] {
  const jobs: readonly JobDefinition[] = [
    ...databaseJobs(source, facts),
    ...withWhole(stubsJob, facts, true),
    ...withWhole(articlesJob, facts, true),
    ...withWhole(metaCurrentJob, facts, facts.recombines?.metaCurrent),
    ...documentJobs(source, facts),
    ...withWhole(metaHistoryJob, facts, facts.recombines?.history),
    ...(facts.hasSevenZip ? withWhole(sevenZipJob, facts, facts.recombines?.history) : []),
    ...(facts.hasMultistream ? withWhole(multistreamJob, facts, true) : []),
  ];
  return jobs.filter(({ name }) => !facts.skipJobs.includes(name));
}

/** Tables, site information and titles: from the database and the API, or as far as an export has them. */
function databaseJobs({ database, api }: WikiSource, { tableJobs, apiJobs }: CatalogueFacts): readonly JobDefinition[] {
  return [
    ...(database === undefined ? [] : tableJobs.map((job) => tableJob(job, database))),
    ...(api === undefined ? [namespacesJob, namespacesV2Job] : apiJobs.map((job) => siteApiJob(job, api))),
    ...(database === undefined ? [pageTitlesJob, allPageTitlesJob] : databaseTitlesJobs(database)),
  ];
}

function documentJobs({ documents }: WikiSource, facts: CatalogueFacts): readonly JobDefinition[] {
  if (documents === undefined) return [];
  return [
    ...withWhole(pageLogsJob(documents), facts, true),
    ...(facts.hasFlow ? flowJobs(documents) : []),
    siteListJob(documents),
  ];
}

/** A job and, of a wiki in parts, the job that puts its parts together where that is wanted. */
function withWhole(job: JobDefinition, { recombines }: CatalogueFacts, isWanted = false): readonly JobDefinition[] {
  return recombines !== undefined && isWanted ? [job, recombineJob(job)] : [job];
}

/** Every job that there is by default, for people who ask which there are. They cannot be run. */
export function everyJob(): readonly JobDefinition[] {
  const nowhere = (): never => {
    throw new TypeError("These jobs have no source");
  };
  const source: WikiSource = {
    description: "nowhere",
    reading: nowhere,
    lastPageId: nowhere,
    database: { tables: nowhere, dumpTable: nowhere, dumpTitles: nowhere },
    api: { siteInfo: nowhere },
    documents: { lastLogId: nowhere, dumpLog: nowhere, dumpFlow: nowhere, dumpSiteList: nowhere },
  };
  return jobsOf(source, {
    tableJobs: DEFAULT_TABLE_JOBS,
    apiJobs: DEFAULT_API_JOBS,
    hasFlow: true,
    hasMultistream: true,
    hasSevenZip: true,
    recombines: { history: true, metaCurrent: true },
    skipJobs: [],
  });
}
