/**
 * What a shell needs to complete the words of a command with verbs: a script for bash, zsh or fish, from the same tables as the help
 * pages.
 *
 *     source <(bzdump help completion bash)
 */
import { type CommandSpec, type OptionSpec, placeholderOf, STANDARD_OPTIONS } from "./options.ts";

/** The shells. */
export type Shell = "bash" | "zsh" | "fish";
export const SHELLS: readonly Shell[] = ["bash", "zsh", "fish"];

/** A verb, by all its names. */
export interface CompletedVerb {
  readonly names: readonly string[];
  readonly spec: CommandSpec;
}

/** A command with verbs. */
export interface CompletedCommand {
  /** As it is typed: letters, digits, dashes. */
  readonly name: string;
  readonly verbs: readonly CompletedVerb[];
  /** What can follow the verb "help", besides names of verbs. */
  readonly topics: readonly string[];
}

/** The script, to be sourced (bash, fish) or put on the path of functions (zsh). */
export function renderCompletion(shell: Shell, command: CompletedCommand): string {
  switch (shell) {
    case "bash":
      return bashScript(command);
    case "zsh":
      return zshScript(command);
    case "fish":
      return fishScript(command);
  }
}

function optionsOf(spec: CommandSpec): readonly (readonly [name: string, option: OptionSpec])[] {
  return Object.entries<OptionSpec>({ ...spec.options, ...STANDARD_OPTIONS });
}

/** Of the names of a verb the first, and those that are words: letters are quicker typed than completed. */
function wordsOf({ names }: CompletedVerb): readonly string[] {
  return names.filter((name, i) => i === 0 || name.length > 2);
}

function helpWords({ verbs, topics }: CompletedCommand): readonly string[] {
  return [...verbs.map(({ names }) => names[0]!), ...topics];
}

function functionName(name: string): string {
  return `_${name.replaceAll("-", "_")}`;
}

/** In single quotes, which all three shells read the same way but for the backslash, of which there is none. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "/").replaceAll("'", "’")}'`;
}

function bashScript(command: CompletedCommand): string {
  const { name, verbs } = command;
  const lines = [
    `# bash completion for ${name}`,
    `${functionName(name)}() {`,
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" verb="${COMP_WORDS[1]}" words=""',
    "  COMPREPLY=()",
    "  # The equals sign is a word of its own.",
    '  if [[ $cur == "=" ]]; then',
    '    cur=""',
    '  elif [[ $prev == "=" ]]; then',
    '    prev="${COMP_WORDS[COMP_CWORD-2]}"',
    "  fi",
    '  case "$verb:$prev" in',
    ...verbs.flatMap(bashChoices),
    "  esac",
    "  if ((COMP_CWORD == 1)); then",
    `    words=${quoted([...verbs.flatMap(wordsOf), "help"].join(" "))}`,
    "  elif [[ $verb == help ]]; then",
    `    words=${quoted(helpWords(command).join(" "))}`,
    "  elif [[ -z $words && $cur == -* ]]; then",
    '    case "$verb" in',
    ...verbs.map(bashOptions),
    "    esac",
    "  fi",
    '  [[ -n $words ]] && COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    "  [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace",
    "  return 0",
    "}",
    "# Where nothing is known, names of files.",
    `complete -o default -F ${functionName(name)} ${name}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** The words that options of a verb take. */
function bashChoices({ names, spec }: CompletedVerb): readonly string[] {
  return optionsOf(spec).flatMap(([long, { short, choices }]) => {
    if (choices === undefined) return [];
    const spellings = [`--${long}`, ...(short === undefined ? [] : [`-${short}`])];
    const patterns = names.flatMap((name) => spellings.map((spelling) => `${name}:${spelling}`)).join("|");
    return [`    ${patterns}) words=${quoted(choices.join(" "))} ;;`];
  });
}

function bashOptions({ names, spec }: CompletedVerb): string {
  const words = optionsOf(spec).map(([long, { kind }]) => `--${long}${kind === "flag" ? "" : "="}`);
  return `      ${names.join("|")}) words=${quoted(words.join(" "))} ;;`;
}

