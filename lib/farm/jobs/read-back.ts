/**
 * Reads a finished file back, once: its bytes as they are on the disk, with their checksums, and at level "full" what they decode to.
 */
import { Bzip2DecoderStream } from "../../streams/bzip2-decoder-stream.ts";
import { endsWithBzip2Footer } from "../../dump/blocks/footer.ts";
import { isWikidumpError, SourceError } from "../../errors.ts";
import { gunzipStream } from "../../host/gzip.ts";
import { ChecksumBuilder } from "../../host/hash.ts";
import type { WrittenFile } from "../../host/output-file.ts";
import { openFileStream } from "../../host/read-file.ts";
import { parallelBzip2Decoder } from "../../streams/parallel-decoder.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";

export type VerifyLevel = "full" | "footer";

export interface ReadBackOptions {
  readonly level: VerifyLevel;
  readonly extension: "bz2" | "gz";
  readonly signal: AbortSignal;
  /** Threads that may decode bzip2. */
  readonly pool?: WorkerPool | undefined;
}

/** What was found. */
export interface ReadBack {
  readonly stored: WrittenFile;
  /** Whether the last bytes can be the end of such a file. */
  readonly hasTrailer: boolean;
  /** What it decodes to; undefined where that was not looked at. */
  readonly plain: { readonly byteLength: number; readonly end: string } | undefined;
}

/** Enough for the closing tag and blank lines after it, and for the trailer of either format. */
const TAIL_BYTES = 64;

/** Reads the file. Throws SourceError CHANGED if it does not decode. */
export async function readBack(path: string, options: ReadBackOptions): Promise<ReadBack> {
  const [seen, plain] = [new Tail(), new Tail()];
  const checksums = new ChecksumBuilder();
  const watched = openFileStream(path, { signal: options.signal }).pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        checksums.update(chunk);
        seen.add(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
  const isDecoded = options.level === "full";
  try {
    if (isDecoded) await drain(watched.pipeThrough(decoderFor(options)), plain);
    else await drain(watched, new Tail());
  } catch (error) {
    if (error instanceof SourceError || !isWikidumpError(error)) throw error;
    throw verifyError(path, `it does not decode: ${error.message}`, error);
  }
  return {
    stored: { byteLength: seen.byteLength, ...checksums.finish() },
    hasTrailer: options.extension !== "bz2" || endsWithBzip2Footer(seen.bytes),
    plain: isDecoded ? { byteLength: plain.byteLength, end: plain.text } : undefined,
  };
}

/** Throws SourceError CHANGED if the file does not end as a whole one does. */
export function checkEnds(path: string, { hasTrailer, plain }: ReadBack, root: string | undefined): void {
  if (!hasTrailer) throw verifyError(path, "its last bytes are no bzip2 trailer");
  if (plain !== undefined && root !== undefined && !plain.end.trimEnd().endsWith(`</${root}>`)) {
    throw verifyError(path, `its text does not end with </${root}>`);
  }
}

/** A SourceError CHANGED. */
export function verifyError(path: string, what: string, cause?: unknown): SourceError {
  return new SourceError("CHANGED", `${path} failed its check: ${what}`, path, {
    cause,
    remedy: "Check the disk and the memory of this host; nothing was published, run the job again",
  });
}

function decoderFor({ extension, pool }: ReadBackOptions): ReadableWritablePair<Uint8Array, Uint8Array> {
  if (extension === "gz") return gunzipStream();
  if (pool === undefined) return new Bzip2DecoderStream();
  // Several files are read back at a time, and nothing is kept of their text.
  return parallelBzip2Decoder(pool, { lookahead: pool.size, chunks: "borrowed" });
}

async function drain(stream: ReadableStream<Uint8Array>, tail: Tail): Promise<void> {
  const reader = stream.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) tail.add(chunk.value);
}

/** Counts bytes and keeps the last ones. */
class Tail {
  byteLength = 0;
  bytes: Uint8Array = new Uint8Array(0);

  get text(): string {
    return new TextDecoder("latin1").decode(this.bytes);
  }

  add(chunk: Uint8Array): void {
    this.byteLength += chunk.length;
    if (chunk.length >= TAIL_BYTES) {
      this.bytes = chunk.slice(-TAIL_BYTES);
      return;
    }
    const joined = new Uint8Array(this.bytes.length + chunk.length);
    joined.set(this.bytes);
    joined.set(chunk, this.bytes.length);
    this.bytes = joined.subarray(-TAIL_BYTES);
  }
}
