/** monitor mark: sets the state of a job by hand. */
import { closestName } from "../../lib/closest-name.ts";
import { defineCommand } from "../../lib/cli/options.ts";
import { UsageError } from "../../lib/errors.ts";
import { chosenDate, jobOf } from "../../lib/farm/admin/change-run.ts";
import { markJob, MARKS } from "../../lib/farm/admin/mark-job.ts";
import { readRunOf } from "../../lib/farm/earlier-run.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { checkDate, CONFIGFILE_OPTION, DATE_OPTION, DRYRUN_OPTION, wikisOf } from "./farm-options.ts";

const SPEC = defineCommand({
  name: "monitor mark",
  summary: "Sets the state of a job of a run that nobody works on, in all files that show it.",
  positionals: [
    { name: "wiki", text: "database name of the wiki" },
    { name: "job:state", text: `such as articlesdump:failed; states: ${MARKS.join(", ")}`, isRepeated: true },
  ],
  options: { configfile: CONFIGFILE_OPTION, date: DATE_OPTION, dryrun: DRYRUN_OPTION },
  examples: [
    { command: "monitor mark tewiki articlesdump:failed", text: "its files are bad: out of all lists and of latest/" },
    { command: "monitor mark tewiki --date 20260101 pagetable:done", text: "its files were made by hand" },
  ],
  notes: [
    "done: all files of the job must be there; they are hashed, listed and linked, but not checked. waiting: the next worker --skipdone does the job again. Exit code 6: a worker has the run.",
  ],
});

export const MARK: Verb<typeof SPEC> = {
  spec: SPEC,
  async run({ options, positionals, stdout }) {
    const [name = "", ...marks] = positionals;
    checkDate(options.date);
    const requests = marks.map(readMark);
    const wiki = (await wikisOf(options.configfile, [name]))[0]!;
    const date = await chosenDate(wiki, options.date);
    for (const { job, mark } of requests) {
      if (options.dryrun) {
        const { status } = await readRunOf(wiki, date);
        const before = status === undefined ? "unknown" : jobOf(status, job).state;
        await stdout.write(`${wiki.name} ${date}: ${job} would be ${mark}, is ${before}\n`);
      } else {
        await markJob(wiki, { date, job, mark });
        await stdout.write(`${wiki.name} ${date}: ${job} is ${mark}\n`);
      }
    }
  },
};

function readMark(text: string): { readonly job: string; readonly mark: (typeof MARKS)[number] } {
  const colonAt = text.lastIndexOf(":");
  const [job, word] = [text.slice(0, Math.max(0, colonAt)), text.slice(colonAt + 1)];
  const mark = MARKS.find((one) => one === word);
  if (mark !== undefined && job !== "") return { job, mark };
  const near = colonAt < 1 ? undefined : closestName(word, MARKS);
  throw new UsageError(`"${text}" is not JOB:STATE with one of the states ${MARKS.join(", ")}`, {
    remedy: near === undefined ? "" : `Did you mean ${job}:${near}?`,
  });
}
