/**
 * bzdump decompress: bzip2 files to plain ones.
 */
import type { DecoderEvent } from "../../lib/bzip2/decoder.ts";
import { UsageError } from "../../lib/errors.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import type { OutputSink } from "../../lib/host/terminal.ts";
import { CarefulDecoder } from "./careful-decoder.ts";
import { checkConvertOptions, type Converter, convertFile } from "./convert-file.ts";
import { eachFile } from "./each-file.ts";
import { CONVERT_OPTIONS, type Verb } from "./verb.ts";

const SPEC = defineCommand(
  {
    name: "bzdump decompress",
    summary: "Decompresses bzip2 files, multistream ones too, and checks every checksum. The input is kept.",
    positionals: [{ name: "file", text: "bzip2 files; - or none is stdin", isOptional: true, isRepeated: true }],
    options: {
      ...CONVERT_OPTIONS,
    },
    examples: [
      { command: "bzdump decompress pages.xml.bz2", text: "makes pages.xml beside it" },
      { command: "bzdump decompress -c pages.xml.bz2 | head", text: "looks into a file" },
    ],
    notes: ["Of a damaged file, all bytes before the damage go to stdout; a file is not made."],
  } satisfies CommandSpec,
);

const SUFFIXES: readonly (readonly [string, string])[] = [[".bz2", ""], [".bz", ""], [".tbz2", ".tar"], [
  ".tbz",
  ".tar",
]];

function outputName(path: string): string {
  for (const [suffix, instead] of SUFFIXES) {
    if (path.endsWith(suffix) && path.length > suffix.length) return path.slice(0, -suffix.length) + instead;
  }
  throw new UsageError(`${path} does not end in .bz2, so the output has no name`, { remedy: "Use -o FILE or -c" });
}

/** The plain bytes; what follows the last stream is told to `onTrailing` and left out. */
function decoding(onTrailing: (byteLength: number) => void): Converter {
  const decoder = new CarefulDecoder();
  function* bytesOf(events: Iterable<DecoderEvent>): Generator<Uint8Array, void, undefined> {
    for (const event of events) {
      if (event.type === "block") yield event.bytes;
      else if (event.type === "trailing") onTrailing(event.byteLength);
    }
  }
  return { push: (chunk) => bytesOf(decoder.push(chunk)), finish: () => bytesOf(decoder.finish()) };
}

/** Says that bytes were left out, as bzip2 does. */
export async function tellTrailing(stderr: OutputSink, name: string, byteLength: number): Promise<void> {
  if (byteLength > 0) {
    await stderr.write(`${name}: ${byteLength} bytes after the last stream are no bzip2 data, ignored\n`);
  }
}

export const DECOMPRESS: Verb<typeof SPEC> = {
  spec: SPEC,
  run({ options, positionals, stdout, stderr }, signal) {
    checkConvertOptions(options, positionals);
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return eachFile(positionals, context, async (file) => {
      let trailingBytes = 0;
      await convertFile(file, decoding((byteLength) => trailingBytes = byteLength), {
        schema: "bzdump/decompress@1",
        options,
        stdout,
        stderr,
        signal,
        isInputBinary: true,
        isOutputBinary: false,
        outputName,
      });
      if (!options.quiet && !options.json) await tellTrailing(stderr, file, trailingBytes);
    });
  },
};
