/** A verb of a command: its option table and its work. */
import type { CommandSpec } from "./options.ts";
import { type Invocation, runCommand } from "./run-command.ts";

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
