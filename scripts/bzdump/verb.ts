/**
 * What a verb of bzdump is, and the options that several verbs have.
 */
import type { CommandSpec, OptionSpec } from "../../lib/cli/options.ts";
import { type Invocation, runCommand } from "../../lib/cli/run-command.ts";

/** A verb: its option table and its work. */
export interface Verb<Spec extends CommandSpec> {
  readonly spec: Spec;
  /** Makes arguments fit for the option table; without it they are taken as they are. */
  prepare?(args: readonly string[]): readonly string[];
  /** Returns the exit code, or nothing for 0. `signal` aborts when the user wants an end. */
  run(invocation: Invocation<Spec>, signal: AbortSignal): Promise<number | void>;
}

/** A verb that can be run with plain arguments. */
export interface LoadedVerb {
  readonly spec: CommandSpec;
  run(args: readonly string[], signal: AbortSignal): Promise<number>;
}

/** Makes a verb fit for a table of verbs with different options. */
export function loadedVerb<const Spec extends CommandSpec>(verb: Verb<Spec>): LoadedVerb {
  return {
    spec: verb.spec,
    run: (args, signal) =>
      runCommand(verb.spec, (invocation) => verb.run(invocation, signal), { args: verb.prepare?.(args) ?? args }),
  };
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
