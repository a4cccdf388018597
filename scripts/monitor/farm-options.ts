/** Options that several verbs of the monitor have, and what they come to. */
import type { OptionSpec } from "../../lib/cli/options.ts";
import { UsageError } from "../../lib/errors.ts";
import { farmWikis } from "../../lib/farm/admin/farm-wikis.ts";
import { loadConfig } from "../../lib/farm/config/load.ts";
import { isRunDate } from "../../lib/farm/report/timestamp.ts";
import { configLocation } from "../../lib/farm/where-to-look.ts";
import type { Wiki } from "../../lib/farm/wiki.ts";

export const CONFIGFILE_OPTION = {
  kind: "text",
  placeholder: "FILE[:SECTION]",
  text: "configuration, and a section that overrides others",
} as const satisfies OptionSpec;

export const DATE_OPTION = {
  kind: "text",
  placeholder: "YYYYMMDD",
  text: "the run of this date; without it, or with last, the latest",
} as const satisfies OptionSpec;

export const DRYRUN_OPTION = { kind: "flag", text: "only say what would be done" } as const satisfies OptionSpec;

export const JSON_OPTION = { kind: "flag", text: "one line of JSON each, on stdout" } as const satisfies OptionSpec;

export const ALL_OPTION = { kind: "flag", text: "all wikis of the farm" } as const satisfies OptionSpec;

export const BASEDIR_OPTION = {
  kind: "text",
  placeholder: "DIR",
  text: "the directory that workers were given with --basedir",
} as const satisfies OptionSpec;

/** The wikis that are named; all of the farm without a name. */
export async function wikisOf(configfile: string | undefined, names: readonly string[]): Promise<readonly Wiki[]> {
  return await farmWikis(await loadConfig(configLocation(configfile)), names);
}

/** Refuses a command that would change the whole farm only because no wiki was named. Throws UsageError. */
export function needWikis(names: readonly string[], { all }: { readonly all: boolean }): void {
  if (names.length === 0 && !all) throw new UsageError("Name one or more wikis, or give --all for all of the farm");
  if (names.length > 0 && all) throw new UsageError("--all means all wikis, but some are named as well");
}

/** Throws UsageError for a date that is none. */
export function checkDate(date: string | undefined): void {
  if (date === undefined || date === "last" || isRunDate(date)) return;
  throw new UsageError(`--date must be a day as YYYYMMDD, or last, but "${date}" was given`, { option: "date" });
}

/** The same, where a command is about every date without one. */
export function onlyDate(date: string | undefined): string | undefined {
  if (date === "last") throw new UsageError("--date must be a day as YYYYMMDD here", { option: "date" });
  checkDate(date);
  return date;
}
