/**
 * @kernel The checksum of bzip2: CRC-32 with polynomial 0x04c11db7, most significant bit first (that of Ethernet, unreflected).
 *
 * Registers start at all ones and are inverted at the end. A stream's checksum combines those of its blocks:
 * rotate the sum so far left by one bit, then xor the next block's.
 *
 * Eight bytes go in at a time: what a byte does to the register n bytes later is looked up in the n-th of eight tables.
 * The plain twin is test/support/plain/crc32-bzip2.ts.
 */

const POLYNOMIAL = 0x04c11db7;
const SLICES = 8;
/** Bytes that go in with one call, a multiple of eight; see docs/decisions/069-kernels-take-bites.md. */
const BITE_BYTES = 1 << 14;

/** Table n, at n × 256: what a byte does to the register when it and n zero bytes have gone through. */
function makeTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte << 24;
    for (let bit = 0; bit < 8; bit++) remainder = remainder < 0 ? (remainder << 1) ^ POLYNOMIAL : remainder << 1;
    tables[byte] = remainder;
  }
  // One more zero byte: the top byte goes through the first table.
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256]!;
    tables[i] = (before << 8) ^ tables[before >>> 24]!;
  }
  return tables;
}

const TABLES: Int32Array = makeTables();

/** What one byte shifted out at the top does to the register. */
export const CRC_TABLE: Int32Array = TABLES.subarray(0, 256);

/** The register before the first byte. */
export const CRC_START = -1;

/** Feeds `bytes` into the register; finish with `finishCrc`. */
export function updateCrc(register: number, bytes: Uint8Array): number {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length & ~7;
  for (let start = 0; start < whole; start += BITE_BYTES) {
    register = updateByEights(register, words, start, Math.min(whole, start + BITE_BYTES));
  }
  for (let i = whole; i < bytes.length; i++) {
    register = (register << 8) ^ TABLES[(register >>> 24) ^ bytes[i]!]!;
  }
  return register;
}

function updateByEights(register: number, words: DataView, start: number, end: number): number {
  const tables = TABLES;
  for (let i = start; i < end; i += 8) {
    const high = register ^ words.getInt32(i);
    const low = words.getInt32(i + 4);
    register = tables[0x700 + (high >>> 24)]! ^
      tables[0x600 + ((high >>> 16) & 0xff)]! ^
      tables[0x500 + ((high >>> 8) & 0xff)]! ^
      tables[0x400 + (high & 0xff)]! ^
      tables[0x300 + (low >>> 24)]! ^
      tables[0x200 + ((low >>> 16) & 0xff)]! ^
      tables[0x100 + ((low >>> 8) & 0xff)]! ^
      tables[low & 0xff]!;
  }
  return register;
}

/** The checksum as an unsigned number, from the register. */
export function finishCrc(register: number): number {
  return ~register >>> 0;
}

/** The checksum of a stream after one more block. */
export function combineCrc(streamCrc: number, blockCrc: number): number {
  return (((streamCrc << 1) | (streamCrc >>> 31)) ^ blockCrc) >>> 0;
}
