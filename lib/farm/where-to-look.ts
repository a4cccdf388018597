/** Where the scripts of a farm look for their configuration, and for the files by which an operator stops them. */
import { scriptDirectory } from "../host/is-main.ts";
import { splitConfigArgument } from "./config/load.ts";
import type { LoadOptions } from "./config/load.ts";

/** What `--configfile FILE[:SECTION]` says, or its absence. */
export function configLocation(argument: string | undefined): LoadOptions {
  return { ...splitConfigArgument(argument ?? ""), scriptDir: scriptDirectory() };
}

/** Where maintenance.txt and exit.txt are looked for: in `--basedir`, else beside the script and in the current directory. */
export function controlDirectories(basedir: string | undefined): readonly string[] {
  return basedir === undefined ? [...new Set([scriptDirectory(), "."])] : [basedir];
}
