/** The wikis that a command of the administration is about: those that are named, or all of the farm. */
import { closestName } from "../../closest-name.ts";
import { JobError } from "../../errors.ts";
import type { FarmConfig } from "../config/farm-config.ts";
import { makeWiki } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import { readWikiLists } from "../wiki-lists.ts";

/**
 * Finds them, each once, in the order in which they are named. Throws JobError UNKNOWN_WIKI for a name that the lists do not have,
 * before anything is done.
 */
export async function farmWikis(config: FarmConfig, names: readonly string[]): Promise<readonly Wiki[]> {
  const settings = config.forWiki();
  const { wikis } = await readWikiLists(settings);
  const listed = new Map(wikis.map((wiki) => [wiki.name, makeWiki(wiki.name, settings, wiki)]));
  if (names.length === 0) return [...listed.values()];
  return [...new Set(names)].map((name) => listed.get(name) ?? raiseUnknown(name, listed.keys()));
}

function raiseUnknown(name: string, known: Iterable<string>): never {
  const near = closestName(name, known);
  throw new JobError("UNKNOWN_WIKI", `There is no wiki ${name} in the farm`, { wiki: name }, {
    remedy: near === undefined
      ? "Check the name, and that dblist has it and skipdblist does not"
      : `Did you mean ${near}?`,
  });
}
