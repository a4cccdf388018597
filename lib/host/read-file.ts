/**
 * A file, or a range of it, as a stream of chunks: the source of every pipeline that starts at a local file.
 *
 * Random access is the business of file-source.ts.
 */
import { type FileHandle, open } from "node:fs/promises";
import { SourceError } from "../errors.ts";
import { sourceError } from "./system-error.ts";

/** Bytes per chunk: big enough that the cost of a chunk vanishes beside the work on it. */
const CHUNK_BYTES = 256 * 1024;
/** Borrowed chunks that are valid at a time: a chain of pipes may hold one each. */
const LENT_CHUNKS = 4;

export interface FileStreamOptions {
  /** First byte, from 0. */
  readonly start?: number;
  /** Byte after the last one; the end of the file without it. */
  readonly end?: number;
  /** Ends the reading with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * "own" (the default): every chunk is the reader's own. "borrowed": its memory is used again after three more chunks, which
   * spares the garbage collector the whole file.
   */
  readonly chunks?: "own" | "borrowed";
  /** What was found at the path before: the file must be that from the first byte to the last. */
  readonly unchangedSince?: { readonly byteLength: number; readonly modifiedAt: Date };
}

/**
 * Reads a file from start to end in chunks of 256 KiB.
 *
 * The file is opened at the first read and closed at the end, on error and on cancel. The stream fails with
 * `SourceError` NOT_FOUND or READ; also when the file ends before `end`, because a short read must not pass as a whole
 * one. With `unchangedSince`, it fails with CHANGED when the file is not what it was, at its start or at its end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { openFileStream } from "wikidump/node";
 *
 * const path = join(await mkdtemp(join(tmpdir(), "example-")), "file.txt");
 * await writeFile(path, "0123456789");
 * let text = "";
 * for await (const chunk of openFileStream(path, { start: 2, end: 5 })) text += new TextDecoder().decode(chunk);
 * assert.equal(text, "234");
 * ```
 */
export function openFileStream(path: string, options: FileStreamOptions = {}): ReadableStream<Uint8Array> {
  const reader = new FileReading(path, options);
  return new ReadableStream<Uint8Array>({
    pull: (controller) => reader.pull(controller),
    cancel: () => reader.close(),
  }, { highWaterMark: 0 });
}

class FileReading {
  readonly #path: string;
  readonly #end: number;
  readonly #isEndGiven: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #expected: FileStreamOptions["unchangedSince"];
  /** Buffers that are lent again and again; undefined where chunks are the reader's own. */
  readonly #lent: Uint8Array[] | undefined;
  #position: number;
  #handle: FileHandle | undefined;

  constructor(path: string, options: FileStreamOptions) {
    this.#path = path;
    this.#position = options.start ?? 0;
    this.#isEndGiven = options.end !== undefined;
    this.#end = options.end ?? Infinity;
    this.#signal = options.signal;
    this.#expected = options.unchangedSince;
    this.#lent = options.chunks === "borrowed" ? [] : undefined;
    if (!Number.isSafeInteger(this.#position) || this.#position < 0 || this.#end < this.#position) {
      throw new RangeError(`Range ${options.start}..${options.end} of ${path} is not a range`);
    }
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      this.#signal?.throwIfAborted();
      const chunk = await this.#next();
      this.#signal?.throwIfAborted();
      if (chunk !== undefined) return controller.enqueue(chunk);
      await this.close();
      controller.close();
    } catch (error) {
      await this.close();
      if (this.#signal?.aborted === true && error === this.#signal.reason) throw error;
      throw sourceError(error, this.#path, "read");
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    const wanted = Math.min(CHUNK_BYTES, this.#end - this.#position);
    if (wanted === 0 && this.#handle !== undefined) return undefined;
    if (this.#handle === undefined) {
      this.#handle = await open(this.#path, "r");
      await this.#refuseChange(this.#handle);
    }
    if (wanted === 0) return undefined;
    const buffer = this.#makeRoom(wanted);
    const { bytesRead } = await this.#handle.read(buffer, 0, wanted, this.#position);
    if (bytesRead === 0 && this.#isEndGiven) throw this.#short();
    this.#position += bytesRead;
    if (bytesRead === 0) await this.#refuseChange(this.#handle);
    return bytesRead === 0 ? undefined : bytesRead === wanted ? buffer : buffer.subarray(0, bytesRead);
  }

  #makeRoom(byteLength: number): Uint8Array {
    if (this.#lent === undefined) return new Uint8Array(byteLength);
    const buffer = this.#lent.length < LENT_CHUNKS ? new Uint8Array(CHUNK_BYTES) : this.#lent.shift()!;
    this.#lent.push(buffer);
    return buffer.subarray(0, byteLength);
  }

  async #refuseChange(handle: FileHandle): Promise<void> {
    if (this.#expected === undefined) return;
    const { size, mtime } = await handle.stat();
    if (size === this.#expected.byteLength && mtime.getTime() === this.#expected.modifiedAt.getTime()) return;
    throw new SourceError("CHANGED", `${this.#path} was changed while it was read`, this.#path, {
      remedy: "Write new content to another name and rename it when it is whole, then try again",
    });
  }

  #short(): SourceError {
    const message = `${this.#path} ends at byte ${this.#position}, expected at least ${this.#end} bytes`;
    return new SourceError("READ", message, this.#path, {
      remedy: "See whether the file was cut or is still being written",
    });
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}
