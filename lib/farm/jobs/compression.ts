/**
 * How the outputs are compressed: by the encoders of this library, or through a native command that the configuration names.
 */
import { Bzip2Encoder } from "../../bzip2/encoder.ts";
import { gzipStream } from "../../host/gzip.ts";
import { command } from "../process/command.ts";
import { filterStream } from "../process/filter-stream.ts";

/** Paths of native commands; empty for the built-in encoder. */
export interface CompressionTools {
  readonly bzip2: string;
  readonly gzip: string;
}

export interface CompressionSink {
  readonly signal: AbortSignal;
  write(bytes: Uint8Array): Promise<void> | undefined;
}

/** A compressor at work. */
export interface Compression {
  /** A promise when the writer should wait. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Ends the current stream; what follows starts a new one. */
  endStream(): Promise<void> | undefined;
  /** Ends everything; all compressed bytes have been written when it settles. */
  close(): Promise<void>;
  /** Stops without result. Never fails. */
  abort(): Promise<void>;
}

/** Starts the compressor for a file extension. */
export function openCompression(extension: "bz2" | "gz", tools: CompressionTools, sink: CompressionSink): Compression {
  const native = extension === "bz2" ? tools.bzip2 : tools.gzip;
  if (native !== "") return new PipedCompression(filterStream(command(native, "-c"), { signal: sink.signal }), sink);
  return extension === "bz2" ? new Bzip2Compression(sink) : new PipedCompression(gzipStream(), sink);
}

/** Compression for files of several streams: always our own, which ends a stream where it is told to. */
class Bzip2Compression implements Compression {
  readonly #encoder = new Bzip2Encoder();
  readonly #sink: CompressionSink;
  #isStreamOpen = false;
  #hasStream = false;

  constructor(sink: CompressionSink) {
    this.#sink = sink;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    this.#isStreamOpen = true;
    return this.#pass(this.#encoder.push(bytes));
  }

  endStream(): Promise<void> | undefined {
    this.#isStreamOpen = false;
    this.#hasStream = true;
    return this.#pass(this.#encoder.finish());
  }

  async close(): Promise<void> {
    if (this.#isStreamOpen || !this.#hasStream) await this.endStream();
  }

  async abort(): Promise<void> {}

  #pass(pieces: Iterable<Uint8Array>): Promise<void> | undefined {
    let behind: Promise<void> | undefined;
    for (const piece of pieces) behind = this.#sink.write(piece) ?? behind;
    return behind;
  }
}

const GATHERED_BYTES = 64 * 1024;

/** Compression by a transform stream: small writes are gathered, the compressed bytes are pumped to the sink. */
class PipedCompression implements Compression {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #pumped: Promise<void>;
  #gathered: Uint8Array = new Uint8Array(GATHERED_BYTES);
  #fill = 0;

  constructor(stream: ReadableWritablePair<Uint8Array, Uint8Array>, sink: CompressionSink) {
    this.#writer = stream.writable.getWriter();
    this.#writer.closed.catch(() => undefined);
    this.#pumped = pump(stream.readable, sink);
    this.#pumped.catch((error: unknown) => this.#writer.abort(error)).catch(() => undefined);
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#fill + bytes.length <= this.#gathered.length) {
      this.#gathered.set(bytes, this.#fill);
      this.#fill += bytes.length;
      return undefined;
    }
    this.#send();
    this.#send(bytes);
    return this.#writer.ready.catch(() => this.#pumped);
  }

  endStream(): Promise<void> | undefined {
    throw new TypeError("Only the built-in bzip2 encoder can end a stream within a file");
  }

  async close(): Promise<void> {
    this.#send();
    await this.#writer.close().catch(() => this.#pumped);
    await this.#pumped;
  }

  async abort(): Promise<void> {
    await this.#writer.abort().catch(() => undefined);
    await this.#pumped.catch(() => undefined);
  }

  #send(bytes?: Uint8Array): void {
    const piece = bytes ?? this.#gathered.subarray(0, this.#fill);
    if (piece.length === 0) return;
    // A failure shows in `ready`, `close` and the pump.
    this.#writer.write(piece).catch(() => undefined);
    if (bytes === undefined) {
      this.#gathered = new Uint8Array(GATHERED_BYTES);
      this.#fill = 0;
    }
  }
}

async function pump(readable: ReadableStream<Uint8Array>, sink: CompressionSink): Promise<void> {
  const reader = readable.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) await sink.write(chunk.value);
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    throw error;
  }
}
