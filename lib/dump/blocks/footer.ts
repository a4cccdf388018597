/**
 * The end of a bzip2 stream, looked for in the last bytes of a file: 48 bits of magic, 32 of checksum, zeros up to a whole byte.
 *
 * It may begin at any bit, so there are eight places where it can stand. Who wants to know what else is at the end: file-end.ts.
 */
import { END_MAGIC_HIGH, END_MAGIC_LOW } from "../../bzip2/format.ts";

/** Bits of magic and checksum. */
export const FOOTER_BITS = 80;
/** Bytes in which a footer lies, wherever it begins. */
export const FOOTER_MAX_BYTES = 11;

/** The end of a stream. */
export interface Bzip2Footer {
  /** Bits from the start of the given bytes to its magic. */
  readonly bitOffset: number;
  /** The checksum of the stream, as it is stated. */
  readonly crc: number;
  /** Bits between the checksum and the end of the byte, 0 to 7. */
  readonly paddingLength: number;
  /** The value of those bits. Encoders write zeros. */
  readonly padding: number;
}

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
  return findBzip2Footer(lastBytes) !== undefined;
}

/**
 * The end of the stream in the last bytes of a file; undefined if they end with something else. Needs the last 11 bytes.
 *
 * All 48 bits of the magic are compared. What checksum and padding are is for the caller to judge.
 *
 * @example
 * ```ts
 * import { compress, findBzip2Footer } from "wikidump";
 * import assert from "node:assert/strict";
 *
 * const empty = compress(new Uint8Array());
 * assert.deepEqual(findBzip2Footer(empty), { bitOffset: 32, crc: 0, paddingLength: 0, padding: 0 });
 * ```
 */
export function findBzip2Footer(lastBytes: Uint8Array): Bzip2Footer | undefined {
  const bitLength = lastBytes.length * 8;
  for (let paddingLength = 0; paddingLength < 8; paddingLength++) {
    const bitOffset = bitLength - paddingLength - FOOTER_BITS;
    if (bitOffset < 0) break;
    if (readBits(lastBytes, bitOffset, 24) !== END_MAGIC_HIGH) continue;
    if (readBits(lastBytes, bitOffset + 24, 24) !== END_MAGIC_LOW) continue;
    const crc = readBits(lastBytes, bitOffset + 48, 32);
    const padding = readBits(lastBytes, bitOffset + FOOTER_BITS, paddingLength);
    return { bitOffset, crc, paddingLength, padding };
  }
  return undefined;
}

/** Up to 32 bits from a bit on; those behind the end of the bytes are zeros. */
export function readBits(bytes: Uint8Array, bitOffset: number, count: number): number {
  let value = 0;
  for (let bit = bitOffset; bit < bitOffset + count; bit++) {
    value = value * 2 + (((bytes[Math.floor(bit / 8)] ?? 0) >>> (7 - (bit % 8))) & 1);
  }
  return value;
}
