/** monitor kill: ends workers of this host in order. */
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { endWorkers } from "../../lib/farm/admin/end-workers.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import {
  ALL_OPTION,
  CONFIGFILE_OPTION,
  DATE_OPTION,
  DRYRUN_OPTION,
  JSON_OPTION,
  needWikis,
  onlyDate,
  wikisOf,
} from "./farm-options.ts";

const DEFAULT_WAIT_SECONDS = 60;

const SPEC = defineCommand({
  name: "monitor kill",
  summary: "Ends the workers of this host that dump these wikis: SIGTERM, so that each leaves its run in order.",
  positionals: [{ name: "wiki", text: "workers on these wikis", isOptional: true, isRepeated: true }],
  options: {
    configfile: CONFIGFILE_OPTION,
    all: ALL_OPTION,
    date: { ...DATE_OPTION, text: "only workers on runs of this date" },
    wait: { kind: "integer", placeholder: "SECONDS", text: `how long they may take; default ${DEFAULT_WAIT_SECONDS}` },
    dryrun: DRYRUN_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    { command: "monitor kill tewiki", text: "ends the worker that dumps tewiki" },
    { command: "monitor exit && monitor kill --all", text: "ends all workers of this host, and their loops" },
  ],
  notes: [
    "Only a process that has a lock of the farm and is a worker is asked to end. A worker of a loop ends, and the loop goes on with the next wiki, unless exit.txt is there. Exit code 1: one is still there, or was left alone; 255: there was none.",
  ],
});

export const KILL: Verb<typeof SPEC> = {
  spec: SPEC,
  async run({ options, positionals, stdout }, signal) {
    needWikis(positionals, options);
    const verdicts = await endWorkers(await wikisOf(options.configfile, positionals), {
      date: onlyDate(options.date),
      waitMs: (options.wait ?? DEFAULT_WAIT_SECONDS) * 1000,
      isDryRun: options.dryrun,
      signal,
    });
    for (const verdict of verdicts) {
      const { wiki, date, pid, action, reason } = verdict;
      if (options.json) await writeJson(stdout, "monitor/kill@1", { ...verdict });
      else await stdout.write(`${wiki} ${date || "(all dates)"}: process ${pid} ${action}, ${reason}\n`);
    }
    if (verdicts.length === 0) return EXIT.NOTHING_TO_DO;
    return verdicts.every(({ action }) => action.endsWith("ended")) ? EXIT.DONE : EXIT.FAILED;
  },
};
