/**
 * @kernel Finds a 48-bit pattern that may start at any bit: the magic of a bzip2 block or of the end of a stream.
 *
 * A match that starts in byte p covers the bytes p+1 … p+5 wholly, whatever its shift. So every fourth byte is looked at
 * together with its neighbour: one pair of each match is seen, as one of 32 combinations of place and shift. Two tables
 * give, for each byte value, the combinations that it allows; what both allow (one look in 2000 of random data) is compared.
 *
 *     bytes      | p      | p+1    | p+2    | p+3    | p+4    | p+5    | p+6    |
 *     match          0011 00010100 00010101 10010010 01100101 00110101 1001
 *     look                                  ^^ q: the only multiple of 4 in p+1 … p+4
 *
 * The plain twin is test/support/plain/bit-search.ts.
 */

/** The combinations that each value of the first and of the second byte of a pair allows. */
interface PairTables {
  readonly first: Int32Array;
  readonly second: Int32Array;
}

const known = new Map<number, PairTables>();

/**
 * Finds the first match that starts in a range of bits.
 *
 * @param high24 the first 24 bits of the pattern
 * @param low24 the last 24 bits of the pattern
 * @param fromBit the first bit of `bytes` where a match may start
 * @param toBit the bit before which it must start; it must end within `bytes`
 * @returns the bit where it starts, or -1
 */
// deno-lint-ignore house/sizes -- a pattern and a range, two numbers each
export function findMagic(bytes: Uint8Array, high24: number, low24: number, fromBit: number, toBit: number): number {
  const { first, second } = tablesFor(high24, low24);
  const lastLook = Math.min(bytes.length - 2, Math.ceil(toBit / 8) + 3);
  for (let look = (Math.floor(fromBit / 8) & ~3) + 4; look <= lastLook; look += 4) {
    let candidates = first[bytes[look]!]! & second[bytes[look + 1]!]!;
    while (candidates !== 0) {
      const lowest = 31 - Math.clz32(candidates & -candidates);
      const bit = (look - 4) * 8 + lowest;
      if (bit >= fromBit && bit < toBit && matches(bytes, bit, high24, low24)) return bit;
      candidates &= candidates - 1;
    }
  }
  return -1;
}

/**
 * Finds the last match that starts in a range of bits; all else as `findMagic`.
 */
// deno-lint-ignore house/sizes -- as above
export function findMagicBackward(
  bytes: Uint8Array,
  high24: number,
  low24: number,
  fromBit: number,
  toBit: number,
): number {
  const { first, second } = tablesFor(high24, low24);
  const firstLook = (Math.floor(fromBit / 8) & ~3) + 4;
  const lastLook = Math.min(bytes.length - 2, Math.ceil(toBit / 8) + 3) & ~3;
  for (let look = lastLook; look >= firstLook; look -= 4) {
    let candidates = first[bytes[look]!]! & second[bytes[look + 1]!]!;
    while (candidates !== 0) {
      const highest = 31 - Math.clz32(candidates);
      const bit = (look - 4) * 8 + highest;
      if (bit >= fromBit && bit < toBit && matches(bytes, bit, high24, low24)) return bit;
      candidates &= ~(1 << highest);
    }
  }
  return -1;
}

/** Whether the pattern stands at a bit. */
function matches(bytes: Uint8Array, bit: number, high24: number, low24: number): boolean {
  return bit + 48 <= bytes.length * 8 && bits24(bytes, bit) === high24 && bits24(bytes, bit + 24) === low24;
}

function bits24(bytes: Uint8Array, bit: number): number {
  const at = Math.floor(bit / 8);
  const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | (bytes[at + 3] ?? 0);
  return (word << (bit & 7)) >>> 8;
}

/** A match that starts at bit n of the four bytes before a look puts certain bits of the pattern into the pair. */
function tablesFor(high24: number, low24: number): PairTables {
  const key = high24 * 0x1000000 + low24;
  let tables = known.get(key);
  if (tables === undefined) {
    tables = { first: new Int32Array(256), second: new Int32Array(256) };
    for (let start = 0; start < 32; start++) {
      tables.first[patternByte(high24, low24, 32 - start)]! |= 1 << start;
      tables.second[patternByte(high24, low24, 40 - start)]! |= 1 << start;
    }
    known.set(key, tables);
  }
  return tables;
}

/** Eight bits of the pattern, from its bit `from`, 0 to 40. */
function patternByte(high24: number, low24: number, from: number): number {
  const shift = 40 - from;
  return Math.floor((high24 * 0x1000000 + low24) / 2 ** shift) & 0xff;
}
