/** The checksum of gzip, bit by bit: the plain twin of lib/bits/crc32-gzip.ts. */

/** The checksum of what had the checksum `crc` (0 for nothing) and then these bytes. */
export function plainCrc32Gzip(crc: number, bytes: Uint8Array): number {
  let register = ~crc;
  for (const byte of bytes) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      register = (register & 1) === 1 ? (register >>> 1) ^ 0xedb88320 : register >>> 1;
    }
  }
  return ~register >>> 0;
}
