/**
 * All that a short run on a small file does not need: most verbs, the old tools, manuals. A bundle holds it packed (docs/decisions/042).
 */
import { runAncestor } from "./ancestors/ancestor.ts";
import { findAncestor } from "./ancestors/table.ts";
import { APPEND } from "./append.ts";
import { BLOCKS } from "./blocks.ts";
import { CHECK } from "./check.ts";
import { CRCS } from "./crcs.ts";
import { FROM_OFFSET } from "./from-offset.ts";
import { INDEX } from "./index.ts";
import { PAGES } from "./pages.ts";
import { RECOMPRESS } from "./recompress.ts";
import { REVISIONS } from "./revisions.ts";
import { SPLIT } from "./split.ts";
import { STATS } from "./stats.ts";
import { type LoadedVerb, loadedVerb } from "../../lib/cli/verb.ts";
import { keepHeapSmall } from "../../lib/host/small-heap.ts";

export { HELP_TOPICS, helpOn } from "./help-topics.ts";

// Here and not in the plain part: who starts threads asks this part's own copy of the module.
keepHeapSmall();

/** The verbs by their names. */
export const LATE_VERBS: Readonly<Record<string, LoadedVerb>> = {
  "blocks": loadedVerb(BLOCKS),
  "pages": loadedVerb(PAGES),
  "stats": loadedVerb(STATS),
  "revisions": loadedVerb(REVISIONS),
  "index": loadedVerb(INDEX),
  "check": loadedVerb(CHECK),
  "from-offset": loadedVerb(FROM_OFFSET),
  "crcs": loadedVerb(CRCS),
  "recompress": loadedVerb(RECOMPRESS),
  "append": loadedVerb(APPEND),
  "split": loadedVerb(SPLIT),
};

/** The old tool of this name, ready to run; undefined if there is none. */
export function ancestorNamed(
  name: string,
): ((args: readonly string[], signal: AbortSignal) => Promise<number>) | undefined {
  const ancestor = findAncestor(name);
  return ancestor && ((args, signal) => runAncestor(ancestor, args, signal));
}
