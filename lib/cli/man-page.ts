/**
 * The manual page of a command, as roff with the `man` macros, from the same table as its help page.
 *
 *     bzdump help man compress | man -l -
 */
import { EXIT_CODES } from "./exit-codes.ts";
import { type CommandSpec, type OptionSpec, placeholderOf, type PositionalSpec, STANDARD_OPTIONS } from "./options.ts";

/** What the table of a command does not say. */
export interface ManPageOptions {
  /** Name and version of what the command belongs to, such as "wikidump 0.1.0". */
  readonly source: string;
  /** Of a command with verbs: their names, the first one first, and what each does. */
  readonly verbs?: readonly { readonly names: readonly string[]; readonly summary: string }[];
  /** Names of other pages of section 1. */
  readonly seeAlso?: readonly string[];
}

/** The page. It has no date, so that the same table always gives the same page. */
export function renderManPage(spec: CommandSpec, options: ManPageOptions): string {
  const { source, verbs = [], seeAlso = [] } = options;
  const pageName = spec.name.replaceAll(" ", "-");
  const lines = [
    `.TH ${quoted(pageName.toUpperCase())} 1 "" ${quoted(source)} "User Commands"`,
    ".SH NAME",
    `${escaped(pageName)} \\- ${escaped(headline(spec.summary))}`,
    ".SH SYNOPSIS",
    `.B ${escaped(spec.name)}`,
    synopsis(spec),
    ".SH DESCRIPTION",
    text(spec.summary),
    ...(verbs.length > 0 ? [] : (spec.notes ?? []).flatMap((note) => [".PP", text(note)])),
    ...(verbs.length === 0
      ? []
      : [".SH VERBS", ...verbs.flatMap(({ names, summary }) => item(boldList(names), summary))]),
    ".SH OPTIONS",
    ...argumentItems(spec),
    ".SH EXAMPLES",
    ...spec.examples.flatMap(({ command, text: meaning }) => item(escaped(command), meaning)),
    '.SH "EXIT STATUS"',
    ...EXIT_CODES.flatMap(({ code, text: meaning }) => item(`\\fB${code}\\fR`, meaning)),
    ...(seeAlso.length === 0
      ? []
      : ['.SH "SEE ALSO"', seeAlso.map((name) => `\\fB${escaped(name)}\\fR(1)`).join(",\n")]),
  ];
  return `${lines.join("\n")}\n`;
}

/** "name - what it does", as `apropos` shows it: the first sentence, without its end. */
function headline(summary: string): string {
  const sentence = /^.*?[.](?= |$)/s.exec(summary)?.[0].slice(0, -1) ?? summary;
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function synopsis(spec: CommandSpec): string {
  return ["[\\fIOPTION\\fR]...", ...(spec.positionals ?? []).map(positionalLabel)].join(" ");
}

function positionalLabel({ name, isOptional, isRepeated }: PositionalSpec): string {
  const label = `\\fI${escaped(name.toUpperCase())}\\fR${isRepeated === true ? "..." : ""}`;
  return isOptional === true ? `[${label}]` : label;
}

function argumentItems(spec: CommandSpec): readonly string[] {
  return [
    ...(spec.positionals ?? []).flatMap((one) => item(`\\fI${escaped(one.name.toUpperCase())}\\fR`, one.text)),
    ...Object.entries<OptionSpec>({ ...spec.options, ...STANDARD_OPTIONS })
      .flatMap(([name, option]) => item(optionLabel(name, option), option.text)),
  ];
}

function optionLabel(name: string, option: OptionSpec): string {
  const value = option.kind === "flag" ? "" : `=\\fI${escaped(placeholderOf(option))}\\fR`;
  const short = option.short === undefined ? "" : `\\fB\\-${option.short}\\fR, `;
  return `${short}\\fB${escaped(`--${name}`)}\\fR${value}`;
}

function boldList(names: readonly string[]): string {
  return names.map((name) => `\\fB${escaped(name)}\\fR`).join(", ");
}

function item(label: string, meaning: string): readonly string[] {
  return [".TP", atLineStart(label), text(meaning)];
}

function text(words: string): string {
  return atLineStart(escaped(words));
}

/** A dot or an apostrophe at the start of a line would be a request. */
function atLineStart(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

function quoted(argument: string): string {
  return `"${escaped(argument).replaceAll('"', "\\(dq")}"`;
}

/** Roff for plain text: every dash as it is typed, and no character that a terminal of ASCII cannot show without a name. */
function escaped(plain: string): string {
  return plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "...")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha")
    .replaceAll("`", "\\(ga")
    .replaceAll("'", "\\(aq")
    .replaceAll(/\s+/g, " ")
    .replaceAll(
      /[^\x20-\x7e]/gu,
      (character) => `\\[u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}
