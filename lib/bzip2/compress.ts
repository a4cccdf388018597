/** Compression of bytes that are all there: the encoder in one call. */
import { concatBytes } from "../bits/bytes.ts";
import { Bzip2Encoder, type EncoderOptions } from "./encoder.ts";
import type { Bytes } from "./format.ts";

/**
 * Compresses `data` to one bzip2 stream.
 *
 * @throws {RangeError} if the level is not a whole number from 1 to 9.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compress, decompress } from "wikidump";
 *
 * const plain = new TextEncoder().encode("a page, ".repeat(1000));
 * const packed = compress(plain, { level: 1 });
 * assert.ok(packed.length < 100);
 * assert.deepEqual(decompress(packed), plain);
 * ```
 */
export function compress(data: Uint8Array, options: EncoderOptions = {}): Bytes {
  const encoder = new Bzip2Encoder(options);
  return concatBytes([...encoder.push(data), ...encoder.finish()]);
}
