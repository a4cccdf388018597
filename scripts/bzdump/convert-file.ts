/**
 * One file in, one file out: what compress and decompress share.
 *
 * The output has mode and times of the input, and its name when it is whole. The input stays, unless its removal is asked for.
 */
import { unlink } from "node:fs/promises";
import { basename } from "node:path";
import { SourceError, UsageError } from "../../lib/errors.ts";
import { ProgressLine, type ProgressMode } from "../../lib/cli/progress-line.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { sourceError } from "../../lib/host/system-error.ts";
import type { OutputSink } from "../../lib/host/terminal.ts";
import { chunksOf } from "../../lib/streams/stream-from.ts";
import { type Input, openInput } from "./input.ts";
import { fileOutput, type Output, standardOutputAs } from "./output.ts";

/** Options of both verbs, by their names on the command line. */
export interface ConvertOptions {
  readonly stdout: boolean;
  readonly output: string | undefined;
  readonly force: boolean;
  readonly rm: boolean;
  readonly json: boolean;
  readonly progress: ProgressMode | undefined;
}

/** A codec without I/O: what each piece of input, and its end, gives. */
export interface Converter {
  push(chunk: Uint8Array): Iterable<Uint8Array>;
  finish(): Iterable<Uint8Array>;
}

export interface ConvertContext {
  readonly schema: string;
  readonly options: ConvertOptions;
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
  readonly signal: AbortSignal;
  /** Whether the input, and the output, is compressed data, which is not for terminals. */
  readonly isInputBinary: boolean;
  readonly isOutputBinary: boolean;
  outputName(path: string): string;
}

/** Throws UsageError for options that do not fit together. */
export function checkConvertOptions(options: ConvertOptions, files: readonly string[]): void {
  if (options.output !== undefined && files.length > 1) {
    throw new UsageError("Option --output takes one file, but several were named", { option: "output" });
  }
  if (options.stdout && options.output !== undefined && options.output !== "-") {
    throw new UsageError("Options --stdout and --output name two places for one output", { option: "output" });
  }
  const isToStdout = options.stdout || options.output === "-";
  if (isToStdout && options.rm) {
    throw new UsageError("Option --rm would remove a file whose output goes to stdout", { option: "rm" });
  }
}

/** Converts one file. Everything good is delivered to stdout before an error; a file is published only when it is whole. */
export async function convertFile(file: string, converter: Converter, context: ConvertContext): Promise<void> {
  const { options, signal } = context;
  const input = await openInput(file, { signal, isTerminalWelcome: options.force || !context.isInputBinary });
  const outputPath = outputPathOf(input, context);
  if (options.rm) refuseUnlinking(input);
  const output = outputPath === undefined
    ? standardOutputAs(context.stdout, { isBinary: context.isOutputBinary && !options.force })
    : await fileOutput(outputPath, { isForced: options.force, like: input.status });
  let bytesIn: number;
  try {
    bytesIn = await pump(input, converter, output, context);
    await output.finish();
  } catch (error) {
    await output.discard();
    throw error;
  }
  if (options.rm && input.path !== undefined) await remove(input.path);
  if (!options.json) return;
  const report = { file: input.name, output: outputPath ?? "-", bytesIn, bytesOut: output.byteLength };
  await writeJson(outputPath === undefined ? context.stderr : context.stdout, context.schema, report);
}

function outputPathOf(input: Input, context: ConvertContext): string | undefined {
  const { stdout, output } = context.options;
  if (stdout || output === "-") return undefined;
  if (output !== undefined) return output;
  return input.path === undefined ? undefined : context.outputName(input.path);
}

async function pump(input: Input, converter: Converter, output: Output, context: ConvertContext): Promise<number> {
  const progress = new ProgressLine({
    sink: context.stderr,
    label: basename(input.name),
    totalBytesIn: input.status?.size,
    mode: context.options.progress ?? "auto",
  });
  let bytesIn = 0;
  try {
    for await (const chunk of chunksOf(input.stream)) {
      context.signal.throwIfAborted();
      for (const bytes of converter.push(chunk)) await output.write(bytes);
      bytesIn += chunk.length;
      progress.update({ bytesIn, bytesOut: output.byteLength });
    }
    for (const bytes of converter.finish()) await output.write(bytes);
  } finally {
    progress.finish();
  }
  return bytesIn;
}

/** Only a regular file under its one name can be removed without losing something else. */
function refuseUnlinking({ path, name, status }: Input): void {
  if (path === undefined) {
    throw new UsageError("Option --rm needs a file, but standard input was given", { option: "rm" });
  }
  if (status === undefined || !status.isFile() || status.nlink > 1) {
    throw new SourceError("EXISTS", `${name} is not removed: it is no regular file, or has other names`, name, {
      remedy: "Leave out --rm",
    });
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    throw sourceError(error, path, "remove");
  }
}
