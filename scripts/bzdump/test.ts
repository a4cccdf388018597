/**
 * bzdump test: reads files to their end, compares every checksum, and says for each file what it found.
 */
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { CODEC_OPTIONS } from "./codec/codec-options.ts";
import { testFiles } from "./codec/test-files.ts";
import { THREADS_OPTION } from "./io/threads.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { FORCE_OPTION, JSON_OPTION, PROGRESS_OPTION, QUIET_OPTION } from "./common-options.ts";

const { test, keep, small, verbose } = CODEC_OPTIONS;

const SPEC = defineCommand(
  {
    name: "bzdump test",
    summary: "Checks bzip2 and gzip files: reads each to its end and compares every checksum.",
    positionals: [{ name: "file", text: "files or URLs; - or none is stdin", isOptional: true, isRepeated: true }],
    options: {
      threads: THREADS_OPTION,
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "one line of JSON per file" },
      progress: PROGRESS_OPTION,
      force: { ...FORCE_OPTION, text: "read from a terminal", isAdvanced: true },
      test: { ...test, text: "test, as always" },
      keep: { ...keep, text: "keep the input, as always" },
      small,
      verbose: { ...verbose, text: "a line for each file, as always" },
    },
    examples: [
      { command: "bzdump test *.bz2", text: "one line for each file" },
      { command: "curl -s https://…/pages.xml.bz2 | bzdump test -", text: "checks a download on its way" },
    ],
    notes: ["The exit code is that of the first file that is not good."],
  } satisfies CommandSpec,
);

export const TEST: Verb<typeof SPEC> = {
  spec: SPEC,
  run({ options, positionals, stdout, stderr }, signal) {
    return testFiles({ command: SPEC.name, options, files: positionals, stdout, stderr, signal });
  },
};
