/** monitor remove: removes what failed jobs have made. */
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { chosenDate } from "../../lib/farm/admin/change-run.ts";
import { planRemoval, removeFailed } from "../../lib/farm/admin/remove-failed.ts";
import { listRunDates } from "../../lib/farm/run-dates.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import {
  ALL_OPTION,
  checkDate,
  CONFIGFILE_OPTION,
  DATE_OPTION,
  DRYRUN_OPTION,
  JSON_OPTION,
  needWikis,
  wikisOf,
} from "./farm-options.ts";

const SPEC = defineCommand({
  name: "monitor remove",
  summary:
    "Removes the files of failed jobs of a run, also good ones of an earlier attempt, and sets the jobs to waiting.",
  positionals: [{ name: "wiki", text: "runs of these wikis", isOptional: true, isRepeated: true }],
  options: {
    configfile: CONFIGFILE_OPTION,
    all: ALL_OPTION,
    date: DATE_OPTION,
    dryrun: DRYRUN_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    { command: "monitor remove tewiki --dryrun", text: "what would go from the latest run of tewiki" },
    { command: "monitor remove --all", text: "from the latest run of every wiki" },
  ],
  notes: ["Exit code 255: no job has failed. 6: a worker has one of the runs; those before it are done."],
});

export const REMOVE: Verb<typeof SPEC> = {
  spec: SPEC,
  async run({ options, positionals, stdout }) {
    needWikis(positionals, options);
    checkDate(options.date);
    let removals = 0;
    for (const wiki of await wikisOf(options.configfile, positionals)) {
      // Of the whole farm, wikis without such a run are none of this command's business.
      if (options.all && !await hasRun(wiki, options.date)) continue;
      const date = await chosenDate(wiki, options.date);
      const plan = await planRemoval(wiki, date);
      if (plan.jobs.length === 0) continue;
      const removal = options.dryrun ? plan : await removeFailed(wiki, date);
      removals++;
      const files = removal.files.length === 0 ? "no files" : removal.files.join(" ");
      if (options.json) await writeJson(stdout, "monitor/remove@1", { ...removal, isDryRun: options.dryrun });
      else {
        await stdout.write(
          `${wiki.name} ${date}: ${options.dryrun ? "would remove" : "removed"} ${files} of ${
            removal.jobs.join(", ")
          }\n`,
        );
      }
    }
    return removals === 0 ? EXIT.NOTHING_TO_DO : EXIT.DONE;
  },
};

async function hasRun(wiki: Parameters<typeof listRunDates>[0], date: string | undefined): Promise<boolean> {
  const dates = await listRunDates(wiki);
  return date === undefined || date === "last" ? dates.length > 0 : dates.includes(date);
}
