/** monitor show: how the wikis of the farm stand. */
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { UsageError } from "../../lib/errors.ts";
import { chooseLines, FARM_STATES, overview, type OverviewLine } from "../../lib/farm/admin/overview.ts";
import { closestName } from "../../lib/closest-name.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { CONFIGFILE_OPTION, JSON_OPTION, wikisOf } from "./farm-options.ts";

const WORDS = ["all", "lastrun", "alldone", ...FARM_STATES] as const;

const SPEC = defineCommand({
  name: "monitor show",
  summary: "Tells how the latest run of each wiki stands, and who has it. Reads only.",
  positionals: [{ name: "what", text: `${WORDS.join(", ")}; default all`, isOptional: true }],
  options: {
    configfile: CONFIGFILE_OPTION,
    wiki: { kind: "texts", placeholder: "WIKI", text: "only this wiki; may come several times" },
    json: JSON_OPTION,
  },
  examples: [
    { command: "monitor show", text: "every wiki: date, state, finished jobs, failed ones, locks" },
    { command: "monitor show failed --json", text: "those whose latest run has failed jobs, for a program" },
    { command: "monitor show alldone && publish", text: "go on when every wiki is complete for the newest date" },
  ],
  notes: [
    "lastrun: wikis with a run of the newest date. alldone: wikis that are not complete for that date; exit code 0 when there are none, 1 otherwise.",
  ],
});

export const SHOW: Verb<typeof SPEC> = {
  spec: SPEC,
  async run({ options, positionals, stdout, stderr }) {
    const what = wordOf(positionals[0] ?? "all");
    const lines = await overview(await wikisOf(options.configfile, options.wiki));
    const chosen = what === "alldone" ? notDone(lines) : chooseLines(lines, what);
    if (options.json) { for (const line of chosen) await writeJson(stdout, "monitor/show@1", { ...line }); }
    else if (chosen.length > 0) await stdout.write(table(chosen));
    for (const problem of chosen.flatMap((line) => line.problems)) await stderr.write(`monitor: ${problem}\n`);
    if (what === "alldone") return chosen.length === 0 ? EXIT.DONE : EXIT.FAILED;
    return EXIT.DONE;
  },
};

function wordOf(text: string): (typeof WORDS)[number] {
  const word = WORDS.find((one) => one === text);
  if (word !== undefined) return word;
  const near = closestName(text, WORDS);
  throw new UsageError(`There is nothing called ${JSON.stringify(text)} to show; expected one of ${WORDS.join(", ")}`, {
    remedy: near === undefined ? "" : `Did you mean ${near}?`,
  });
}

/** A farm in which nothing was dumped is not done. */
function notDone(lines: readonly OverviewLine[]): readonly OverviewLine[] {
  const last = new Set(chooseLines(lines, "lastrun"));
  return lines.filter((line) => !last.has(line) || line.state !== "complete");
}

function table(lines: readonly OverviewLine[]): string {
  const rows = lines.map((line) => [
    line.wiki,
    line.date === "" ? "-" : line.date,
    line.state,
    line.total === 0 ? "-" : `${line.over}/${line.total}`,
    remarks(line),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()}\n`)
    .join("");
}

function remarks({ failedJobs, locks, notice, date }: OverviewLine): string {
  return [
    failedJobs.length > 0 && `failed: ${failedJobs.join(", ")}`,
    ...locks.map((lock) =>
      `locked${lock.date === date ? "" : ` (${lock.date || "whole wiki"})`} by ${lock.holder}, ${lock.state}`
    ),
    notice !== "" && "has a notice",
  ].filter((part) => part !== false).join("; ");
}
