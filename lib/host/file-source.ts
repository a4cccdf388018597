/**
 * A local file as a `ByteSource`: reads at any place, without moving a position, from one open handle.
 *
 * Reading from front to back is the business of read-file.ts.
 */
import { type FileHandle, open } from "node:fs/promises";
import { SourceError } from "../errors.ts";
import type { ByteSource, ReadOptions } from "../streams/byte-source.ts";
import { clipRange } from "../streams/clip-range.ts";
import { sourceError } from "./system-error.ts";

/** A `ByteSource` that holds a file open until it is closed. */
export interface FileSource extends ByteSource, AsyncDisposable {
  /** The path as it was given. */
  readonly path: string;
  /** Closes the file; can be called twice. */
  close(): Promise<void>;
}

/**
 * Opens a file for random access. Its size is taken now; a file that gets shorter later is reported as changed.
 *
 * Throws SourceError: NOT_FOUND, or READ (no permission, a directory, a pipe). Reads throw READ, or CHANGED.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { openFileSource } from "wikidump/node";
 *
 * const path = join(await mkdtemp(join(tmpdir(), "example-")), "file.txt");
 * await writeFile(path, "0123456789");
 * const source = await openFileSource(path);
 * try {
 *   assert.equal(source.size, 10);
 *   assert.equal(new TextDecoder().decode(await source.read(2, 5)), "234");
 * } finally {
 *   await source.close();
 * }
 * ```
 */
export async function openFileSource(path: string | URL): Promise<FileSource> {
  const name = String(path);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const status = await handle.stat();
    if (!status.isFile()) throw notSeekable(name, status.isDirectory());
    return new OpenFile(name, handle, status.size);
  } catch (error) {
    await handle?.close();
    throw sourceError(error, name, "read");
  }
}

class OpenFile implements FileSource {
  readonly path: string;
  readonly size: number;
  #handle: FileHandle | undefined;

  constructor(path: string, handle: FileHandle, size: number) {
    this.path = path;
    this.#handle = handle;
    this.size = size;
  }

  async read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array> {
    options?.signal?.throwIfAborted();
    const range = clipRange(start, end, this.size);
    const bytes = new Uint8Array(range.end - range.start);
    let fill = 0;
    while (fill < bytes.length) {
      const byteLength = await this.#readAt(bytes, fill, range.start + fill);
      options?.signal?.throwIfAborted();
      if (byteLength === 0) throw changed(this.path, range.start + fill, this.size);
      fill += byteLength;
    }
    return bytes;
  }

  async #readAt(bytes: Uint8Array, fill: number, position: number): Promise<number> {
    if (this.#handle === undefined) throw new SourceError("READ", `Cannot read ${this.path}: it was closed`, this.path);
    try {
      return (await this.#handle.read(bytes, fill, bytes.length - fill, position)).bytesRead;
    } catch (error) {
      throw sourceError(error, this.path, "read");
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function notSeekable(path: string, isDirectory: boolean): SourceError {
  const what = isDirectory ? "it is a directory" : "it is no regular file, so it cannot be read at any place";
  return new SourceError("READ", `Cannot read ${path}: ${what}`, path, {
    remedy: isDirectory ? "Name a file" : "Save the data to a file first",
  });
}

function changed(path: string, position: number, size: number): SourceError {
  return new SourceError(
    "CHANGED",
    `${path} ends at byte ${position}, but had ${size} bytes when it was opened`,
    path,
    {
      remedy: "See whether something still writes the file",
    },
  );
}
