/**
 * Checks all files together against the schema and reads every value once, with its type.
 *
 * Nothing is thrown here: problems are collected, so that the user sees all of them at once.
 */
import { closestName, editDistance } from "../../closest-name.ts";
import { directoryOf, resolvePath } from "../../host/paths.ts";
import type { RawEntry } from "./config-text.ts";
import type { CheckedValue } from "./farm-config.ts";
import { interpolate, InterpolationFault } from "./interpolation.ts";
import type { KeyStatus } from "./key-spec.ts";
import { DEFAULT_SECTION, type Layers } from "./layers.ts";
import type { Problem } from "./problem.ts";
import { SCHEMA, SCHEMA_KEYS, type SchemaKey } from "./schema.ts";
import { readValue, ValueFault } from "./values.ts";

/** What came out: the values by section and key, and everything that is odd. */
export interface CheckResult {
  readonly values: ReadonlyMap<string, ReadonlyMap<SchemaKey, CheckedValue>>;
  readonly problems: readonly Problem[];
  /** About keys without effect; one line per file and reason. */
  readonly warnings: readonly string[];
}

/** Checks all sections. */
export function checkLayers(layers: Layers): CheckResult {
  const checker = new Checker(layers);
  // A section that no file has may still inherit from [DEFAULT].
  for (const section of new Set([...layers.sectionNames(), ...Object.keys(SCHEMA)])) checker.section(section);
  return { values: checker.values, problems: checker.problems, warnings: checker.warnings() };
}

class Checker {
  readonly values = new Map<string, Map<SchemaKey, CheckedValue>>();
  readonly problems: Problem[] = [];
  readonly #layers: Layers;
  /** Entries that something was said about: one of [DEFAULT] is looked at for many sections. */
  readonly #told = new Set<RawEntry>();
  readonly #withoutEffect: { readonly status: KeyStatus; readonly file: string; readonly name: string }[] = [];

  constructor(layers: Layers) {
    this.#layers = layers;
  }

