/**
 * One configuration file as sections of raw values, each with its line: the dialect layer, then `ini`, then the names
 * as they were.
 */
import { parse } from "ini";
import { lineKey, translateDialect, unescapeName } from "./dialect.ts";
import type { Problem } from "./problem.ts";

/** A key as a file has it: text before interpolation. */
export interface RawEntry {
  readonly value: string;
  readonly file: string;
  readonly line: number;
}

/** Sections by name, keys (lower-case) within them. */
export type RawSections = ReadonlyMap<string, ReadonlyMap<string, RawEntry>>;

export interface ConfigText {
  readonly sections: RawSections;
  readonly problems: readonly Problem[];
}

/** Reads the text of one file; `file` is its name for messages. */
export function parseConfigText(text: string, file: string): ConfigText {
  const { iniText, lines, faults } = translateDialect(text);
  const sections = new Map<string, Map<string, RawEntry>>();
  for (const [sectionName, content] of Object.entries(parse(iniText) as Record<string, Record<string, unknown>>)) {
    const section = unescapeName(sectionName);
    const entries = new Map<string, RawEntry>();
    for (const [keyName, value] of Object.entries(content)) {
      const key = unescapeName(keyName);
      // `ini` makes values of the words true, false and null; String() gives the words back.
      entries.set(key, { value: String(value), file, line: lines.get(lineKey(section, key)) ?? 0 });
    }
    sections.set(section, entries);
  }
  const problems = faults.map((fault): Problem => ({ code: "SYNTAX", ...fault, file, section: "", key: "" }));
  return { sections, problems };
}
