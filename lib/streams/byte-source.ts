/**
 * Bytes that can be read anywhere: the interface on which random access stands, and the two sources that need nothing else.
 *
 * A source is a value with a size and a `read`. Where the bytes lie (memory, a Blob, a file, a server) is its own business;
 * the readers of dumps only ever see this. Files: lib/host/file-source.ts. URLs: url-source.ts. A cache: cached-source.ts.
 */
import type { Bytes } from "../bzip2/format.ts";
import { clipRange } from "./clip-range.ts";

/** Options of every read. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Bytes that can be read anywhere. */
export interface ByteSource {
  /** Bytes in all; does not change while the source is used. */
  readonly size: number;
  /**
   * Bytes `start` (included) to `end` (excluded). What lies beyond the end of the source is left out, so the answer is
   * shorter than asked only there. The caller must not write into the answer: it may be shared.
   */
  read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array>;
}

/**
 * A source over bytes in memory; answers are views, nothing is copied.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource } from "wikidump";
 *
 * const source = bytesSource(new Uint8Array([1, 2, 3, 4]));
 * assert.deepEqual([...(await source.read(1, 3))], [2, 3]);
 * assert.deepEqual([...(await source.read(3, 99))], [4]);
 * ```
 */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array> {
      return attempt(() => {
        options?.signal?.throwIfAborted();
        const range = clipRange(start, end, bytes.length);
        return bytes.subarray(range.start, range.end);
      });
    },
  };
}

/**
 * A source over a Blob or a File, such as one that a visitor of a page chose.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blobSource } from "wikidump";
 *
 * const source = blobSource(new Blob(["hello"]));
 * assert.equal(source.size, 5);
 * assert.equal(new TextDecoder().decode(await source.read(1, 3)), "el");
 * ```
 */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    async read(start: number, end: number, options?: ReadOptions): Promise<Bytes> {
      options?.signal?.throwIfAborted();
      const range = clipRange(start, end, blob.size);
      const bytes = new Uint8Array(await blob.slice(range.start, range.end).arrayBuffer());
      options?.signal?.throwIfAborted();
      return bytes;
    },
  };
}

/** A promise of what `make` returns or throws. */
function attempt<T>(make: () => T): Promise<T> {
  return new Promise((resolve) => resolve(make()));
}
