/** Whole inputs: compressed bytes that are all in memory → plain bytes. */

import { concatBytes } from "../bits/bytes.ts";
import { Bzip2Error } from "../errors.ts";
import { Bzip2Decoder, type DecoderOptions } from "./decoder.ts";
import type { Bytes } from "./format.ts";

/** How to decompress. */
export interface DecompressOptions extends DecoderOptions {
  /** The most plain bytes to make; more is an error. Default: no limit. */
  maxBytes?: number;
}

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
  const maxBytes = options.maxBytes ?? Infinity;
  // NaN would allow everything.
  if (!(maxBytes >= 0)) throw new RangeError(`Option maxBytes is ${maxBytes}, but it must be a number from 0 up`);
  const decoder = new Bzip2Decoder(options);
  const parts: Bytes[] = [];
  let byteLength = 0;
  for (const events of [() => decoder.push(data), () => decoder.finish()]) {
    for (const event of events()) {
      if (event.type !== "block") continue;
      const { bitOffset, streamIndex, blockIndex } = event.info;
      if (byteLength + event.bytes.length > maxBytes) {
        const place = { bitOffset, streamIndex, blockIndex, bytesBefore: byteLength };
        throw new Bzip2Error("OUTPUT_LIMIT", `Plain data is longer than the ${maxBytes} bytes allowed`, place, {
          remedy: "Raise maxBytes if the data is trusted, or decode it as a stream",
        });
      }
      byteLength += event.bytes.length;
      parts.push(event.bytes);
    }
  }
  return parts.length === 1 ? parts[0]! : concatBytes(parts);
}
