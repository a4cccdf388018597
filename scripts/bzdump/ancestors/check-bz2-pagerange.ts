/**
 * check_bz2_pagerange: the old script that held the page ranges in the names of history files against their pages.
 *
 * It asked the wiki's API for the page of the last revision; here the last page is read from the file.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkRange, type RangeCheck, rangeOfName } from "../../../lib/dump/check/check-range.ts";
import { isWikidumpError } from "../../../lib/errors.ts";
import { sourceError } from "../../../lib/host/system-error.ts";
import { openSource } from "../io/open-source.ts";
import { describeRange } from "../check-range.ts";
import { type Ancestor, type AncestorCall, AncestorError } from "./ancestor.ts";

const FAILED = 1;
/** Where the script looked; --public is ours. */
const PUBLIC = "/mnt/data/xmldatadumps/public";
/** Ids in new names were filled up to so many digits. */
const ID_DIGITS = 9;
const HISTORY = /meta-history.*\.bz2$/;

async function run(call: AncestorCall): Promise<number> {
  const { options, positionals } = call.arguments;
  const value = (name: string): string | undefined => options.findLast((one) => one.name === name)?.value;
  const wiki = value("wiki");
  const date = value("date");
  if (wiki === undefined || date === undefined || positionals.length > 0) {
    throw new AncestorError("a wiki and a date are wanted", FAILED, { hasUsage: true });
  }
  const directory = join(value("public") ?? PUBLIC, wiki, date);
  for (const name of await filesIn(directory)) {
    const path = join(directory, name);
    const check = await look(path, name, call);
    if (check === undefined) continue;
    await call.stdout.write(`${describeRange(path, check)}\n`);
    if (!options.some((one) => one.name === "rename") || check.isGood || check.found === undefined) continue;
    await call.stdout.write(`mv ${path} ${join(directory, oldStyleName(name, check.found))}\n`);
  }
  return 0;
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.filter((name) => HISTORY.test(name) && rangeOfName(name) !== undefined).sort();
  } catch (error) {
    throw sourceError(error, directory, "read");
  }
}

async function look(path: string, name: string, { stderr, signal }: AncestorCall): Promise<RangeCheck | undefined> {
  const { source, close } = await openSource(path, { signal });
  try {
    return await checkRange(source, name, { isExact: true, signal });
  } catch (error) {
    if (!isWikidumpError(error) || signal.aborted) throw error;
    await stderr.write(`${path}: ${error.message}\n`);
    return undefined;
  } finally {
    await close();
  }
}

function oldStyleName(name: string, { first, last }: { readonly first: number; readonly last: number }): string {
  const id = (value: number): string => String(value).padStart(ID_DIGITS, "0");
  return name.replace(/-p\d+p\d+/, `-p${id(first)}p${id(last)}`);
}

/** The old script, under its name with and without ".py". */
export const CHECK_BZ2_PAGERANGE: Ancestor = {
  name: "check_bz2_pagerange",
  options: [
    { name: "wiki", short: "w", takesValue: true },
    { name: "date", short: "d", takesValue: true },
    { name: "rename", short: "r" },
    { name: "public", takesValue: true },
    { name: "help", short: "h" },
  ],
  usageExitCode: 1,
  usage: `Usage: check_bz2_pagerange.py --wiki WIKI --date YYYYMMDD [--rename] [--public DIRECTORY]
Holds the page ranges in the names of a run's history files against their first and last pages; --rename prints the
commands that would rename them. Runs are looked for in ${PUBLIC}/WIKI/DATE.
`,
  run,
};
