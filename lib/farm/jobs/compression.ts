/**
 * How the outputs are compressed: by the encoders of this library, or through a native command that the configuration names.
 */
import { gzipStream } from "../../host/gzip.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import { command } from "../process/command.ts";
import { filterStream } from "../process/filter-stream.ts";
import { Bzip2Compression } from "./bzip2-compression.ts";
import { PipedCompression } from "./piped-compression.ts";

/** Paths of native commands; empty for the built-in encoder. */
export interface CompressionTools {
  readonly bzip2: string;
  readonly gzip: string;
  /** Threads for the built-in bzip2, both ways; without it one does. */
  readonly pool?: WorkerPool | undefined;
}

export interface CompressionSink {
  readonly signal: AbortSignal;
  /** Bytes that were written. */
  readonly byteLength: number;
  write(bytes: Uint8Array): Promise<void> | undefined;
}

/** A compressor at work. */
export interface Compression {
  /** Of each stream that was ended by `endStream` and has been written: the byte after it. */
  readonly streamEnds: readonly number[];
  /** Takes bytes, which must not change afterwards. A promise when the writer should wait. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Ends the current stream (gzip: member), which may be empty; what follows starts a new one. */
  endStream(): Promise<void> | undefined;
  /** All streams that were ended have been written when it settles. */
  flush(): Promise<void>;
  /** Ends everything; all compressed bytes have been written when it settles. */
  close(): Promise<void>;
  /** Stops without result. Never fails. */
  abort(): Promise<void>;
}

/** Starts the compressor for a file extension. */
export function openCompression(extension: "bz2" | "gz", tools: CompressionTools, sink: CompressionSink): Compression {
  const native = extension === "bz2" ? tools.bzip2 : tools.gzip;
  if (native !== "") {
    return new PipedCompression(() => filterStream(command(native, "-c"), { signal: sink.signal }), sink);
  }
  return extension === "gz" ? new PipedCompression(gzipStream, sink) : new Bzip2Compression(sink, tools.pool);
}
