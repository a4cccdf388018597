/** The verbs of the monitor, in the order in which help shows them. Without a verb it sweeps. */
import { type LoadedVerb, loadedVerb } from "../../lib/cli/verb.ts";
import { EXIT_VERB, MAINTENANCE } from "./control.ts";
import { KILL } from "./kill.ts";
import { MARK } from "./mark.ts";
import { NOTICE } from "./notice.ts";
import { REMOVE } from "./remove.ts";
import { RERUN } from "./rerun.ts";
import { SHOW } from "./show.ts";
import { UNLOCK } from "./unlock.ts";

/** By their names. */
export const MONITOR_VERBS: Readonly<Record<string, LoadedVerb>> = {
  show: loadedVerb(SHOW),
  rerun: loadedVerb(RERUN),
  kill: loadedVerb(KILL),
  unlock: loadedVerb(UNLOCK),
  mark: loadedVerb(MARK),
  remove: loadedVerb(REMOVE),
  notice: loadedVerb(NOTICE),
  maintenance: loadedVerb(MAINTENANCE),
  exit: loadedVerb(EXIT_VERB),
};

/** The verb of this name, if it is one. A configuration file of that name is given with --configfile, or as ./NAME. */
export function monitorVerb(name: string | undefined): LoadedVerb | undefined {
  return name !== undefined && Object.hasOwn(MONITOR_VERBS, name) ? MONITOR_VERBS[name] : undefined;
}
