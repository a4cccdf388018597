/**
 * One table per command: its options, positionals and examples. The parser and the help page are made from it.
 *
 * The types of the parsed values follow from the table, so a script cannot ask for an option that it does not have.
 */
import { closestName } from "../closest-name.ts";
import { UsageError } from "../errors.ts";
import { type ArgumentShape, type ArgumentToken, tokenizeArguments } from "../host/parse-args.ts";

/** One option. Its long name is the key in the table. */
export interface OptionSpec {
  /** "flag" stands alone, the others take a value; "texts" may come several times, of the others the last counts. */
  readonly kind: "flag" | "text" | "texts" | "integer" | "choice";
  /** One letter. */
  readonly short?: string;
  /** What the value is called in the help page. */
  readonly placeholder?: string;
  /** For "choice": the words allowed. */
  readonly choices?: readonly string[];
  /** For "integer": the smallest value, 0 without it. */
  readonly min?: number;
  /** One line for the help page. */
  readonly text: string;
  /** Shown by --help=all only, so that the plain page stays short. */
  readonly isAdvanced?: boolean;
}

/** A positional argument. */
export interface PositionalSpec {
  readonly name: string;
  /** One line for the help page. */
  readonly text: string;
  readonly isOptional?: boolean;
  /** Takes all that follow; only the last can. */
  readonly isRepeated?: boolean;
}

/** A command line that works, and what it does. */
export interface ExampleSpec {
  readonly command: string;
  readonly text: string;
}

/** Everything about the command line of one command. */
export interface CommandSpec {
  /** As the user types it, such as "bzdump find-page". */
  readonly name: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly positionals?: readonly PositionalSpec[];
  /** Two or more. */
  readonly examples: readonly ExampleSpec[];
  /** Lines at the end of the help page. */
  readonly notes?: readonly string[];
}

/** The options that every command has. */
export interface StandardOptions {
  readonly help: OptionSpec;
  readonly version: OptionSpec;
}

/** The options that every command has. */
export const STANDARD_OPTIONS: StandardOptions = {
  help: { kind: "flag", short: "h", text: "print this page; --help=all says more" },
  version: { kind: "flag", short: "V", text: "print the version" },
};

/** The value of an option as the parser gives it. */
export type OptionValue<Spec extends OptionSpec> = Spec["kind"] extends "flag" ? boolean
  : Spec["kind"] extends "texts" ? readonly string[]
  : Spec["kind"] extends "integer" ? number | undefined
  : Spec extends { readonly choices: readonly (infer Word)[] } ? Word | undefined
  : string | undefined;

/** A command line, understood. */
export interface ParsedArguments<Spec extends CommandSpec> {
  readonly options: { readonly [Name in keyof Spec["options"]]: OptionValue<Spec["options"][Name]> };
  readonly positionals: readonly string[];
  readonly help: "none" | "short" | "all";
  readonly isVersionWanted: boolean;
}

/** Returns the table as it is, with its exact type. */
export function defineCommand<const Spec extends CommandSpec>(spec: Spec): Spec {
  return spec;
}

type ParsedValue = boolean | string | number | readonly string[] | undefined;

/**
 * Parses the arguments after the command's name. Throws UsageError for an unknown option (with the nearest one), a
 * missing or wrong value, and too few or too many positionals. With --help or --version, what else is wrong does not
 * matter.
 */
export function parseArguments<const Spec extends CommandSpec>(
  spec: Spec,
  args: readonly string[],
): ParsedArguments<Spec> {
  const table: Readonly<Record<string, OptionSpec>> = { ...spec.options, ...STANDARD_OPTIONS };
  const values: Record<string, ParsedValue> = {};
  for (const [name, option] of Object.entries(spec.options)) values[name] = emptyValue(option);
  const positionals: string[] = [];
  const tokens = tokenizeArguments(args, shapesOf(table));
  const help = helpWanted(tokens);
  const isVersionWanted = tokens.some((token) => token.kind === "option" && token.name === "version");
  if (help === "none" && !isVersionWanted) {
    for (const token of tokens) {
      if (token.kind === "positional") positionals.push(token.value);
      else values[token.name] = readOption(token, table, values[token.name]);
    }
    checkPositionals(spec, positionals);
  }
  return { options: values as ParsedArguments<Spec>["options"], positionals, help, isVersionWanted };
}

function helpWanted(tokens: readonly ArgumentToken[]): "none" | "short" | "all" {
  const token = tokens.find((one) => one.kind === "option" && one.name === "help");
  if (token === undefined) return "none";
  return token.kind === "option" && token.value === "all" ? "all" : "short";
}

function emptyValue(option: OptionSpec): ParsedValue {
  if (option.kind === "flag") return false;
  return option.kind === "texts" ? [] : undefined;
}

function shapesOf(table: Readonly<Record<string, OptionSpec>>): Readonly<Record<string, ArgumentShape>> {
  return Object.fromEntries(
    Object.entries(table).map(([name, { kind, short }]) => [name, { takesValue: kind !== "flag", short }]),
  );
}

function readOption(
  token: { readonly name: string; readonly rawName: string; readonly value: string | undefined },
  table: Readonly<Record<string, OptionSpec>>,
  before: ParsedValue,
): ParsedValue {
  const option = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
  if (option === undefined) throw unknownOption(token.rawName, table);
  const { value, rawName } = token;
  if (option.kind === "flag") {
    if (value !== undefined) throw usage(rawName, `Option ${rawName} takes no value, but "${value}" was given`);
    return true;
  }
  if (value === undefined) throw usage(rawName, `Option ${rawName} needs a value (${placeholderOf(option)})`);
  switch (option.kind) {
    case "texts":
      return [...(before as readonly string[]), value];
    case "integer":
      return readInteger(rawName, value, option.min ?? 0);
    case "choice":
      return readChoice(rawName, value, option.choices ?? []);
    default:
      return value;
  }
}

function readInteger(rawName: string, value: string, min: number): number {
  const number = /^-?\d+$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(number) || number < min) {
    throw usage(rawName, `Option ${rawName} needs a whole number from ${min}, but "${value}" was given`);
  }
  return number;
}

function readChoice(rawName: string, value: string, choices: readonly string[]): string {
  if (choices.includes(value)) return value;
  const near = closestName(value, choices);
  const remedy = near === undefined ? "" : `Did you mean ${near}?`;
  throw usage(rawName, `Option ${rawName} needs one of ${choices.join(", ")}, but "${value}" was given`, remedy);
}

function checkPositionals(spec: CommandSpec, given: readonly string[]): void {
  const wanted = spec.positionals ?? [];
  const missing = wanted[given.length];
  if (missing !== undefined && missing.isOptional !== true) {
    throw new UsageError(`Argument ${missing.name.toUpperCase()} is missing: ${missing.text}`);
  }
  if (given.length > wanted.length && wanted.at(-1)?.isRepeated !== true) {
    throw new UsageError(`Argument "${given[wanted.length] ?? ""}" is one too many`);
  }
}

function unknownOption(rawName: string, table: Readonly<Record<string, OptionSpec>>): UsageError {
  const near = rawName.startsWith("--") ? closestName(rawName.slice(2), Object.keys(table)) : undefined;
  return usage(rawName, `Unknown option ${rawName}`, near === undefined ? "" : `Did you mean --${near}?`);
}

function usage(option: string, message: string, remedy = ""): UsageError {
  return new UsageError(message, { option, remedy });
}

/** What the value of an option is called. */
export function placeholderOf(option: OptionSpec): string {
  return option.placeholder ?? option.choices?.join("|") ?? (option.kind === "integer" ? "N" : "TEXT");
}
