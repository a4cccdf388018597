/** The plain twin of lib/bits/crc32-bzip2.ts: the division itself, bit by bit. */

/** Feeds bytes into the register. */
export function plainUpdateCrc(register: number, bytes: Iterable<number>): number {
  for (const byte of bytes) {
    register ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) register = register < 0 ? (register << 1) ^ 0x04c11db7 : register << 1;
  }
  return register;
}
