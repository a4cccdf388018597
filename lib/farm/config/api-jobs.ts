/**
 * What is asked of a wiki's API: `apijobs` of [wiki], a YAML file, or the two jobs that are built in.
 *
 *     siteinfov2:
 *       names of namespaces:
 *         job: namespacesv2
 *         description: Namespaces and magic words of the wiki, as JSON
 *         properties:
 *           - namespaces
 *           - magicwords
 */

/** A job that stores an answer of meta=siteinfo. */
export interface ApiJob {
  readonly job: string;
  readonly description: string;
  /** Values of siprop, in order. */
  readonly properties: readonly string[];
  readonly formatVersion: 1 | 2;
  /** Name of the file without wiki, date and ending: "siteinfo2-namespacesv2". */
  readonly dumpName: string;
}

const KINDS = { siteinfo: 1, siteinfov2: 2 } as const;
const KEYS = ["job", "description", "properties"];
const DEFAULT_PROPERTIES = ["namespaces", "namespacealiases", "magicwords", "general"];

export const DEFAULT_API_JOBS: readonly ApiJob[] = [
  apiJob(
    "namespaces",
    "Namespaces, their aliases and magic words, in the API's first JSON format",
    DEFAULT_PROPERTIES,
    1,
  ),
  apiJob(
    "namespacesv2",
    "Namespaces, their aliases and magic words, in the API's second JSON format",
    DEFAULT_PROPERTIES,
    2,
  ),
];

/**
 * The API jobs, in the order of the file; those built in if `path` is "". Throws ConfigError, for everything that is wrong in the
 * file at once.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readApiJobs } from "./api-jobs.ts";
 *
 * const jobs = await readApiJobs("");
 * assert.deepEqual(jobs.map((job) => job.dumpName), ["siteinfo-namespaces", "siteinfo2-namespacesv2"]);
 * ```
 */
export async function readApiJobs(path: string): Promise<readonly ApiJob[]> {
  if (path === "") return DEFAULT_API_JOBS;
  // Only here: few farms have such a file, and what reads it is as big as half of the rest.
  const { YamlFile } = await import("./yaml-file.ts");
  const file = await YamlFile.read(path, "apijobs");
  const jobs: ApiJob[] = [];
  for (const kind of file.entries(file.top, Object.keys(KINDS))) {
    const formatVersion = KINDS[kind.name as keyof typeof KINDS];
    for (const entry of file.entries(kind)) {
      const keys = file.entries(entry, KEYS);
      const job = file.text(keys, "job", entry);
      const description = file.text(keys, "description", entry);
      const properties = file.texts(keys, "properties", entry);
      if (job === undefined || description === undefined || properties === undefined) continue;
      if (!/^[A-Za-z][\w.]*$/.test(job)) {
        file.problem(
          entry,
          "BAD_VALUE",
          `${job} is no name of a job`,
          "Use letters and digits, it is part of a file's name",
        );
      }
      if (jobs.some((other) => other.job === job)) {
        file.problem(entry, "BAD_VALUE", `The job ${job} is there twice`, "Give each entry a job of its own");
      }
      jobs.push(apiJob(job, description, properties, formatVersion));
    }
  }
  file.throwProblems();
  return jobs;
}

function apiJob(job: string, description: string, properties: readonly string[], formatVersion: 1 | 2): ApiJob {
  const dumpName = `${formatVersion === 1 ? "siteinfo" : "siteinfo2"}-${job}`;
  return { job, description, properties, formatVersion, dumpName };
}
