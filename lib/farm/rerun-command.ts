/** The command that does what is left of a run: one line, to be copied into a shell. */
import { resolvePath } from "../host/paths.ts";
import { siblingScript } from "../host/sibling-script.ts";
import { splitConfigArgument } from "./config/load.ts";

export interface RerunOptions {
  /** As `--configfile` was given; undefined where the configuration was found by itself. */
  readonly configfile: string | undefined;
  /** What starts the worker; without it, the script beside this one. */
  readonly program?: readonly string[];
}

/** Such as `node /srv/wikidump/worker.mjs tewiki --date 20260101 --skipdone --configfile /srv/farm.conf`. */
export function rerunCommand(run: { readonly wiki: string; readonly date: string }, options: RerunOptions): string {
  const { configfile, program = siblingScript("worker") } = options;
  const words = [...program, run.wiki, "--date", run.date, "--skipdone"];
  if (configfile !== undefined && configfile !== "") words.push("--configfile", absoluteArgument(configfile));
  return words.map(shellWord).join(" ");
}

/** The same file from every directory; the section stays. */
function absoluteArgument(argument: string): string {
  const { file, override } = splitConfigArgument(argument);
  const path = resolvePath(".", file);
  return override === undefined ? path : `${path}:${override}`;
}

/** Quoted only where a shell would see more than letters. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
