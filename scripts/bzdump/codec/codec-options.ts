/**
 * The options of compress, decompress and cat: one table, because each takes what a hand that knows bzip2 types. `bzdump compress -d`
 * decompresses, and `bzdump decompress -9` does not mind the 9.
 */
import { UsageError } from "../../../lib/errors.ts";
import type { CommandSpec, OptionSpec, OptionValue } from "../../../lib/cli/options.ts";
import type { OutputSink } from "../../../lib/host/terminal.ts";
import { THREADS_OPTION } from "../io/threads.ts";
import { FORCE_OPTION, JSON_OPTION, OUTPUT_OPTION, PROGRESS_OPTION, QUIET_OPTION } from "../common-options.ts";

/** Levels, as flags: the first says it for all. */
export const LEVEL_OPTIONS = {
  "level-1": { kind: "flag", short: "1", text: "-1 … -9: blocks of 100 to 900 kB; -9 is the default" },
  "level-2": level("2"),
  "level-3": level("3"),
  "level-4": level("4"),
  "level-5": level("5"),
  "level-6": level("6"),
  "level-7": level("7"),
  "level-8": level("8"),
  "level-9": level("9"),
  fast: { kind: "flag", text: "the same as -1", isAdvanced: true },
  best: { kind: "flag", text: "the same as -9", isAdvanced: true },
} as const satisfies CommandSpec["options"];

function level(short: string): { kind: "flag"; short: string; text: string; isAdvanced: true } {
  return { kind: "flag", short, text: "see -1", isAdvanced: true };
}

/** What bzip2 knows, and whoever is used to it types. */
const HABIT_OPTIONS = {
  decompress: { kind: "flag", short: "d", text: "decompress, whatever the verb", isAdvanced: true },
  compress: { kind: "flag", short: "z", text: "compress, whatever the verb", isAdvanced: true },
  test: { kind: "flag", short: "t", text: "test, whatever the verb; nothing is written", isAdvanced: true },
  small: { kind: "flag", short: "s", text: "taken as bzip2 takes it, and of no effect", isAdvanced: true },
  verbose: { kind: "flag", short: "v", text: "a line on stderr for each file that is done", isAdvanced: true },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The whole table. */
export const CODEC_OPTIONS = {
  stdout: { kind: "flag", short: "c", text: "write to stdout" },
  output: OUTPUT_OPTION,
  force: FORCE_OPTION,
  keep: { kind: "flag", short: "k", text: "keep the input; this is the default", isAdvanced: true },
  rm: { kind: "flag", text: "remove the input when the output is whole" },
  threads: THREADS_OPTION,
  quiet: QUIET_OPTION,
  json: JSON_OPTION,
  progress: PROGRESS_OPTION,
  ...LEVEL_OPTIONS,
  ...HABIT_OPTIONS,
} as const satisfies CommandSpec["options"];

/** The values of the options. */
export type CodecOptions = {
  readonly [Name in keyof typeof CODEC_OPTIONS]: OptionValue<(typeof CODEC_OPTIONS)[Name]>;
};

/** The values that every mode needs, or may have. */
export type CommonOptions = Pick<
  CodecOptions,
  "stdout" | "output" | "force" | "rm" | "threads" | "quiet" | "verbose" | "json" | "progress"
>;

/** One command line of these verbs, understood. */
export interface CodecCall<Options = CommonOptions> {
  /** Such as "bzdump compress". */
  readonly command: string;
  readonly options: Options;
  readonly files: readonly string[];
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
  readonly signal: AbortSignal;
}

export type CodecMode = "compress" | "decompress" | "test";

/** What is to be done: what -d, -z or -t ask for, else what the verb says. Throws UsageError for two of them. */
export function modeOf(options: CodecOptions, verb: CodecMode): CodecMode {
  const asked = (["decompress", "compress", "test"] as const).filter((mode) => options[mode]);
  if (asked.length > 1) {
    throw new UsageError(`Only one thing can be done at a time, but --${asked.join(" and --")} were given`);
  }
  return asked[0] ?? verb;
}
