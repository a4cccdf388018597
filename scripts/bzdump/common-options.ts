/** Options that several verbs of bzdump have. */
import type { OptionSpec } from "../../lib/cli/options.ts";
import type { ProgressMode } from "../../lib/cli/progress-line.ts";

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
  choices: ["auto", "always", "never", "json"],
  text: "show progress on stderr: auto (on a terminal, after a second), always, never, json (a line a second)",
} as const satisfies OptionSpec;

/** Who asks for progress gets it, also with --quiet. */
export function progressMode(
  { progress, quiet }: { readonly progress?: ProgressMode | undefined; readonly quiet: boolean },
): ProgressMode {
  return progress ?? (quiet ? "never" : "auto");
}

export const QUIET_OPTION = { kind: "flag", short: "q", text: "say nothing but errors" } as const satisfies OptionSpec;

export const OUTPUT_OPTION = {
  kind: "text",
  short: "o",
  placeholder: "OUT",
  text: "write to this file; - is stdout",
} as const satisfies OptionSpec;
