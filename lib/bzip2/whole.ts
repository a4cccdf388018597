/** Whole inputs: compressed bytes that are all in memory → plain bytes. */

import { concatBytes } from "../bits/bytes.ts";
import { Bzip2Decoder, type DecoderOptions } from "./decoder.ts";
import type { Bytes } from "./format.ts";

/** How to decompress. */
export type DecompressOptions = Omit<DecoderOptions, "chunks">;

/**
 * Decompresses bzip2 data: all streams of it, with checksums compared.
 *
 * Give `maxBytes` for data that you do not trust: 50 bytes can become 45 MB, and a few kilobytes can become many gigabytes.
 *
 * @throws {Bzip2Error} with the place and the number of good bytes before it; `OUTPUT_LIMIT` when `maxBytes` is too small
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compress, decompress } from "wikidump";
 *
 * const text = new TextEncoder().encode("hello");
 * assert.deepEqual(decompress(compress(text), { maxBytes: 1000 }), text);
 * ```
 */
export function decompress(data: Uint8Array, options: DecompressOptions = {}): Bytes {
  const decoder = new Bzip2Decoder({ ...options, chunks: "own" });
  const parts: Bytes[] = [];
  for (const events of [() => decoder.push(data), () => decoder.finish()]) {
    for (const event of events()) {
      if (event.type === "block") parts.push(event.bytes);
    }
  }
  return parts.length === 1 ? parts[0]! : concatBytes(parts);
}
