/**
 * Decompresses the files of a command line.
 */
import { UsageError } from "../../../lib/errors.ts";
import { decodeCarefully } from "./careful-decoder.ts";
import type { CodecCall } from "./codec-options.ts";
import { checkConvertOptions, type ConvertContext, convertFile } from "./convert-file.ts";
import { eachFile } from "../io/each-file.ts";
import { Threads, withThreads } from "../io/threads.ts";

/** Compressed bytes below which one thread is done before the others have begun. */
export const SMALLEST_TO_DECODE_IN_THREADS = 4_000_000;

/** Gives the exit code of the first file that failed, or 0. */
export async function decompressFiles(call: CodecCall): Promise<number> {
  const { command, options, files, stdout, stderr, signal } = call;
  checkConvertOptions(options, files);
  return await withThreads(
    new Threads(options.threads, SMALLEST_TO_DECODE_IN_THREADS),
    (threads) =>
      eachFile(files, { command, isJson: options.json, stderr, signal }, async (file) => {
        const found: Found = { streams: 0, blocks: 0, trailingBytes: 0 };
        await convertFile(file, {
          schema: "bzdump/decompress@1",
          options,
          stdout,
          stderr,
          signal,
          isInputBinary: true,
          isOutputBinary: false,
          outputName,
          convert: decoding(threads, found),
        });
        if (found.trailingBytes > 0 && !options.quiet && !options.json) {
          await stderr.write(
            `${file}: ${found.trailingBytes} bytes after the last stream are no bzip2 data, ignored\n`,
          );
        }
      }),
  );
}

/** What there is to tell about a file, besides its bytes. */
interface Found {
  streams: number;
  blocks: number;
  trailingBytes: number;
}

function decoding(threads: Threads, found: Found): ConvertContext["convert"] {
  return (data, { byteLength }) => ({
    output: decodeCarefully(data, threads.poolFor(byteLength), {
      chunks: "borrowed",
      onBlock: () => void found.blocks++,
      onEvent: (event) => {
        if (event.type === "stream") found.streams++;
        else if (event.type === "trailing") found.trailingBytes = event.byteLength;
      },
    }),
    found: () => ({ ...found }),
  });
}

const SUFFIXES: readonly (readonly [string, string])[] = [
  [".bz2", ""],
  [".bz", ""],
  [".tbz2", ".tar"],
  [".tbz", ".tar"],
];

function outputName(path: string): string {
  for (const [suffix, instead] of SUFFIXES) {
    if (path.endsWith(suffix) && path.length > suffix.length) return path.slice(0, -suffix.length) + instead;
  }
  throw new UsageError(`${path} does not end in .bz2, so the output has no name`, { remedy: "Use -o FILE or -c" });
}
