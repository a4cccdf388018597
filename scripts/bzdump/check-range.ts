/**
 * bzdump check-range: whether files have the pages that their names state.
 */
import { basename, dirname, join } from "node:path";
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { checkRange, type RangeCheck, rangeOfName } from "../../lib/dump/check/check-range.ts";
import { UsageError } from "../../lib/errors.ts";
import { gunzipStream } from "../../lib/host/gzip.ts";
import { eachFile } from "./io/each-file.ts";
import { isUrl, openSource } from "./io/open-source.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { JSON_OPTION, QUIET_OPTION } from "./common-options.ts";

const SPEC = defineCommand(
  {
    name: "bzdump check-range",
    summary: "Compares the page range in names of files with the pages in them. Reads only the ends of bzip2 files.",
    positionals: [{ name: "file", text: "files or URLs with names like …-p1p41242.bz2", isRepeated: true }],
    options: {
      exact: {
        kind: "flag",
        text: "the first and the last page must have the ids of the name; else they may lie between them",
      },
      rename: { kind: "flag", text: "print the commands that give the files their proper names; nothing is renamed" },
      quiet: { ...QUIET_OPTION, text: "say nothing of files that are good" },
      json: { ...JSON_OPTION, text: "one line of JSON per file" },
    },
    examples: [
      { command: "bzdump check-range *.xml-p*.bz2", text: "OK or BAD for each file" },
      {
        command: "bzdump check-range --exact --rename *.bz2 | sh",
        text: "gives files the names that their pages ask for",
      },
    ],
    notes: ["The exit code is 1 when a file has other pages than its name states."],
  } satisfies CommandSpec,
);

type RangeInvocation = Invocation<typeof SPEC>;

async function checkFile(file: string, invocation: RangeInvocation, signal: AbortSignal): Promise<number> {
  const { options, stdout } = invocation;
  if (file === "-") {
    throw new UsageError("Standard input has no name that states a page range, expected a file or a URL", {
      remedy: "Name the file, such as enwiki-20260101-pages-articles1.xml-p1p41242.bz2",
    });
  }
  const name = nameOf(file);
  if (rangeOfName(name) === undefined) {
    throw new UsageError(`The name of ${file} states no page range`, {
      remedy: "Give files with names like enwiki-20260101-pages-articles1.xml-p1p41242.bz2",
    });
  }
  const check = await look(file, name, { isExact: options.exact, signal });
  const exitCode = check.isGood ? EXIT.DONE : EXIT.FAILED;
  if (options.json) await writeJson(stdout, "bzdump/check-range@1", { file, exitCode, ...check });
  else if (options.rename) await stdout.write(renameCommand(file, check));
  else if (!check.isGood || !options.quiet) await stdout.write(`${describeRange(file, check)}\n`);
  return exitCode;
}

/** Looks at the ends of one file. */
export async function look(
  file: string,
  name: string,
  options: { readonly isExact: boolean; readonly signal: AbortSignal },
): Promise<RangeCheck> {
  const { isExact, signal } = options;
  const { source, close } = await openSource(file, { signal });
  try {
    return await checkRange(source, name, { isExact, signal, makeGunzip: () => gunzipStream({ path: file }) });
  } finally {
    await close();
  }
}

/** "OK file", or "BAD file" with what is claimed and what is there, as the old script had it. */
export function describeRange(file: string, { isGood, stated, found }: RangeCheck): string {
  if (isGood) return `OK ${file}`;
  if (found === undefined) {
    return `BAD ${file} first_claimed/has: ${stated.first} none last_claimed/has: ${stated.last} none`;
  }
  const first = `first_claimed/has: ${stated.first} ${found.first}`;
  return `BAD ${file} ${first} last_claimed/has: ${stated.last} ${found.last}`;
}

/** "mv old new" for the shell; nothing for a file whose name is right. */
function renameCommand(file: string, { isGood, properName }: RangeCheck): string {
  if (isGood || isUrl(file) || properName === basename(file)) return "";
  const target = dirname(file) === "." && !file.startsWith("./") ? properName : join(dirname(file), properName);
  return `mv -n -- ${quoted(file)} ${quoted(target)}\n`;
}

/** A word of the shell. */
function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function nameOf(file: string): string {
  if (!isUrl(file)) return basename(file);
  return decodeURIComponent(new URL(file).pathname.split("/").at(-1) ?? "");
}

export const CHECK_RANGE: Verb<typeof SPEC> = {
  spec: SPEC,
  run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return eachFile(positionals, context, (file) => checkFile(file, invocation, signal));
  },
};
