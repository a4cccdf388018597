/**
 * A YAML file of the configuration: mappings whose keys are known, texts, lists of texts. Everything that is wrong is collected
 * with its line.
 */
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { closestName } from "../../closest-name.ts";
import { ConfigError, type ConfigErrorCode } from "../../errors.ts";
import { readSmallFile } from "../../host/small-file.ts";
import { type Problem, throwProblems } from "./problem.ts";

/** A key with its value and its place. */
export interface YamlEntry {
  readonly name: string;
  readonly value: Node | null;
  /** From the top: "tables.page.job". */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** Such a file; ask it for its parts, then have it throw. */
export class YamlFile {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #problems: Problem[] = [];
  /** The whole, as the value of a key without name. */
  readonly top: YamlEntry;

  private constructor(text: string, file: string) {
    this.#file = file;
    const document = parseDocument<ParsedNode>(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { message, pos } of document.errors) {
      this.#add("SYNTAX", message, { line: this.#lineAt(pos[0]), path: "" });
    }
    this.top = { name: "", value: document.contents, path: "", line: 1 };
  }

  /** Reads it. Throws ConfigError UNREADABLE or SYNTAX. `key` is the key of [wiki] that names it. */
  static async read(path: string, key: string): Promise<YamlFile> {
    const text = await readSmallFile(path);
    if (text === undefined) {
      throw new ConfigError("UNREADABLE", `${path} does not exist`, { file: path, section: "wiki", key }, {
        remedy: `Correct ${key} in [wiki], or leave it out for the built-in list`,
      });
    }
    const file = new YamlFile(text, path);
    throwProblems(file.#problems);
    return file;
  }

  /** The entries of a mapping, whose keys must be among `known` if that is given. */
  entries(of: YamlEntry, known?: readonly string[]): readonly YamlEntry[] {
    if (!isMap(of.value)) {
      this.problem(of, "BAD_VALUE", `${nameOf(of)} must be a mapping`, "Write keys below it, each with a colon");
      return [];
    }
    const entries = (of.value as YAMLMap<Node, Node | null>).items.map((pair) => this.#entry(of, pair));
    if (known === undefined) return entries;
    return entries.filter((entry) => {
      if (known.includes(entry.name)) return true;
      const near = closestName(entry.name, known);
      const remedy = near === undefined ? `The keys here are ${known.join(", ")}` : `Did you mean ${near}?`;
      this.problem(entry, "UNKNOWN_OPTION", `Unknown key ${entry.path}`, remedy);
      return false;
    });
  }

  /** The text of a key in a mapping; undefined, with a problem noted, if it is missing or no text. */
  text(entries: readonly YamlEntry[], name: string, of: YamlEntry): string | undefined {
    const entry = entries.find((one) => one.name === name);
    if (entry === undefined) {
      this.problem(of, "MISSING", `${nameOf(of)} has no ${name}`, `Add the line "${name}: …"`);
      return undefined;
    }
    if (isScalar(entry.value) && typeof entry.value.value === "string" && entry.value.value.trim() !== "") {
      return entry.value.value.trim();
    }
    this.problem(
      entry,
      "BAD_VALUE",
      `${entry.path} must be a text`,
      "Write a text after the colon, in quotes if need be",
    );
    return undefined;
  }

  /** The texts of a list; undefined, with a problem noted, if it is missing, empty or none. */
  texts(entries: readonly YamlEntry[], name: string, of: YamlEntry): readonly string[] | undefined {
    const entry = entries.find((one) => one.name === name);
    const items = isSeq(entry?.value) ? entry.value.items : [];
    const texts = items.map((item) => (isScalar(item) ? item.value : undefined));
    if (texts.length > 0 && texts.every((text) => typeof text === "string")) return texts as string[];
    this.problem(
      entry ?? of,
      entry === undefined ? "MISSING" : "BAD_VALUE",
      `${nameOf(of)} needs a list of ${name}`,
      "Write them below it, each after a dash",
    );
    return undefined;
  }

  problem(at: YamlEntry, code: ConfigErrorCode, message: string, remedy: string): void {
    this.#add(code, message, at, remedy);
  }

  /** Throws all problems as one ConfigError, if there are any. */
  throwProblems(): void {
    throwProblems(this.#problems);
  }

  #entry(parent: YamlEntry, { key, value }: Pair<Node, Node | null>): YamlEntry {
    const name = isScalar(key) ? String(key.value) : "";
    return {
      name,
      value,
      path: parent.path === "" ? name : `${parent.path}.${name}`,
      line: this.#lineAt(key.range?.[0] ?? 0),
    };
  }

  #lineAt(offset: number): number {
    return Math.max(1, this.#lines.linePos(offset).line);
  }

  #add(
    code: ConfigErrorCode,
    message: string,
    at: { readonly line: number; readonly path: string },
    remedy = "",
  ): void {
    this.#problems.push({ code, message, remedy, file: this.#file, line: at.line, section: "", key: at.path });
  }
}

function nameOf(entry: YamlEntry): string {
  return entry.path === "" ? "The file" : entry.path;
}
