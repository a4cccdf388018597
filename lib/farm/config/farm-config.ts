/**
 * A configuration that has been read and checked: hands out the settings of each wiki.
 *
 * Values were read once at load (check.ts); here they are only picked, layer by layer, and frozen.
 */
import { ConfigError } from "../../errors.ts";
import type { Value } from "./key-spec.ts";
import { DEFAULT_SECTION, type Layers, sectionsFor } from "./layers.ts";
import { REDACTED, secretsOf } from "./redact.ts";
import { SCHEMA, SCHEMA_KEYS, type SchemaKey, type WikiSettings } from "./schema.ts";

/** A value of one section, read. */
export interface CheckedValue {
  readonly value: Value;
  /** As it stands in the file, with references replaced. */
  readonly text: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** One setting and the place that it comes from. */
export interface SettingOrigin {
  readonly section: string;
  readonly key: string;
  /** As it stands in the file, with references replaced; "[redacted]" for a secret. */
  readonly text: string;
  /** The section that gave it; empty for a default. */
  readonly fromSection: string;
  /** Empty for a default. */
  readonly file: string;
  /** From 1; 0 for a default. */
  readonly line: number;
}

/** What a configuration is made of. */
export interface FarmConfigParts {
  readonly files: readonly string[];
  readonly override: string | undefined;
  readonly layers: Layers;
  readonly values: ReadonlyMap<string, ReadonlyMap<SchemaKey, CheckedValue>>;
  readonly defaults: ReadonlyMap<SchemaKey, Value>;
  readonly warnings: readonly string[];
}

/** A checked configuration. Made by `loadConfig`. */
export class FarmConfig {
  /** The files that were read, weakest first. */
  readonly files: readonly string[];
  /** Things that are in order but worth knowing, such as keys without effect. One line each. */
  readonly warnings: readonly string[];
  /** Secrets that the files hold, for `redactSecrets`. */
  readonly secrets: readonly string[];
  /** Sections that belong to one wiki each, or are meant as override sections. */
  readonly ownSections: readonly string[];
  readonly #parts: FarmConfigParts;

  constructor(parts: FarmConfigParts) {
    this.files = Object.freeze([...parts.files]);
    this.warnings = Object.freeze([...parts.warnings]);
    this.secrets = secretsOf(parts.layers);
    this.ownSections = parts.layers.sectionNames().filter((name) =>
      !Object.hasOwn(SCHEMA, name) && name !== DEFAULT_SECTION
    );
    this.#parts = parts;
  }

  /**
   * The settings of a wiki: its own section, then the override section, then the key's own section, then the default.
   * Without a name, the settings of the farm, for what does not belong to one wiki.
   *
   * For a wiki, `wiki.source` is never empty: a ConfigError MISSING says what to set when nothing tells where content
   * comes from.
   */
  forWiki(wiki?: string): WikiSettings {
    const settings: Record<string, Record<string, Value>> = {};
    for (const key of SCHEMA_KEYS) {
      const section = settings[key.section] ??= {};
      if (key.spec.status !== "retired") section[key.name] = this.#valueOf(key, wiki);
    }
    // The one place where the table and the type that is derived from it meet.
    const plain = settings as unknown as WikiSettings;
    const complete = { ...plain, wiki: settleSource(plain.wiki, wiki) };
    for (const section of Object.values(complete)) Object.freeze(section);
    return Object.freeze(complete);
  }

  /** Every setting of a wiki with the place that it comes from; retired keys and secrets are left out. */
  explain(wiki?: string): readonly SettingOrigin[] {
    return SCHEMA_KEYS.filter(({ spec }) => spec.status !== "retired").map((key) => {
      const { fromSection, found } = this.#pick(key, wiki);
      const text = found?.text ?? key.spec.default;
      return {
        section: key.section,
        key: key.name,
        text: key.spec.isSecret && text !== "" ? REDACTED : text,
        fromSection,
        file: found?.file ?? "",
        line: found?.line ?? 0,
      };
    });
  }

  #valueOf(key: SchemaKey, wiki: string | undefined): Value {
    return this.#pick(key, wiki).found?.value ?? this.#parts.defaults.get(key) ?? "";
  }

  #pick(
    key: SchemaKey,
    wiki: string | undefined,
  ): { readonly fromSection: string; readonly found: CheckedValue | undefined } {
    const owners = { wiki, override: this.#parts.override };
    for (const fromSection of sectionsFor({ section: key.section, level: key.spec.level }, owners)) {
      const found = this.#parts.values.get(fromSection)?.get(key);
      if (found !== undefined) return { fromSection, found };
    }
    return { fromSection: "", found: undefined };
  }
}

type WikiKeys = WikiSettings["wiki"];

/** Settles where the content comes from, and puts the wiki's name into the path of its export. */
function settleSource(keys: WikiKeys, wiki: string | undefined): WikiKeys {
  const source = keys.source !== "" ? keys.source : impliedSource(keys);
  if (wiki === undefined) return { ...keys, source };
  if (source === "") throw noSource(wiki);
  const needed = source === "export" ? "export" : "dir";
  if (keys[needed] === "") throw incompleteSource(wiki, source, needed);
  return { ...keys, source, export: keys.export.replaceAll("{wiki}", () => wiki) };
}

function impliedSource(keys: WikiKeys): WikiKeys["source"] {
  if (keys.export !== "") return "export";
  return keys.dir === "" ? "" : "mediawiki";
}

function noSource(wiki: string): ConfigError {
  return new ConfigError(
    "MISSING",
    `Nothing says where the content of ${wiki} comes from: neither export nor dir is set in [wiki] or [${wiki}]`,
    { file: "", section: "wiki", key: "export" },
    { remedy: "Set export to an XML export, or dir to the directory of MediaWiki" },
  );
}

function incompleteSource(wiki: string, source: string, key: string): ConfigError {
  return new ConfigError(
    "MISSING",
    `The content of ${wiki} comes from source = ${source}, but ${key} is set neither in [wiki] nor in [${wiki}]`,
    { file: "", section: "wiki", key },
    { remedy: `Set ${key}, or choose another source` },
  );
}