  section(section: string): void {
    // Keys of [DEFAULT] are checked in the sections that inherit them; others are names for references.
    if (section === DEFAULT_SECTION || this.#isMistypedSection(section)) return;
    const keys = keysOf(section);
    for (const [name, entry] of this.#layers.entriesOf(section)) {
      if (!keys.has(name)) this.#unknownKey(section, name, entry);
    }
    const values = new Map<SchemaKey, CheckedValue>();
    for (const [name, key] of keys) {
      const entry = this.#layers.find(section, name);
      if (entry === undefined) continue;
      // Nobody looks at a retired key, so whatever stands there is in order.
      const value = key.spec.status === "retired" ? undefined : this.#read(section, key, entry);
      if (value !== undefined) values.set(key, value);
      if (key.spec.status !== undefined && !isDefault(key, value)) this.#noteWithoutEffect(section, key, entry);
    }
    this.values.set(section, values);
  }

  warnings(): readonly string[] {
    const groups = new Map<string, string[]>();
    for (const { status, file, name } of this.#withoutEffect) {
      const head = status === "retired" ? "Keys that have no effect any more" : "Keys that have no effect yet";
      const group = groups.get(`${head}, in ${file}`) ?? [];
      groups.set(`${head}, in ${file}`, [...group, name]);
    }
    return [...groups].map(([head, names]) => `${head}: ${names.join(", ")}`);
  }

  #read(section: string, key: SchemaKey, entry: RawEntry): CheckedValue | undefined {
    try {
      const text = interpolate(entry.value, (name) => this.#layers.find(section, name)?.value);
      const value = readValue(text, key.spec, (path) => resolvePath(directoryOf(entry.file), path));
      return { value, text, file: entry.file, line: entry.line };
    } catch (error) {
      if (!(error instanceof ValueFault || error instanceof InterpolationFault)) throw error;
      const shown = key.spec.isSecret === true ? "…" : entry.value.replaceAll("\n", "\\n");
      const message = error instanceof ValueFault
        ? `Value "${shown}" of ${key.name} in [${section}] ${error.message}`
        : `${error.message}, in ${key.name} = ${shown} of [${section}]`;
      this.#problem(entry, { code: "BAD_VALUE", message, remedy: error.remedy, section, key: key.name });
      return undefined;
    }
  }

  #unknownKey(section: string, name: string, entry: RawEntry): void {
    const elsewhere = SCHEMA_KEYS.find((key) => key.name.toLowerCase() === name);
    if (elsewhere !== undefined) return this.#misplacedKey(section, elsewhere, entry);
    const near = closestName(name, [...keysOf(section).values()].map((key) => key.name));
    this.#problem(entry, {
      code: "UNKNOWN_OPTION",
      message: `Unknown key ${name} in [${section}]`,
      remedy: near === undefined ? "Remove it, or look for its name in docs/configuration.md" : `Did you mean ${near}?`,
      section,
      key: name,
    });
  }

  #misplacedKey(section: string, key: SchemaKey, entry: RawEntry): void {
    const message = Object.hasOwn(SCHEMA, section)
      ? `Key ${key.name} does not belong to [${section}]`
      : `Key ${key.name} cannot be set for one wiki, as in [${section}]`;
    const remedy = `Move it to [${key.section}]`;
    this.#problem(entry, { code: "UNKNOWN_OPTION", message, remedy, section, key: key.name });
  }

  // [ouput] would otherwise pass as the section of a wiki with that name.
  #isMistypedSection(section: string): boolean {
    if (Object.hasOwn(SCHEMA, section)) return false;
    const entries = this.#layers.entriesOf(section);
    const [first] = entries.values();
    const meant = Object.keys(SCHEMA).find((known) =>
      isSlip(section, known) && isSubset(entries.keys(), keysOf(known))
    );
    if (meant === undefined || first === undefined) return false;
    const message = `Unknown section [${section}]`;
    this.#problem(first, { code: "UNKNOWN_OPTION", message, remedy: `Did you mean [${meant}]?`, section, key: "" });
    return true;
  }

  #noteWithoutEffect(section: string, key: SchemaKey, entry: RawEntry): void {
    if (this.#told.has(entry) || key.spec.status === undefined) return;
    this.#told.add(entry);
    this.#withoutEffect.push({ status: key.spec.status, file: entry.file, name: `[${section}] ${key.name}` });
  }

  #problem(entry: RawEntry, problem: Omit<Problem, "file" | "line">): void {
    if (this.problems.some(({ file, line }) => file === entry.file && line === entry.line)) return;
    this.problems.push({ ...problem, file: entry.file, line: entry.line });
  }
}

/** Keys by lower-case name that may stand in a section: its own, or those that a wiki or an override section may have. */
function keysOf(section: string): ReadonlyMap<string, SchemaKey> {
  const isKnown = Object.hasOwn(SCHEMA, section);
  const keys = SCHEMA_KEYS.filter((key) => isKnown ? key.section === section : key.spec.level !== "normal");
  return new Map(keys.map((key) => [key.name.toLowerCase(), key]));
}

function isDefault(key: SchemaKey, read: CheckedValue | undefined): boolean {
  if (read === undefined) return false;
  const standard = readValue(key.spec.default, key.spec, (path) => path);
  return JSON.stringify(read.value) === JSON.stringify(standard);
}

function isSubset(names: Iterable<string>, keys: ReadonlyMap<string, SchemaKey>): boolean {
  return [...names].every((name) => keys.has(name));
}

// Short names are near to too many others, and wiki2 is a fine name for a wiki.
function isSlip(section: string, known: string): boolean {
  if (section.trim().toLowerCase() === known) return true;
  return known.length >= 5 && section.length <= known.length && editDistance(section, known) === 1;
}
