/**
 * Reads files to their end, compares every checksum, and says for each file what it found.
 */
import { basename } from "node:path";
import { exitCodeFor } from "../../../lib/cli/exit-codes.ts";
import { writeJson } from "../../../lib/cli/output.ts";
import { ProgressLine } from "../../../lib/cli/progress-line.ts";
import { gunzipStream } from "../../../lib/host/gzip.ts";
import { sniff } from "../../../lib/streams/sniff.ts";

import type { WorkerPool } from "../../../lib/streams/worker-pool.ts";
import { type AnyInput, openAnyInput } from "../io/any-input.ts";
import { decodeCarefully } from "./careful-decoder.ts";
import type { CodecCall, CommonOptions } from "./codec-options.ts";
import { SMALLEST_TO_DECODE_IN_THREADS } from "./decompress-files.ts";
import { eachFile } from "../io/each-file.ts";
import { nameFile, renderFileError } from "../io/file-error.ts";
import { Threads, withThreads } from "../io/threads.ts";
import { tapped, through } from "../io/through.ts";
import { progressMode } from "../common-options.ts";

/** One command line of `bzdump test`, or of another verb with -t. */
export type TestCall = CodecCall<Pick<CommonOptions, "force" | "quiet" | "json" | "progress" | "threads">>;

/** Gives the exit code of the first file that is not good, or 0. */
export async function testFiles(call: TestCall): Promise<number> {
  const { command, options, files, stderr, signal } = call;
  return await withThreads(
    new Threads(options.threads, SMALLEST_TO_DECODE_IN_THREADS),
    (threads) =>
      eachFile(files, { command, isJson: options.json, stderr, signal }, (file) => testFile(file, call, threads)),
  );
}

/** What was found in a file, as far as it could be read. */
interface Findings {
  format: "bzip2" | "gzip";
  bytesIn: number;
  bytesOut: number;
  streams: number;
  blocks: number;
  trailingBytes: number;
}

async function testFile(file: string, call: TestCall, threads: Threads): Promise<number> {
  const { command, options, stdout, stderr, signal } = call;
  const input = await openAnyInput(file, { signal, isTerminalWelcome: options.force, chunks: "borrowed" });
  const findings: Findings = { format: "bzip2", bytesIn: 0, bytesOut: 0, streams: 0, blocks: 0, trailingBytes: 0 };
  let trouble: unknown;
  try {
    await examine(input, findings, { call, threads });
  } catch (error) {
    if (signal.aborted) throw error;
    trouble = nameFile(error, input.name);
  }
  const exitCode = trouble === undefined ? 0 : exitCodeFor(trouble);
  if (options.json) {
    await writeJson(stdout, "bzdump/test@1", {
      file: input.name,
      isGood: trouble === undefined,
      exitCode,
      ...findings,
    });
  } else if (trouble === undefined && !options.quiet) await stdout.write(`${input.name}: ${describe(findings)}\n`);
  if (trouble !== undefined) {
    await stderr.write(renderFileError(trouble, { command, isJson: options.json }));
  }
  return exitCode;
}

async function examine(
  input: AnyInput,
  findings: Findings,
  { call, threads }: { call: TestCall; threads: Threads },
): Promise<void> {
  const { stderr, options, signal } = call;
  const progress = new ProgressLine({
    sink: stderr,
    label: basename(input.name),
    totalBytesIn: input.byteLength,
    mode: progressMode(options),
  });
  const showProgress = (): void => progress.update({ bytesIn: findings.bytesIn, bytesOut: findings.bytesOut });
  const counted = tapped(input.stream, ({ length }) => {
    signal.throwIfAborted();
    findings.bytesIn += length;
    showProgress();
  });
  try {
    const { format, stream } = await sniff(counted);
    const plain = format === "gzip"
      ? examineGzip(stream, input.name, findings)
      : examineBzip2(stream, findings, threads.poolFor(input.byteLength));
    for await (const bytes of plain) {
      signal.throwIfAborted();
      findings.bytesOut += bytes.length;
    }
    showProgress();
  } finally {
    progress.finish();
  }
}

function examineGzip(stream: ReadableStream<Uint8Array>, path: string, findings: Findings): AsyncIterable<Uint8Array> {
  findings.format = "gzip";
  // Unlike a pipe of the platform, this lets go of a file that turns out to be damaged in its last chunk.
  return through(stream, gunzipStream({ path }), { onFailure: "abort" });
}

/** Whatever is no gzip data goes here: the decoder knows best what it is not. */
function examineBzip2(
  stream: ReadableStream<Uint8Array>,
  findings: Findings,
  pool: WorkerPool | undefined,
): AsyncIterable<Uint8Array> {
  return decodeCarefully(stream, pool, {
    chunks: "borrowed",
    onBlock: () => void findings.blocks++,
    onEvent: (event) => {
      if (event.type === "stream") findings.streams++;
      else if (event.type === "trailing") findings.trailingBytes = event.byteLength;
    },
  });
}

function describe(findings: Findings): string {
  const { format, streams, blocks, bytesIn, bytesOut, trailingBytes } = findings;
  const parts = format === "bzip2" ? [number(streams, "stream"), number(blocks, "block")] : [];
  const trailing = trailingBytes === 0 ? "" : `; ${number(trailingBytes, "byte")} after the last stream ignored`;
  return `good ${format}, ${[...parts, `${number(bytesIn, "byte")} hold ${bytesOut}`].join(", ")}${trailing}`;
}

function number(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
