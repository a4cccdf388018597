/**
 * bzdump cat: what bzip2 files hold, one after the other, on stdout.
 */
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { CODEC_OPTIONS } from "./codec/codec-options.ts";
import { decompressFiles } from "./codec/decompress-files.ts";
import type { Verb } from "../../lib/cli/verb.ts";

const { force, threads, quiet, json, progress, keep, small, verbose, stdout, decompress } = CODEC_OPTIONS;

const SPEC = defineCommand(
  {
    name: "bzdump cat",
    summary: "Writes what bzip2 files hold to stdout, one after the other. The same as decompress -c.",
    positionals: [
      { name: "file", text: "bzip2 files or URLs; - or none is stdin", isOptional: true, isRepeated: true },
    ],
    options: {
      threads,
      quiet,
      json: { ...json, text: "one line of JSON per file, on stderr" },
      progress,
      force: { ...force, text: "read from a terminal", isAdvanced: true },
      keep,
      stdout: { ...stdout, text: "write to stdout, as always", isAdvanced: true },
      decompress: { ...decompress, text: "decompress, as always" },
      small,
      verbose,
    },
    examples: [
      { command: "bzdump cat part1.xml.bz2 part2.xml.bz2 | grep -c '<page>'", text: "counts pages" },
      { command: "curl -s https://…/pages.xml.bz2 | bzdump cat | head", text: "looks into a file on a server" },
    ],
    notes: ["Of a damaged file, all bytes before the damage are written; then the next file follows."],
  } satisfies CommandSpec,
);

export const CAT: Verb<typeof SPEC> = {
  spec: SPEC,
  run({ options, positionals, stdout, stderr }, signal) {
    const call = { command: SPEC.name, files: positionals, stdout, stderr, signal };
    return decompressFiles({ ...call, options: { ...options, stdout: true, output: undefined, rm: false } });
  },
};
