/**
 * The checksum of bzip2: CRC-32 with polynomial 0x04c11db7, most significant bit first (that of Ethernet, unreflected).
 *
 * Registers start at all ones and are inverted at the end. A stream's checksum combines those of its blocks:
 * rotate the sum so far left by one bit, then xor the next block's.
 */

const POLYNOMIAL = 0x04c11db7;

function makeTable(): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte << 24;
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder < 0 ? (remainder << 1) ^ POLYNOMIAL : remainder << 1;
    }
    table[byte] = remainder;
  }
  return table;
}

/** What one byte shifted out at the top does to the register. */
export const CRC_TABLE: Int32Array = makeTable();

/** The register before the first byte. */
export const CRC_START = -1;

/** Feeds `bytes` into the register; finish with `finishCrc`. */
export function updateCrc(register: number, bytes: Uint8Array): number {
  const table = CRC_TABLE;
  for (let i = 0; i < bytes.length; i++) {
    register = (register << 8) ^ table[(register >>> 24) ^ bytes[i]!]!;
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
