/** Blocks and streams small enough to be written by hand, in the bit language: the ground that malformed files stand on. */

import { combineCrc, CRC_START, finishCrc, updateCrc } from "../../lib/bits/crc32-bzip2.ts";
import { bits, type BitScript } from "./bit-script.ts";
import { utf8 } from "./collect.ts";

/** The checksum of a text. */
export function crcOf(text: string): number {
  return finishCrc(updateCrc(CRC_START, utf8(text)));
}

/** The sixteenth of the byte values where "a" is, and which of those: two times 16 bits. */
export const MAP_OF_A: BitScript = bits`0000001000000000 0100000000000000`;

/** Two equal tables for three symbols (RUNA, RUNB, end), each with a code of two bits: 00, 01, 10. */
export const TREES_OF_A: BitScript = bits`(2:5 0 0 0)*2`;

/** A block that holds "a": one RUNA and the end. */
export const BLOCK_A: BitScript = bits`
  x314159265359 ${crcOf("a")}:32
  0 0:24              # not randomised, origin
  ${MAP_OF_A}
  2:3 4:15 0*4        # two tables; four selectors of rank 0, of which one is used: so the block ends within a byte
  ${TREES_OF_A}
  00 10`;

/** The end of a stream of so many blocks "a". */
export function endAfter(blockCount: number): BitScript {
  let crc = 0;
  for (let i = 0; i < blockCount; i++) crc = combineCrc(crc, crcOf("a"));
  return bits`x177245385090 ${crc}:32`;
}

/** A whole file that holds "a". */
export const FILE_A: BitScript = bits`"BZh9" ${BLOCK_A} ${endAfter(1)} |`;
