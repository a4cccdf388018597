/** Whether a bzip2 file is whole at its end: the end-of-stream magic stands right before the last checksum. */
import { END_MAGIC_HIGH, END_MAGIC_LOW } from "../bzip2/format.ts";

const MAGIC_BITS = 48;
const TRAILER_BITS = 80;

/**
 * Whether the last bytes of a file are the end of a bzip2 stream, at whatever bit it starts. Needs the last 11 bytes.
 *
 * @example
 * ```ts
 * import { compress, endsWithBzip2Footer } from "wikidump";
 * import assert from "node:assert/strict";
 *
 * const file = compress(new TextEncoder().encode("hello"));
 * assert.equal(endsWithBzip2Footer(file.slice(-11)), true);
 * assert.equal(endsWithBzip2Footer(file.slice(0, -1).slice(-11)), false);
 * ```
 */
export function endsWithBzip2Footer(lastBytes: Uint8Array): boolean {
  const bitLength = lastBytes.length * 8;
  for (let padding = 0; padding < 8; padding++) {
    const start = bitLength - padding - TRAILER_BITS;
    if (start >= 0 && hasEndMagic(lastBytes, start)) return true;
  }
  return false;
}

function hasEndMagic(bytes: Uint8Array, bitOffset: number): boolean {
  return readBits(bytes, bitOffset, 24) === END_MAGIC_HIGH &&
    readBits(bytes, bitOffset + 24, MAGIC_BITS - 24) === END_MAGIC_LOW;
}

function readBits(bytes: Uint8Array, bitOffset: number, count: number): number {
  let value = 0;
  for (let bit = bitOffset; bit < bitOffset + count; bit++) {
    value = (value << 1) | ((bytes[bit >>> 3]! >>> (7 - (bit & 7))) & 1);
  }
  return value;
}
