/**
 * bzdump compress: files to bzip2 files.
 */
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { runCodec } from "./codec/codec.ts";
import { CODEC_OPTIONS, LEVEL_OPTIONS } from "./codec/codec-options.ts";
import type { Verb } from "../../lib/cli/verb.ts";

const SPEC = defineCommand(
  {
    name: "bzdump compress",
    summary: "Compresses files with bzip2. The input is kept.",
    positionals: [{ name: "file", text: "files or URLs; - or none is stdin", isOptional: true, isRepeated: true }],
    // Levels first: of all options, those are asked for most.
    options: { ...LEVEL_OPTIONS, ...CODEC_OPTIONS },
    examples: [
      { command: "bzdump compress pages.xml", text: "makes pages.xml.bz2 beside it" },
      { command: "mysqldump … | bzdump compress -5 > tables.sql.bz2", text: "compresses what a program writes" },
    ],
    notes: ["The output has the permissions and the times of the input, and its name once it is whole."],
  } satisfies CommandSpec,
);

export const COMPRESS: Verb<typeof SPEC> = {
  spec: SPEC,
  run({ options, positionals, stdout, stderr }, signal) {
    return runCodec("compress", { command: SPEC.name, options, files: positionals, stdout, stderr, signal });
  },
};
