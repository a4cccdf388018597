/**
 * Reads a finished output back before it is published.
 *
 * Always: the bytes on the disk are those that were written (length, MD5 and SHA-1), and the file has its trailer. Level
 * "full" also decodes it: every checksum of the format, the number of plain bytes, the closing tag.
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

export interface Expectation {
  readonly level: VerifyLevel;
  readonly extension: "bz2" | "gz";
  /** Root element of an XML file. */
  readonly root: string | undefined;
  readonly plainByteLength: number;
  readonly written: WrittenFile;
  readonly signal: AbortSignal;
  /** Threads that may decode bzip2. */
  readonly pool?: WorkerPool | undefined;
}

/** Enough for the closing tag and blank lines after it, and for the trailer of either format. */
const TAIL_BYTES = 64;

/** Throws SourceError CHANGED if the file is not what was written to it. */
export async function verifyFile(path: string, expected: Expectation): Promise<void> {
  const seen = new Tail();
  const checksums = new ChecksumBuilder();
  const watched = openFileStream(path, { signal: expected.signal }).pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        checksums.update(chunk);
        seen.add(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
  const plain = new Tail();
  try {
    if (expected.level === "full") await drain(watched.pipeThrough(decoderFor(expected)), plain);
    else await drain(watched, new Tail());
  } catch (error) {
    if (error instanceof SourceError || !isWikidumpError(error)) throw error;
    throw verifyError(path, `it does not decode: ${error.message}`, error);
  }
  const { md5, sha1 } = checksums.finish();
  const { written } = expected;
  if (seen.byteLength !== written.byteLength || md5 !== written.md5 || sha1 !== written.sha1) {
    throw verifyError(path, "what is on the disk is not what was written");
  }
  if (expected.extension === "bz2" && !endsWithBzip2Footer(seen.bytes)) {
    throw verifyError(path, "its last bytes are no bzip2 trailer");
  }
  if (expected.level === "full") checkPlain(path, plain, expected);
}

function checkPlain(path: string, plain: Tail, expected: Expectation): void {
  if (plain.byteLength !== expected.plainByteLength) {
    throw verifyError(path, `it decodes to ${plain.byteLength} bytes where ${expected.plainByteLength} went in`);
  }
  const end = new TextDecoder("latin1").decode(plain.bytes).trimEnd();
  if (expected.root !== undefined && !end.endsWith(`</${expected.root}>`)) {
    throw verifyError(path, `its text does not end with </${expected.root}>`);
  }
}

function decoderFor({ extension, pool }: Expectation): ReadableWritablePair<Uint8Array, Uint8Array> {
  if (extension === "gz") return gunzipStream();
  return pool === undefined ? new Bzip2DecoderStream() : parallelBzip2Decoder(pool);
}

async function drain(stream: ReadableStream<Uint8Array>, tail: Tail): Promise<void> {
  const reader = stream.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) tail.add(chunk.value);
}

function verifyError(path: string, what: string, cause?: unknown): SourceError {
  return new SourceError("CHANGED", `${path} failed its check: ${what}`, path, {
    cause,
    remedy: "Check the disk and the memory of this host; nothing was published, run the job again",
  });
}

/** Counts bytes and keeps the last ones. */
class Tail {
  byteLength = 0;
  bytes: Uint8Array = new Uint8Array(0);

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