function zshScript(command: CompletedCommand): string {
  const { name, verbs } = command;
  const described = verbs.flatMap((verb) =>
    wordsOf(verb).map((word) => `    ${quoted(`${word}:${zshText(verb.spec.summary)}`)}`)
  );
  const lines = [
    `#compdef ${name}`,
    `${functionName(name)}() {`,
    "  local -a verbs",
    "  verbs=(",
    ...described,
    "    'help:Help for a verb or on a topic'",
    "  )",
    "  if (( CURRENT == 2 )); then",
    "    _describe -t verbs verb verbs",
    "    return",
    "  fi",
    "  local verb=$words[2]",
    "  shift words",
    "  (( CURRENT-- ))",
    "  case $verb in",
    ...verbs.flatMap(zshVerb),
    "    help)",
    `      _values topic ${helpWords(command).map(quoted).join(" ")}`,
    "      ;;",
    "  esac",
    "}",
    "# On the path of functions, this file is the function and is run; sourced, it makes the function known.",
    `if [[ $funcstack[1] == ${functionName(name)} ]]; then`,
    `  ${functionName(name)} "$@"`,
    "else",
    `  compdef ${functionName(name)} ${name}`,
    "fi",
  ];
  return `${lines.join("\n")}\n`;
}

function zshVerb({ names, spec }: CompletedVerb): readonly string[] {
  return [
    `    ${names.join("|")})`,
    "      _arguments -s -S \\",
    ...optionsOf(spec).map((option) => `        ${zshOption(option)} \\`),
    "        '*:file:_files'",
    "      ;;",
  ];
}

function zshOption([long, option]: readonly [string, OptionSpec]): string {
  const { kind, short, choices, text } = option;
  const isFlag = kind === "flag";
  const action = isFlag
    ? ""
    : `:${zshText(placeholderOf(option))}:${
      choices !== undefined ? `(${choices.join(" ")})` : kind === "integer" ? " " : "_files"
    }`;
  const about = quoted(`[${zshText(text)}]${action}`);
  const longWord = `--${long}${isFlag ? "" : "="}`;
  // An option that may come several times excludes nothing.
  const others = kind === "texts" ? "*" : short === undefined ? "" : `(-${short} --${long})`;
  if (short === undefined) return quoted(`${others}${longWord}`) + about;
  return `${quoted(others)}{-${short}${isFlag ? "" : "+"},${longWord}}${about}`;
}

/** Brackets and colons mean something in the texts of `_arguments`. */
function zshText(text: string): string {
  return text.replaceAll("[", "(").replaceAll("]", ")").replaceAll(":", ";");
}

function fishScript(command: CompletedCommand): string {
  const { name, verbs } = command;
  const isVerb = `_${functionName(name)}_is`;
  const atVerb = `complete -c ${name} -n 'not ${isVerb}' -f`;
  const lines = [
    `# fish completion for ${name}`,
    "# Whether the verb is one of these words; without words, whether there is one. A file may be called like a verb.",
    `function ${isVerb}`,
    "  set -l typed (commandline -opc)",
    "  test (count $typed) -gt 1; or return 1",
    "  test (count $argv) -eq 0; or contains -- $typed[2] $argv",
    "end",
    ...verbs.flatMap((verb) => wordsOf(verb).map((word) => `${atVerb} -a ${word} -d ${quoted(verb.spec.summary)}`)),
    `${atVerb} -a help -d 'Help for a verb or on a topic'`,
    `complete -c ${name} -n '${isVerb} help' -f -a ${quoted(helpWords(command).join(" "))}`,
    ...verbs.flatMap((verb) => {
      const atOption = `complete -c ${name} -n '${isVerb} ${verb.names.join(" ")}'`;
      return optionsOf(verb.spec).map((option) => `${atOption} ${fishOption(option)}`);
    }),
  ];
  return `${lines.join("\n")}\n`;
}

function fishOption([long, { short, kind, choices, text }]: readonly [string, OptionSpec]): string {
  const names = `${short === undefined ? "" : `-s ${short} `}-l ${long}`;
  const value = choices !== undefined
    ? ` -x -a ${quoted(choices.join(" "))}`
    : kind === "flag"
    ? ""
    : kind === "integer"
    ? " -x"
    : " -r";
  return `${names}${value} -d ${quoted(text)}`;
}
