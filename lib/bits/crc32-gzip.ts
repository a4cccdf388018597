/**
 * The checksum of gzip (CRC-32, lowest bit first), eight bytes a step.  @kernel
 *
 * zlib has it too, but not in every runtime that we support. bzip2 counts the same polynomial from the other end: see
 * crc32-bzip2.ts.
 */

const POLYNOMIAL = 0xedb88320;
/** Eight tables of 256: a byte's effect after 0 to 7 more bytes. */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256]!;
    tables[at] = (before >>> 8) ^ tables[before & 0xff]!;
  }
  return tables;
}

/** The checksum of what had the checksum `crc` (0 for nothing) and then these bytes. */
export function crc32Gzip(crc: number, bytes: Uint8Array): number {
  const t = TABLES;
  const end = bytes.length;
  const end8 = end - (end % 8);
  let c = ~crc;
  let i = 0;
  for (; i < end8; i += 8) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    c = t[0x700 + (c & 0xff)]! ^ t[0x600 + ((c >>> 8) & 0xff)]! ^ t[0x500 + ((c >>> 16) & 0xff)]! ^
      t[0x400 + (c >>> 24)]! ^
      t[0x300 + bytes[i + 4]!]! ^ t[0x200 + bytes[i + 5]!]! ^ t[0x100 + bytes[i + 6]!]! ^ t[bytes[i + 7]!]!;
  }
  for (; i < end; i++) c = (c >>> 8) ^ t[(c ^ bytes[i]!) & 0xff]!;
  return ~c >>> 0;
}
