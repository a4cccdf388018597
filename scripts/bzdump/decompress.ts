/**
 * bzdump decompress: bzip2 files to plain ones.
 */
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { runCodec } from "./codec/codec.ts";
import { CODEC_OPTIONS } from "./codec/codec-options.ts";
import type { Verb } from "../../lib/cli/verb.ts";

const SPEC = defineCommand(
  {
    name: "bzdump decompress",
    summary: "Decompresses bzip2 files, multistream ones too, and checks every checksum. The input is kept.",
    positionals: [
      { name: "file", text: "bzip2 files or URLs; - or none is stdin", isOptional: true, isRepeated: true },
    ],
    options: {
      ...CODEC_OPTIONS,
      "level-1": { ...CODEC_OPTIONS["level-1"], text: "-1 … -9: for -z", isAdvanced: true },
    },
    examples: [
      { command: "bzdump decompress pages.xml.bz2", text: "makes pages.xml beside it" },
      { command: "bzdump decompress -c pages.xml.bz2 | head", text: "looks into a file" },
    ],
    notes: ["Of a damaged file, all bytes before the damage go to stdout; a file is not made."],
  } satisfies CommandSpec,
);

export const DECOMPRESS: Verb<typeof SPEC> = {
  spec: SPEC,
  run({ options, positionals, stdout, stderr }, signal) {
    return runCodec("decompress", { command: SPEC.name, options, files: positionals, stdout, stderr, signal });
  },
};
