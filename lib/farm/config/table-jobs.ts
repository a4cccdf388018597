/**
 * Which tables are dumped: `tablejobs` of [wiki], a YAML file, or the list that is built in.
 *
 *     tables:
 *       page:
 *         job: pagetable
 *         description: Pages, without their texts
 */
import { DEFAULT_TABLE_JOBS, type TableJob } from "./default-table-jobs.ts";

export type { TableJob } from "./default-table-jobs.ts";

const KEYS = ["job", "description", "type"];

/**
 * The table jobs, in the order of the file; those built in if `path` is "". A job's name ends in "table", also where the file
 * leaves that out. Throws ConfigError, for everything that is wrong in the file at once.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readTableJobs } from "./table-jobs.ts";
 *
 * const jobs = await readTableJobs("");
 * assert.equal(jobs[0]?.job, "sitestatstable");
 * ```
 */
export async function readTableJobs(path: string): Promise<readonly TableJob[]> {
  if (path === "") return DEFAULT_TABLE_JOBS;
  // Only here: few farms have such a file, and what reads it is as big as half of the rest.
  const { YamlFile } = await import("./yaml-file.ts");
  const file = await YamlFile.read(path, "tablejobs");
  const jobs: TableJob[] = [];
  const tables = file.entries(file.top, ["tables"]);
  if (tables.length === 0) {
    file.problem(file.top, "MISSING", "The file has no tables", 'Begin it with the line "tables:"');
  }
  for (const entry of tables.flatMap((one) => file.entries(one))) {
    const keys = file.entries(entry, KEYS);
    const job = file.text(keys, "job", entry);
    const description = file.text(keys, "description", entry);
    const type = keys.find(({ name }) => name === "type");
    if (type !== undefined && file.text([type], "type", entry) !== "public") {
      const remedy = "Private tables are not dumped any more: take the table out of the file";
      file.problem(type, "BAD_VALUE", `${type.path} must be public`, remedy);
    }
    if (!/^[\p{L}\p{N}_$]+$/u.test(entry.name)) {
      file.problem(
        entry,
        "BAD_VALUE",
        `${JSON.stringify(entry.name)} is no name of a table`,
        "Name it as the database does",
      );
    }
    if (job === undefined || description === undefined) continue;
    const name = job.endsWith("table") ? job : `${job}table`;
    const other = jobs.find((one) => one.job === name);
    if (other !== undefined) {
      const message = `${entry.path} has the job ${name}, and so has tables.${other.table}`;
      file.problem(entry, "BAD_VALUE", message, "Give each table a job of its own");
    }
    jobs.push({ table: entry.name, job: name, description });
  }
  file.throwProblems();
  return jobs;
}
