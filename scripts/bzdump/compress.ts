/**
 * bzdump compress: files to bzip2 files.
 */
import { Bzip2Encoder } from "../../lib/bzip2/encoder.ts";
import type { Level } from "../../lib/bzip2/format.ts";
import { SourceError, UsageError } from "../../lib/errors.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { checkConvertOptions, convertFile } from "./convert-file.ts";
import { eachFile } from "./each-file.ts";
import { CONVERT_OPTIONS, type Verb } from "./verb.ts";

const SPEC = defineCommand(
  {
    name: "bzdump compress",
    summary: "Compresses files with bzip2. The input is kept.",
    positionals: [{ name: "file", text: "files; - or none is stdin", isOptional: true, isRepeated: true }],
    options: {
      "level-1": { kind: "flag", short: "1", text: "-1 … -9: blocks of 100 to 900 kB; -9 is the default" },
      "level-2": { kind: "flag", short: "2", text: "see -1", isAdvanced: true },
      "level-3": { kind: "flag", short: "3", text: "see -1", isAdvanced: true },
      "level-4": { kind: "flag", short: "4", text: "see -1", isAdvanced: true },
      "level-5": { kind: "flag", short: "5", text: "see -1", isAdvanced: true },
      "level-6": { kind: "flag", short: "6", text: "see -1", isAdvanced: true },
      "level-7": { kind: "flag", short: "7", text: "see -1", isAdvanced: true },
      "level-8": { kind: "flag", short: "8", text: "see -1", isAdvanced: true },
      "level-9": { kind: "flag", short: "9", text: "see -1", isAdvanced: true },
      ...CONVERT_OPTIONS,
    },
    examples: [
      { command: "bzdump compress pages.xml", text: "makes pages.xml.bz2 beside it" },
      { command: "mysqldump … | bzdump compress -5 > tables.sql.bz2", text: "compresses what a program writes" },
    ],
  } satisfies CommandSpec,
);

/** The level that was asked for. Throws UsageError for two of them. */
function levelOf(options: Readonly<Record<string, unknown>>): Level {
  const levels = [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((level) => options[`level-${level}`] === true);
  if (levels.length > 1) throw new UsageError(`Only one level can be chosen, but -${levels.join(" and -")} were given`);
  return (levels[0] ?? 9) as Level;
}

/** Adds ".bz2"; refuses what has it already, unless forced. */
function nameFor(path: string, isForced: boolean): string {
  if (path.endsWith(".bz2") && !isForced) {
    throw new SourceError("EXISTS", `${path} is a bzip2 file already, by its name`, path, {
      remedy: "Use -f to compress it once more",
    });
  }
  return `${path}.bz2`;
}

export const COMPRESS: Verb<typeof SPEC> = {
  spec: SPEC,
  run({ options, positionals, stdout, stderr }, signal) {
    checkConvertOptions(options, positionals);
    const level = levelOf(options);
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return eachFile(positionals, context, (file) =>
      convertFile(file, new Bzip2Encoder({ level }), {
        schema: "bzdump/compress@1",
        options,
        stdout,
        stderr,
        signal,
        isInputBinary: false,
        isOutputBinary: true,
        outputName: (path) => nameFor(path, options.force),
      }));
  },
};
