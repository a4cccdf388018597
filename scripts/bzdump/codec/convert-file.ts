/**
 * One file in, one file out: what compress and decompress share.
 *
 * The output has owner, mode and times of the input, and its name when it is whole. The input stays, unless its removal is asked for.
 */
import { unlink } from "node:fs/promises";
import { basename } from "node:path";
import { SourceError, UsageError } from "../../../lib/errors.ts";
import { ProgressLine } from "../../../lib/cli/progress-line.ts";
import { writeJson } from "../../../lib/cli/output.ts";
import { sourceError } from "../../../lib/host/system-error.ts";
import type { OutputSink } from "../../../lib/host/terminal.ts";
import { type AnyInput, openAnyInput } from "../io/any-input.ts";
import type { CommonOptions } from "./codec-options.ts";
import type { Input } from "../io/input.ts";
import { fileOutput, type Output, standardOutputAs } from "../io/output.ts";
import { tapped } from "../io/through.ts";
import { progressMode } from "../common-options.ts";

/** A conversion under way. */
export interface Conversion {
  /**
   * All good bytes come before an error; a chunk is valid until the next one is asked for. A loop over it that is left early ends the
   * work.
   */
  readonly output: AsyncIterable<Uint8Array>;
  /** What there is to tell at the end, besides the bytes. */
  found(): Readonly<Record<string, unknown>>;
}

export interface ConvertContext {
  readonly schema: string;
  readonly options: CommonOptions;
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
  readonly signal: AbortSignal;
  /** Whether the input, and the output, is compressed data, which is not for terminals. */
  readonly isInputBinary: boolean;
  readonly isOutputBinary: boolean;
  outputName(path: string): string;
  convert(data: ReadableStream<Uint8Array>, input: AnyInput): Conversion;
}

/** Throws UsageError for options that do not fit together. */
export function checkConvertOptions(options: CommonOptions, files: readonly string[]): void {
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
export async function convertFile(file: string, context: ConvertContext): Promise<void> {
  const { options, signal, stdout, stderr } = context;
  const isTerminalWelcome = options.force || !context.isInputBinary;
  const input = await openAnyInput(file, { signal, isTerminalWelcome, chunks: "borrowed" });
  const outputPath = outputPathOf(input, context);
  if (options.rm) refuseUnlinking(input);
  const output = outputPath === undefined
    ? standardOutputAs(stdout, { isBinary: context.isOutputBinary && !options.force })
    : await fileOutput(outputPath, { isForced: options.force, like: input.status });
  let report: ConversionReport;
  try {
    report = await pump(input, output, context);
    await output.finish();
  } catch (error) {
    await output.discard();
    throw error;
  }
  if (options.rm && input.path !== undefined) await remove(input.path);
  const { bytesIn, found } = report;
  const bytesOut = output.byteLength;
  if (options.json) {
    const line = { file: input.name, output: outputPath ?? "-", bytesIn, bytesOut, ...found };
    await writeJson(outputPath === undefined ? stderr : stdout, context.schema, line);
  } else if (options.verbose) await stderr.write(`${input.name}: ${bytesIn} bytes in, ${bytesOut} bytes out\n`);
}

function outputPathOf(input: Input, context: ConvertContext): string | undefined {
  const { stdout, output } = context.options;
  if (stdout || output === "-") return undefined;
  if (output !== undefined) return output;
  return input.path === undefined ? undefined : context.outputName(input.path);
}

interface ConversionReport {
  readonly bytesIn: number;
  readonly found: Readonly<Record<string, unknown>>;
}

/** Moves all bytes. */
async function pump(input: AnyInput, output: Output, context: ConvertContext): Promise<ConversionReport> {
  const { signal, stderr, options } = context;
  const progress = new ProgressLine({
    sink: stderr,
    label: basename(input.name),
    totalBytesIn: input.byteLength,
    mode: progressMode(options),
  });
  let bytesIn = 0;
  const counted = tapped(input.stream, ({ length }) => {
    signal.throwIfAborted();
    bytesIn += length;
    progress.update({ bytesIn, bytesOut: output.byteLength });
  });
  const conversion = context.convert(counted, input);
  try {
    for await (const bytes of conversion.output) {
      signal.throwIfAborted();
      await output.write(bytes);
      progress.update({ bytesIn, bytesOut: output.byteLength });
    }
  } finally {
    progress.finish();
  }
  return { bytesIn, found: conversion.found() };
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
