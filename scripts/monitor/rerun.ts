/** monitor rerun: the commands that do what is left of runs. */
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { overview } from "../../lib/farm/admin/overview.ts";
import { rerunCommand } from "../../lib/farm/rerun-command.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { CONFIGFILE_OPTION, JSON_OPTION, wikisOf } from "./farm-options.ts";

const SPEC = defineCommand({
  name: "monitor rerun",
  summary:
    "Prints the commands that do what is left of the latest runs: of those with failed jobs, and of those that were given up.",
  positionals: [{ name: "wiki", text: "only these wikis; default all", isOptional: true, isRepeated: true }],
  options: { configfile: CONFIGFILE_OPTION, json: JSON_OPTION },
  examples: [
    { command: "monitor rerun", text: "prints them" },
    { command: "monitor rerun | sh", text: "does them, one after the other" },
  ],
  notes: ["Runs that a worker has are left out. Exit code 255: there is nothing to do again."],
});

export const RERUN: Verb<typeof SPEC> = {
  spec: SPEC,
  async run({ options, positionals, stdout }) {
    const lines = await overview(await wikisOf(options.configfile, positionals));
    const unfinished = lines.filter(({ state, locks, date }) =>
      date !== "" && (state === "failed" || state === "aborted") && locks.every((lock) => lock.date !== date)
    );
    for (const { wiki, date, failedJobs } of unfinished) {
      const command = rerunCommand({ wiki, date }, { configfile: options.configfile });
      if (options.json) await writeJson(stdout, "monitor/rerun@1", { wiki, date, failedJobs, command });
      else await stdout.write(`${command}\n`);
    }
    return unfinished.length === 0 ? EXIT.NOTHING_TO_DO : EXIT.DONE;
  },
};
