/**
 * What a verb of bzdump is, and the options that several verbs have.
 */
import type { CommandSpec, OptionSpec } from "../../lib/cli/options.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";

/** A verb: its option table and its work. */
export interface Verb<Spec extends CommandSpec> {
  readonly spec: Spec;
  /** Makes arguments fit for the option table; without it they are taken as they are. */
  prepare?(args: readonly string[]): readonly string[];
  /** Returns the exit code, or nothing for 0. `signal` aborts when the user wants an end. */
  run(invocation: Invocation<Spec>, signal: AbortSignal): Promise<number | void>;
}

export const FORCE_OPTION = {
  kind: "flag",
  short: "f",
  text: "replace existing files; allow compressed data on a terminal",
} as const satisfies OptionSpec;

export const JSON_OPTION = {
  kind: "flag",
  text: "one line of JSON per file, on stdout (on stderr when data goes to stdout)",
} as const satisfies OptionSpec;

export const PROGRESS_OPTION = {
  kind: "choice",
  placeholder: "WHEN",
  choices: ["auto", "always", "never"],
  text: "show progress on stderr: auto (on a terminal, after a second), always, never",
} as const satisfies OptionSpec;

export const QUIET_OPTION = { kind: "flag", short: "q", text: "say nothing but errors" } as const satisfies OptionSpec;

export const OUTPUT_OPTION = {
  kind: "text",
  short: "o",
  placeholder: "OUT",
  text: "write to this file; - is stdout",
} as const satisfies OptionSpec;

/** The options of the verbs that make one file of another. */
export const CONVERT_OPTIONS = {
  stdout: { kind: "flag", short: "c", text: "write to stdout" },
  output: OUTPUT_OPTION,
  force: FORCE_OPTION,
  keep: { kind: "flag", short: "k", text: "keep the input; this is the default", isAdvanced: true },
  rm: { kind: "flag", text: "remove the input when the output is whole" },
  quiet: QUIET_OPTION,
  json: JSON_OPTION,
  progress: PROGRESS_OPTION,
} as const satisfies CommandSpec["options"];
