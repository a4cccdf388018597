/**
 * The help page of a command, made from its table: usage, what it does, examples, options, exit codes.
 *
 * The short page leaves out advanced options and must fit on 40 lines; `--help=all` has everything.
 */
import { EXIT_CODES } from "./exit-codes.ts";
import { type CommandSpec, type OptionSpec, placeholderOf, type PositionalSpec, STANDARD_OPTIONS } from "./options.ts";

/** How the page is laid out. */
export interface HelpLayout {
  /** Characters per line, 80 without it. */
  readonly columns?: number;
  /** "short" without it. */
  readonly extent?: "short" | "all";
}

type Row = readonly [label: string, text: string];

/** The page, with a line end after the last line. */
export function renderHelp(spec: CommandSpec, layout: HelpLayout = {}): string {
  const { columns = 80, extent = "short" } = layout;
  const lines = [
    usageLine(spec),
    ...wrapWords(spec.summary, columns),
    "",
    "Examples:",
    ...spec.examples.flatMap(({ command, text }) => [`  ${command}`, `      ${text}`]),
    "",
    "Options:",
    ...renderRows(rowsOf(spec, extent), columns),
    ...(spec.notes === undefined ? [] : ["", ...spec.notes.flatMap((note) => wrapWords(note, columns))]),
    "",
    ...(extent === "all" ? exitCodeTable() : exitCodeSummary(columns)),
  ];
  return `${lines.join("\n")}\n`;
}

/** The line that says how the command is written. */
function usageLine(spec: CommandSpec): string {
  return ["Usage:", spec.name, "[OPTION]…", ...(spec.positionals ?? []).map(positionalLabel)].join(" ");
}

function positionalLabel({ name, isOptional, isRepeated }: PositionalSpec): string {
  const label = `${name.toUpperCase()}${isRepeated === true ? "…" : ""}`;
  return isOptional === true ? `[${label}]` : label;
}

function rowsOf(spec: CommandSpec, extent: "short" | "all"): readonly Row[] {
  const options = Object.entries<OptionSpec>({ ...spec.options, ...STANDARD_OPTIONS });
  const shown = options.filter(([, option]) => extent === "all" || option.isAdvanced !== true);
  return [
    ...(spec.positionals ?? []).map((one): Row => [`  ${one.name.toUpperCase()}`, one.text]),
    ...shown.map(([name, option]): Row => [`  ${optionLabel(name, option)}`, option.text]),
  ];
}

function optionLabel(name: string, option: OptionSpec): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  return `${short}--${name}${option.kind === "flag" ? "" : `=${placeholderOf(option)}`}`;
}

function renderRows(rows: readonly Row[], columns: number): readonly string[] {
  const widths = rows.map(([label]) => label.length).filter((width) => width <= columns * 0.3);
  const labelWidth = Math.max(10, ...widths);
  const indent = " ".repeat(labelWidth + 2);
  return rows.flatMap(([label, text]) => {
    const lines = wrapWords(text, Math.max(20, columns - indent.length)).map((line) => indent + line);
    // A label that is too long stands on a line of its own.
    if (label.length > labelWidth) return [label, ...lines];
    return lines.map((line, index) => (index === 0 ? label + line.slice(label.length) : line));
  });
}

function exitCodeSummary(columns: number): readonly string[] {
  // A code and its words stay on one line.
  const items = EXIT_CODES.map(({ code, short }) =>
    `${code === 128 ? "128+n" : code} ${short}`.replaceAll(" ", "\u00a0")
  );
  return wrapWords(`Exit codes: ${items.join(", ")}`, columns).map((line) => line.replaceAll("\u00a0", " "));
}

function exitCodeTable(): readonly string[] {
  return ["Exit codes:", ...EXIT_CODES.map(({ code, text }) => `  ${String(code).padStart(3)}  ${text}`)];
}

/** Breaks a text into lines of at most `width` characters, at blanks. */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}
