/**
 * Every key of the configuration: section, name, type, default, who may set it, and one sentence.
 *
 * The only list of keys there is. The type of the settings, the checks at load, wikidump.conf.example and the tables of
 * docs/configuration.md all come from it.
 */
import type { KeySpec, ValueOf } from "./key-spec.ts";
import { DATABASE_KEYS, EXPORT_KEYS, OUTPUT_KEYS, REPORTING_KEYS, WIKI_KEYS } from "./keys-farm.ts";
import { CHUNKS_KEYS, CLEANUP_KEYS, MISC_KEYS, OTHER_FORMATS_KEYS, QUERY_KEYS, STUBS_KEYS } from "./keys-jobs.ts";
import { TOOLS_KEYS } from "./keys-tools.ts";

/** The sections, each with its keys, in the order in which they are documented. */
export interface Schema {
  readonly wiki: typeof WIKI_KEYS;
  readonly export: typeof EXPORT_KEYS;
  readonly output: typeof OUTPUT_KEYS;
  readonly reporting: typeof REPORTING_KEYS;
  readonly cleanup: typeof CLEANUP_KEYS;
  readonly otherformats: typeof OTHER_FORMATS_KEYS;
  readonly misc: typeof MISC_KEYS;
  readonly tools: typeof TOOLS_KEYS;
  readonly chunks: typeof CHUNKS_KEYS;
  readonly stubs: typeof STUBS_KEYS;
  readonly database: typeof DATABASE_KEYS;
  readonly query: typeof QUERY_KEYS;
}

/** The sections, each with its keys. */
export const SCHEMA: Schema = {
  wiki: WIKI_KEYS,
  export: EXPORT_KEYS,
  output: OUTPUT_KEYS,
  reporting: REPORTING_KEYS,
  cleanup: CLEANUP_KEYS,
  otherformats: OTHER_FORMATS_KEYS,
  misc: MISC_KEYS,
  tools: TOOLS_KEYS,
  chunks: CHUNKS_KEYS,
  stubs: STUBS_KEYS,
  database: DATABASE_KEYS,
  query: QUERY_KEYS,
};

/** The settings of one wiki: sections and keys as in the file, values with their real types. Nothing in it changes. */
export type WikiSettings = {
  readonly [Section in keyof Schema]: {
    readonly [Key in keyof Schema[Section] as IsRetired<Schema[Section][Key]> extends true ? never : Key]:
      Schema[Section][Key] extends KeySpec ? ValueOf<Schema[Section][Key]> : never;
  };
};

type IsRetired<Spec> = Spec extends { readonly status: "retired" } ? true : false;

/** A key with its place. */
export interface SchemaKey {
  readonly section: string;
  /** Spelt as in the settings; files may use any letter case. */
  readonly name: string;
  readonly spec: KeySpec;
}

/** All keys, section by section. */
export const SCHEMA_KEYS: readonly SchemaKey[] = Object.entries(SCHEMA).flatMap(([section, keys]) =>
  Object.entries(keys as Readonly<Record<string, KeySpec>>).map(([name, spec]) => ({ section, name, spec }))
);
