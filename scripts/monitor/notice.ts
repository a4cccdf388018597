/** monitor notice: a text on the page of a run. */
import { defineCommand } from "../../lib/cli/options.ts";
import { UsageError } from "../../lib/errors.ts";
import { chosenDate } from "../../lib/farm/admin/change-run.ts";
import { postNotice } from "../../lib/farm/admin/post-notice.ts";
import { readNotice } from "../../lib/farm/notice.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { checkDate, CONFIGFILE_OPTION, DATE_OPTION, DRYRUN_OPTION, wikisOf } from "./farm-options.ts";

const SPEC = defineCommand({
  name: "monitor notice",
  summary: "Puts a notice on the page of a run, as plain text; without a text, tells the one that is there.",
  positionals: [
    { name: "wiki", text: "database name of the wiki" },
    { name: "text", text: "the notice, in any number of words", isOptional: true, isRepeated: true },
  ],
  options: {
    configfile: CONFIGFILE_OPTION,
    date: DATE_OPTION,
    undo: { kind: "flag", text: "take the notice back" },
    dryrun: DRYRUN_OPTION,
  },
  examples: [
    { command: "monitor notice tewiki The history dump is late, see our blog", text: "on the page of the latest run" },
    { command: "monitor notice tewiki --date 20260101 --undo", text: "takes it back" },
  ],
});

export const NOTICE: Verb<typeof SPEC> = {
  spec: SPEC,
  async run({ options, positionals, stdout }) {
    const [name = "", ...words] = positionals;
    checkDate(options.date);
    if (options.undo && words.length > 0) {
      throw new UsageError("--undo takes a notice back, but a text is given as well");
    }
    const wiki = (await wikisOf(options.configfile, [name]))[0]!;
    const date = await chosenDate(wiki, options.date);
    const text = words.join(" ");
    if (text === "" && !options.undo) {
      const notice = await readNotice(wiki, date);
      await stdout.write(notice === "" ? "" : `${notice}\n`);
      return;
    }
    const what = `the notice of ${wiki.name} ${date}`;
    if (options.dryrun) {
      await stdout.write(`Would ${options.undo ? "delete" : "set"} ${what}\n`);
      return;
    }
    const outcome = await postNotice(wiki, date, options.undo ? undefined : text);
    const when = outcome === "shown" ? "" : "; the worker that has the run changes the page with its next job";
    await stdout.write(`${options.undo ? "Deleted" : "Set"} ${what}${when}\n`);
  },
};
