/**
 * What `bzdump pages` takes out, on its way to a file or to stdout: compressed as the name of the file says.
 */
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { gzipStream } from "../../../lib/host/gzip.ts";
import { openFileStream } from "../../../lib/host/read-file.ts";
import type { OutputSink } from "../../../lib/host/terminal.ts";
import { Bzip2EncoderStream } from "../../../lib/streams/bzip2-encoder-stream.ts";
import { parallelBzip2Encoder } from "../../../lib/streams/parallel-encoder.ts";
import { chunksOf, streamFrom } from "../../../lib/streams/stream-from.ts";
import { fileOutput, type Output, standardOutputAs } from "../io/output.ts";
import { findSevenZip, writeSevenZip } from "../io/seven-zip.ts";
import type { Threads } from "../io/threads.ts";

export interface PagesOutputOptions {
  /** "-": standard output. */
  readonly path: string;
  readonly isForced: boolean;
  readonly stdout: OutputSink;
}

/** Opens the output. Do it before any reading: a directory that is missing must be told at once. */
export function openPagesOutput({ path, isForced, stdout }: PagesOutputOptions): Promise<Output> {
  if (path === "-") return Promise.resolve(standardOutputAs(stdout, { isBinary: false }));
  if (packingOf(path) === "7z") findSevenZip();
  return fileOutput(path, { isForced });
}

export type Packing = "bz2" | "gz" | "7z" | "plain";

export interface WriteDocumentOptions {
  /** Default: as the name of the file says. */
  readonly packing?: Packing;
  readonly threads: Threads;
  readonly signal: AbortSignal;
}

/** Writes all of a document; a file gets its name when it is whole. */
export async function writeDocument(
  data: ReadableStream<Uint8Array>,
  output: Output,
  options: WriteDocumentOptions,
): Promise<void> {
  await fillDocument(data, output, options);
  await output.finish();
}

/** Writes all of a document, but does not finish the output; discards it after an error. */
export async function fillDocument(
  data: ReadableStream<Uint8Array>,
  output: Output,
  options: WriteDocumentOptions,
): Promise<void> {
  const watched = new WatchedStream(data);
  const { packing = packingOf(output.name) } = options;
  const archive = packing === "7z" ? `${output.name}.inprog.7z` : undefined;
  try {
    if (archive !== undefined) await archiveInto(watched.stream, archive, { output, ...options });
    else {for await (const bytes of chunksOf(packed(watched.stream, packing, options.threads))) {
        await output.write(bytes);
      }}
  } catch (error) {
    await output.discard();
    // A compressor reports that its input failed; what was wrong with the dump is what counts.
    throw watched.failure ?? error;
  } finally {
    if (archive !== undefined) await rm(archive, { force: true });
  }
}

/** A stream whose error is kept. */
class WatchedStream {
  readonly stream: ReadableStream<Uint8Array>;
  failure: unknown;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.stream = streamFrom(this.#watch(stream));
  }

  async *#watch(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* chunksOf(stream);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

/** How a file of this name is packed. */
export function packingOf(name: string): Packing {
  return name.endsWith(".bz2") ? "bz2" : name.endsWith(".gz") ? "gz" : name.endsWith(".7z") ? "7z" : "plain";
}

/** What it gives must be written before the next chunk is taken. */
function packed(xml: ReadableStream<Uint8Array>, packing: Packing, threads: Threads): ReadableStream<Uint8Array> {
  if (packing === "gz") return xml.pipeThrough(gzipStream());
  if (packing !== "bz2") return xml;
  const pool = threads.poolFor(undefined);
  const options = { chunks: "borrowed" } as const;
  return xml.pipeThrough(pool === undefined ? new Bzip2EncoderStream(options) : parallelBzip2Encoder(pool, options));
}

/** The tool writes to files only: it gets one of its own, which is copied when it is whole. */
async function archiveInto(
  data: ReadableStream<Uint8Array>,
  archive: string,
  { output, signal }: { output: Output; signal: AbortSignal },
): Promise<void> {
  await writeSevenZip(data, archive, { memberName: basename(output.name, ".7z"), signal });
  for await (const bytes of chunksOf(openFileStream(archive, { signal }))) await output.write(bytes);
}
