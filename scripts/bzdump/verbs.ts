/**
 * The names of all verbs, and where they are: those for small jobs are at hand, the others are loaded when one is wanted.
 */
import type { CommandSpec } from "../../lib/cli/options.ts";
import { CAT } from "./cat.ts";
import { COMPRESS } from "./compress.ts";
import { DECOMPRESS } from "./decompress.ts";
import { TEST } from "./test.ts";
import { type LoadedVerb, loadedVerb } from "../../lib/cli/verb.ts";

/** A verb by its names. */
export interface NamedVerb {
  readonly name: string;
  readonly aliases: readonly string[];
  load(): Promise<LoadedVerb>;
}

/** All verbs, in the order in which help shows them. */
export const VERBS: readonly NamedVerb[] = [
  { name: "decompress", aliases: ["expand", "d", "bunzip2"], load: async () => loadedVerb(DECOMPRESS) },
  { name: "compress", aliases: ["c", "bzip2"], load: async () => loadedVerb(COMPRESS) },
  { name: "cat", aliases: ["bzcat"], load: async () => loadedVerb(CAT) },
  { name: "test", aliases: ["t"], load: async () => loadedVerb(TEST) },
  late("blocks", "b"),
  late("pages", "extract", "p"),
  late("stats"),
  late("revisions"),
  lookup("find-page"),
  lookup("last-id"),
  late("index"),
  late("check"),
  lookup("check-range"),
  lookup("last-block"),
  late("from-offset"),
  late("crcs"),
  late("recompress"),
  late("append"),
  late("split"),
];

function late(name: string, ...aliases: readonly string[]): NamedVerb {
  return { name, aliases, load: async () => (await import("./late.ts")).LATE_VERBS[name]! };
}

function lookup(name: string): NamedVerb {
  return { name, aliases: [], load: async () => (await import("./lookups.ts")).LOOKUP_VERBS[name]! };
}

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
