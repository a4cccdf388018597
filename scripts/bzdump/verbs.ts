/**
 * The table of verbs. A verb is loaded when it is wanted: a short run of one must not pay for the code of all others.
 */
import type { CommandSpec } from "../../lib/cli/options.ts";
import { runCommand } from "../../lib/cli/run-command.ts";
import type { Verb } from "./verb.ts";

/** A verb by its names. */
export interface NamedVerb {
  readonly name: string;
  readonly aliases: readonly string[];
  load(): Promise<LoadedVerb>;
}

/** A verb that is there. */
export interface LoadedVerb {
  readonly spec: CommandSpec;
  run(args: readonly string[], signal: AbortSignal): Promise<number>;
}

function loaded<const Spec extends CommandSpec>(verb: Verb<Spec>): LoadedVerb {
  return {
    spec: verb.spec,
    run: (args, signal) =>
      runCommand(verb.spec, (invocation) => verb.run(invocation, signal), { args: verb.prepare?.(args) ?? args }),
  };
}

/** All verbs, in the order in which help shows them. */
export const VERBS: readonly NamedVerb[] = [
  {
    name: "decompress",
    aliases: ["expand", "d", "bunzip2"],
    load: async () => loaded((await import("./decompress.ts")).DECOMPRESS),
  },
  { name: "compress", aliases: ["c", "bzip2"], load: async () => loaded((await import("./compress.ts")).COMPRESS) },
  { name: "cat", aliases: ["bzcat"], load: async () => loaded((await import("./cat.ts")).CAT) },
  { name: "test", aliases: ["t"], load: async () => loaded((await import("./test.ts")).TEST) },
  { name: "blocks", aliases: ["b"], load: async () => loaded((await import("./blocks.ts")).BLOCKS) },
  { name: "pages", aliases: ["extract", "p"], load: async () => loaded((await import("./pages.ts")).PAGES) },
  { name: "stats", aliases: [], load: async () => loaded((await import("./stats.ts")).STATS) },
  { name: "revisions", aliases: [], load: async () => loaded((await import("./revisions.ts")).REVISIONS) },
  { name: "find-page", aliases: [], load: async () => loaded((await import("./find-page.ts")).FIND_PAGE) },
  { name: "last-id", aliases: [], load: async () => loaded((await import("./last-id.ts")).LAST_ID) },
  { name: "index", aliases: [], load: async () => loaded((await import("./index.ts")).INDEX) },
  { name: "check", aliases: [], load: async () => loaded((await import("./check.ts")).CHECK) },
  { name: "check-range", aliases: [], load: async () => loaded((await import("./check-range.ts")).CHECK_RANGE) },
  { name: "last-block", aliases: [], load: async () => loaded((await import("./last-block.ts")).LAST_BLOCK) },
  { name: "from-offset", aliases: [], load: async () => loaded((await import("./from-offset.ts")).FROM_OFFSET) },
  { name: "crcs", aliases: [], load: async () => loaded((await import("./crcs.ts")).CRCS) },
  { name: "recompress", aliases: [], load: async () => loaded((await import("./recompress.ts")).RECOMPRESS) },
  { name: "append", aliases: [], load: async () => loaded((await import("./append.ts")).APPEND) },
  { name: "split", aliases: [], load: async () => loaded((await import("./split.ts")).SPLIT) },
];

/** The verb with this name or alias. */
export function verbNamed(name: string): NamedVerb | undefined {
  return VERBS.find((verb) => verb.name === name || verb.aliases.includes(name));
}

/** A verb and its options, for help pages, manuals and completion. */
export interface VerbEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly spec: CommandSpec;
}

/** All verbs with their options. */
export function loadAllVerbs(): Promise<readonly VerbEntry[]> {
  return Promise.all(
    VERBS.map(async ({ name, aliases, load }) => ({ name, aliases, spec: (await load()).spec })),
  );
}
