/**
 * Turns a file in the dialect of Python's `configparser` into text for the npm package `ini`.
 *
 * Existing configuration files are written for `ConfigParser(strict=False)`, and `ini` reads the same characters
 * otherwise: it ends a value at `#`, splits section names at dots, knows no `key: value`, no continuation lines, no
 * lower-casing. Here each key becomes one line `key="value"`, with names escaped and the value as a JSON string, which
 * `ini` can only read one way:
 *
 *     [zh.min]                 [zh%2e%min]
 *     Password: a#b     →      password="a#b\nc"
 *       c
 *
 * What the two parsers do with repeated sections and keys is the same, so that is left to `ini`. Interpolation comes
 * later, when all files are put together (interpolation.ts).
 */

/** What a file says, as text for `ini`, with the line of each key beside it. */
export interface TranslatedText {
  readonly iniText: string;
  /** Line on which a key of a section was last set, from 1; see `lineKey`. */
  readonly lines: ReadonlyMap<string, number>;
  readonly faults: readonly SyntaxFault[];
}

/** A line that is neither section, nor key, nor comment. */
export interface SyntaxFault {
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
}

/** What Python takes for white space: not quite what JavaScript does. */
const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const OUTER_SPACE = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
const TRAILING_SPACE = new RegExp(`[${SPACE}]+$`);
const NOT_SPACE = new RegExp(`[^${SPACE}]`);

interface OpenKey {
  readonly name: string;
  readonly line: number;
  readonly valueLines: string[];
}

/** The name under which `lines` has a key of a section. */
export function lineKey(section: string, key: string): string {
  return `${section}\n${key}`;
}

/** Translates the text of one file. Never throws; lines that make no sense come back as faults. */
export function translateDialect(text: string): TranslatedText {
  return new Translator().translate(text);
}

/** Undoes the escaping of section and key names. */
export function unescapeName(name: string): string {
  return name.replace(/%([0-9a-f]+)%/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

// Letters, digits, "-" and "_" mean themselves to `ini`; but it drops a name "__proto__".
function escapeName(name: string): string {
  return name.replace(/^_|[^\w-]/g, (unit) => `%${unit.charCodeAt(0).toString(16)}%`);
}

// `ini` looks for values with a pattern that stops at the two Unicode line separators, which JSON leaves as they are.
function quoteValue(value: string): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
}

class Translator {
  readonly #out: string[] = [];
  readonly #lines = new Map<string, number>();
  readonly #faults: SyntaxFault[] = [];
  #section: string | undefined;
  #key: OpenKey | undefined;
  /** Indentation of the last line that was not a continuation. */
  #indent = 0;

  translate(text: string): TranslatedText {
    const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
    // The piece after the last line end is no line of its own.
    if (lines.at(-1) === "") lines.pop();
    lines.forEach((line, index) => this.#line(line, index + 1));
    this.#closeKey();
    return { iniText: this.#out.join("\n"), lines: this.#lines, faults: this.#faults };
  }

  #line(line: string, number: number): void {
    const content = line.replace(OUTER_SPACE, "");
    if (content === "") {
      this.#key?.valueLines.push("");
      return;
    }
    if (content.startsWith("#") || content.startsWith(";")) return;
    const indent = line.search(NOT_SPACE);
    if (this.#key !== undefined && indent > this.#indent) {
      this.#key.valueLines.push(content);
      return;
    }
    this.#indent = indent;
    if (content.startsWith("[") && content.lastIndexOf("]") > 1) this.#openSection(content, number);
    else if (this.#section === undefined) this.#outsideSections(content, number);
    else this.#openKey(content, number);
  }

  // Differs from dumps (Python): there, a name reaches to the last "]" of the line, so a comment with a bracket becomes
  // part of it.
  #openSection(content: string, number: number): void {
    this.#closeKey();
    this.#section = content.slice(1, content.lastIndexOf("]"));
    this.#out.push(`[${escapeName(this.#section)}]`);
    if (!this.#section.includes("]")) return;
    this.#fault(
      number,
      `Section line "${content}" has more than one closing bracket`,
      "Put the comment on a line of its own",
    );
  }

  #outsideSections(content: string, number: number): void {
    this.#fault(number, `Line "${shorten(content)}" stands before the first section`, "Start the file with [wiki]");
  }

  #openKey(content: string, number: number): void {
    const remedy = "Write key = value, or put # in front of a comment";
    const delimiterAt = content.search(/[=:]/);
    if (delimiterAt < 0) {
      return this.#fault(number, `Line "${shorten(content)}" has no "=" between key and value`, remedy);
    }
    this.#closeKey();
    const name = content.slice(0, delimiterAt).replace(TRAILING_SPACE, "").toLowerCase();
    if (name === "") return this.#fault(number, `Line "${shorten(content)}" has no key before its "="`, remedy);
    this.#key = { name, line: number, valueLines: [content.slice(delimiterAt + 1).replace(OUTER_SPACE, "")] };
  }

  #closeKey(): void {
    const key = this.#key;
    this.#key = undefined;
    if (key === undefined || this.#section === undefined) return;
    this.#out.push(`${escapeName(key.name)}=${quoteValue(key.valueLines.join("\n").replace(TRAILING_SPACE, ""))}`);
    this.#lines.set(lineKey(this.#section, key.name), key.line);
  }

  #fault(line: number, message: string, remedy: string): void {
    this.#faults.push({ line, message, remedy });
  }
}

/** A line may hold a secret, or be very long: its first word is enough to find it. */
function shorten(content: string): string {
  const word = content.split(/[\s=:]/, 1)[0] ?? "";
  const start = word.slice(0, 24);
  return start.length < content.length ? `${start}…` : start;
}
