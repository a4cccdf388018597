/**
 * The XML that `bzdump pages` takes out, on its way to a file or to stdout: compressed as the name of the file says.
 */
import { gzipStream } from "../../lib/host/gzip.ts";
import type { OutputSink } from "../../lib/host/terminal.ts";
import { Bzip2EncoderStream } from "../../lib/streams/bzip2-encoder-stream.ts";
import { chunksOf, streamFrom } from "../../lib/streams/stream-from.ts";
import { fileOutput, type Output, standardOutputAs } from "./output.ts";

export interface PagesOutputOptions {
  /** Undefined or "-": standard output. */
  readonly path: string | undefined;
  readonly isForced: boolean;
  readonly stdout: OutputSink;
}

/** Opens the output. Do it before any reading: a directory that is missing must be told at once. */
export function openPagesOutput({ path, isForced, stdout }: PagesOutputOptions): Promise<Output> {
  if (path === undefined || path === "-") return Promise.resolve(standardOutputAs(stdout, { isBinary: false }));
  return fileOutput(path, { isForced });
}

/** Writes all of a document; a file gets its name when it is whole. */
export async function writeDocument(xml: ReadableStream<Uint8Array>, output: Output): Promise<void> {
  const watched = new WatchedStream(xml);
  try {
    for await (const bytes of chunksOf(packed(watched.stream, output.name))) await output.write(bytes);
    await output.finish();
  } catch (error) {
    await output.discard();
    // A compressor reports that its input failed; what was wrong with the dump is what counts.
    throw watched.failure ?? error;
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

function packed(xml: ReadableStream<Uint8Array>, name: string): ReadableStream<Uint8Array> {
  if (name.endsWith(".bz2")) return xml.pipeThrough(new Bzip2EncoderStream());
  if (name.endsWith(".gz")) return xml.pipeThrough(gzipStream());
  return xml;
}
