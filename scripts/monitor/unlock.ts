/** monitor unlock: takes away locks whose workers are gone, and puts their runs in order. */
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { unlock } from "../../lib/farm/admin/unlock.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { CONFIGFILE_OPTION, DATE_OPTION, DRYRUN_OPTION, JSON_OPTION, onlyDate, wikisOf } from "./farm-options.ts";

const SPEC = defineCommand({
  name: "monitor unlock",
  summary:
    "Removes locks whose workers are gone, at once, and marks their runs as aborted; batches that they had claimed can be claimed again.",
  positionals: [{ name: "wiki", text: "only these wikis; default all", isOptional: true, isRepeated: true }],
  options: {
    configfile: CONFIGFILE_OPTION,
    date: { ...DATE_OPTION, text: "only locks of runs of this date" },
    "gone-host": {
      kind: "texts",
      placeholder: "HOST",
      text: "this host is gone with all its workers: its locks count as left behind",
    },
    dryrun: DRYRUN_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    { command: "monitor unlock", text: "frees what workers of this host have left behind" },
    { command: "monitor unlock --gone-host dump7 --dryrun", text: "what would be freed if dump7 is dead" },
  ],
  notes: [
    "A lock is removed when its process is no more on this host, or is another program by now, and nobody has touched it for 30 seconds. Exit code 255: there was none. The lock of a living worker is taken with worker --force only.",
  ],
});

export const UNLOCK: Verb<typeof SPEC> = {
  spec: SPEC,
  async run({ options, positionals, stdout, stderr }) {
    const verdicts = await unlock(await wikisOf(options.configfile, positionals), {
      date: onlyDate(options.date),
      goneHosts: options["gone-host"],
      isDryRun: options.dryrun,
      log: (line) => void stderr.write(`monitor: ${line}\n`),
    });
    for (const verdict of verdicts) {
      if (options.json) await writeJson(stdout, "monitor/unlock@1", { ...verdict });
      else await stdout.write(`${verdict.path}: ${verdict.action}, ${verdict.reason}\n`);
    }
    return verdicts.some(({ action }) => action !== "kept") ? EXIT.DONE : EXIT.NOTHING_TO_DO;
  },
};
