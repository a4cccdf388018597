/**
 * Compresses the files of a command line.
 */
import type { Level } from "../../../lib/bzip2/format.ts";
import { SourceError, UsageError } from "../../../lib/errors.ts";
import { Bzip2EncoderStream } from "../../../lib/streams/bzip2-encoder-stream.ts";
import { parallelBzip2Encoder } from "../../../lib/streams/parallel-encoder.ts";
import type { CodecCall, CodecOptions } from "./codec-options.ts";
import { checkConvertOptions, convertFile } from "./convert-file.ts";
import { eachFile } from "../io/each-file.ts";
import { Threads, withThreads } from "../io/threads.ts";
import { through } from "../io/through.ts";

/** Below it, one thread is done before the others have begun. */
const SMALLEST_FOR_THREADS = 12_000_000;

/** Gives the exit code of the first file that failed, or 0. */
export async function compressFiles(call: CodecCall<CodecOptions>): Promise<number> {
  const { command, options, files, stdout, stderr, signal } = call;
  checkConvertOptions(options, files);
  // Each piece is written before the next one is asked for.
  const encoding = { level: levelOf(options), chunks: "borrowed" } as const;
  return await withThreads(
    new Threads(options.threads, SMALLEST_FOR_THREADS),
    (threads) =>
      eachFile(files, { command, isJson: options.json, stderr, signal }, (file) =>
        convertFile(file, {
          schema: "bzdump/compress@1",
          options,
          stdout,
          stderr,
          signal,
          isInputBinary: false,
          isOutputBinary: true,
          outputName: (path) => nameFor(path, options.force),
          convert(data, { byteLength }) {
            const pool = threads.poolFor(byteLength);
            const encoder = pool === undefined
              ? new Bzip2EncoderStream(encoding)
              : parallelBzip2Encoder(pool, { ...encoding, lookahead: pool.size + 1 });
            return { output: through(data, encoder, { onFailure: "abort" }), found: () => ({}) };
          },
        })),
  );
}

const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** The level that was asked for. Throws UsageError for two of them. */
function levelOf(options: CodecOptions): Level {
  const asked = new Set<Level>(LEVELS.filter((level) => options[`level-${level}`]));
  if (options.fast) asked.add(1);
  if (options.best) asked.add(9);
  const levels = [...asked];
  if (levels.length > 1) throw new UsageError(`Only one level can be chosen, but -${levels.join(" and -")} were given`);
  return levels[0] ?? 9;
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
