/**
 * bzdump index: builds, checks, searches and converts the index of a multistream dump. The actions are in index-*.ts.
 */
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { UsageError } from "../../lib/errors.ts";
import { closestName } from "../../lib/closest-name.ts";
import { eachFile } from "./io/each-file.ts";
import { runIndexBuild } from "./index/index-build.ts";
import { runIndexCheck } from "./index/index-check.ts";
import { runIndexConvert } from "./index/index-convert.ts";
import { runIndexSearch } from "./index/index-search.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { FORCE_OPTION, JSON_OPTION, OUTPUT_OPTION, PROGRESS_OPTION, QUIET_OPTION } from "./common-options.ts";

const SPEC = defineCommand(
  {
    name: "bzdump index",
    summary: "Builds, checks, searches and converts multistream indexes.",
    positionals: [
      { name: "action", text: "build, check, search or convert" },
      { name: "file", text: "build, check: the dump; search, convert: the index; a file, a URL; - is stdin" },
      { name: "index", text: "check: the index; without it, the one beside the dump", isOptional: true },
    ],
    options: {
      output: {
        ...OUTPUT_OPTION,
        text: "build, convert: write to this file: .bz2, .gz or plain, by its name; - is stdout",
      },
      id: { kind: "texts", placeholder: "ID", text: "search: a page id; may come several times" },
      title: { kind: "texts", placeholder: "TITLE", text: "search: a title, such as A_&_B; may come several times" },
      prefix: { kind: "texts", placeholder: "TEXT", text: "search: the start of titles; may come several times" },
      limit: { kind: "integer", min: 1, text: "search: at most so many lines" },
      quick: { kind: "flag", text: "check: some streams only, without reading all of the dump" },
      sample: {
        kind: "integer",
        min: 1,
        text: "check: with --quick, so many streams; 50 without it",
        isAdvanced: true,
      },
      to: { kind: "choice", choices: ["json", "index"], text: "convert: to lines of JSON, or back to an index" },
      force: { ...FORCE_OPTION, text: "replace an existing file" },
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "results as lines of JSON, on stdout" },
      progress: PROGRESS_OPTION,
    },
    examples: [
      {
        command: "bzdump index build enwiki-pages-articles-multistream.xml.bz2",
        text: "makes the index beside the dump",
      },
      { command: "bzdump index search …-multistream-index.txt.bz2 --title 'A & B'", text: "finds a page by its title" },
      {
        command: "bzdump index check --quick …-multistream.xml.bz2",
        text: "compares some streams with the index beside",
      },
      { command: "bzdump index convert …-index.txt.bz2 --to json -o index.jsonl", text: "for jq, DuckDB and the like" },
    ],
    notes: ["Exit code 1: nothing was found (search), or the index does not fit the dump (check)."],
  } satisfies CommandSpec,
);

/** What the actions are given. */
export type IndexInvocation = Invocation<typeof SPEC>;

/** An action: its work on the file. */
export type IndexAction = (invocation: IndexInvocation, signal: AbortSignal) => Promise<number>;

type OptionName = keyof typeof SPEC["options"];

const ACTIONS: Readonly<Record<string, { run: IndexAction; options: readonly OptionName[] }>> = {
  build: { run: runIndexBuild, options: ["output", "force"] },
  check: { run: runIndexCheck, options: ["quick", "sample"] },
  search: { run: runIndexSearch, options: ["id", "title", "prefix", "limit"] },
  convert: { run: runIndexConvert, options: ["output", "force", "to"] },
};
const COMMON: readonly OptionName[] = ["quiet", "json", "progress"];

export const INDEX: Verb<typeof SPEC> = {
  spec: SPEC,
  async run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    const [name = "", file = "", ...rest] = positionals;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) {
      const near = closestName(name, Object.keys(ACTIONS));
      throw new UsageError(`Unknown action ${JSON.stringify(name)}, expected build, check, search or convert`, {
        option: "ACTION",
        remedy: near === undefined ? "" : `Did you mean ${near}?`,
      });
    }
    for (const option of Object.keys(SPEC.options) as OptionName[]) {
      const value = options[option];
      const isGiven = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
      if (isGiven && !COMMON.includes(option) && !action.options.includes(option)) {
        throw new UsageError(`Option --${option} does not go together with index ${name}`, { option });
      }
    }
    if (rest.length > 0 && name !== "check") throw new UsageError(`Argument "${rest[0]}" is one too many`);
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await eachFile([file], context, () => action.run(invocation, signal));
  },
};
