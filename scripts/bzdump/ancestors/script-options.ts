/**
 * Command lines as the old Python scripts read them: one dash is for letters, two are for names or clear abbreviations of them,
 * options after other arguments, `--` before what only looks like an option. (The habits of Python's `getopt`.)
 */
import { type GivenOption, type LongArguments, type LongOption, LongOptionError } from "./long-options.ts";

/** Reads a command line. Throws LongOptionError. */
export function parseScriptOptions(args: readonly string[], table: readonly LongOption[]): LongArguments {
  const rest = [...args];
  const options: GivenOption[] = [];
  const positionals: string[] = [];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") positionals.push(...rest.splice(0));
    else if (word.startsWith("--")) options.push(longOption(word.slice(2), rest, table));
    else if (word.startsWith("-") && word !== "-") options.push(...cluster(word.slice(1), rest, table));
    else positionals.push(word);
  }
  return { options, positionals };
}

function longOption(body: string, rest: string[], table: readonly LongOption[]): GivenOption {
  const name = body.split("=", 1)[0]!;
  const exact = table.filter((option) => option.name === name);
  const [option, other] = exact.length > 0 ? exact : table.filter((one) => one.name.startsWith(name));
  if (option === undefined) throw new LongOptionError(`option --${name} not recognized`);
  if (other !== undefined) throw new LongOptionError(`option --${name} not a unique prefix`);
  const given = body.length > name.length ? body.slice(name.length + 1) : undefined;
  if (option.takesValue !== true) {
    if (given !== undefined) throw new LongOptionError(`option --${option.name} must not have an argument`);
    return { name: option.name, value: undefined };
  }
  const value = given ?? rest.shift();
  if (value === undefined) throw new LongOptionError(`option --${option.name} requires argument`);
  return { name: option.name, value };
}

function cluster(letters: string, rest: string[], table: readonly LongOption[]): GivenOption[] {
  const options: GivenOption[] = [];
  for (let i = 0; i < letters.length; i++) {
    const option = table.find(({ short }) => short === letters[i]);
    if (option === undefined) throw new LongOptionError(`option -${letters[i]} not recognized`);
    if (option.takesValue !== true) {
      options.push({ name: option.name, value: undefined });
      continue;
    }
    const value = letters.length > i + 1 ? letters.slice(i + 1) : rest.shift();
    if (value === undefined) throw new LongOptionError(`option -${letters[i]} requires argument`);
    return [...options, { name: option.name, value }];
  }
  return options;
}
