/**
 * Puts the files of a configuration on top of each other, and says which section a value is taken from.
 *
 * Two kinds of layers: files (a later file overrides an earlier one, key by key) and sections (a wiki's own section,
 * then the override section, then the key's own section, then the default). [DEFAULT] stands behind every section that
 * a file has.
 */
import type { RawEntry, RawSections } from "./config-text.ts";
import type { KeyLevel } from "./key-spec.ts";

/** The section whose keys all others inherit. */
export const DEFAULT_SECTION = "DEFAULT";

/** All files together. */
export class Layers {
  readonly #sections = new Map<string, Map<string, RawEntry>>();

  /** Puts the sections of one file on top. */
  add(sections: RawSections): void {
    for (const [name, entries] of sections) {
      const known = this.#sections.get(name) ?? new Map<string, RawEntry>();
      for (const [key, entry] of entries) known.set(key, entry);
      this.#sections.set(name, known);
    }
  }

  /** Names of the sections, in the order in which they first came. */
  sectionNames(): readonly string[] {
    return [...this.#sections.keys()];
  }

  has(section: string): boolean {
    return this.#sections.has(section);
  }

  /** The keys that stand in a section itself. */
  entriesOf(section: string): ReadonlyMap<string, RawEntry> {
    return this.#sections.get(section) ?? new Map();
  }

  /** A key (lower-case) of a section, or of [DEFAULT] behind it. */
  find(section: string, key: string): RawEntry | undefined {
    return this.#sections.get(section)?.get(key) ?? this.#sections.get(DEFAULT_SECTION)?.get(key);
  }
}

/** The sections that a key is looked for in, nearest first. */
export function sectionsFor(
  place: { readonly section: string; readonly level: KeyLevel },
  owners: { readonly wiki: string | undefined; readonly override: string | undefined },
): readonly string[] {
  const sections: string[] = [];
  if (place.level === "wiki" && owners.wiki !== undefined) sections.push(owners.wiki);
  if (place.level !== "normal" && owners.override !== undefined) sections.push(owners.override);
  sections.push(place.section);
  return sections;
}
