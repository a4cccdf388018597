/** The 48 bits that say what comes next in a stream: a block, or its end. */

import type { BitReader } from "../bits/bit-reader.ts";
import { Fault } from "./fault.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, END_MAGIC_HIGH, END_MAGIC_LOW } from "./format.ts";
import { needInput, type Step } from "./need-bits.ts";

const MAGICS = {
  block: [BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW],
  end: [END_MAGIC_HIGH, END_MAGIC_LOW],
} as const;

/**
 * Reads a magic. Bits that start none are an error even if the input ends within them, a byte at a time as in bzip2
 * 1.0.8: so a file that is both wrong and short is called wrong.
 */
export function* readMagic(bits: BitReader): Step<"block" | "end"> {
  while (!bits.has(48) && !bits.isEnded) yield* needInput(bits);
  const bitOffset = bits.bitOffset;
  let bitCount = 48;
  while (!bits.has(bitCount)) bitCount -= 8;
  const high = bits.read(Math.min(bitCount, 24));
  const low = bits.read(Math.max(0, bitCount - 24));
  for (const kind of ["block", "end"] as const) {
    const [wantedHigh, wantedLow] = MAGICS[kind];
    if (high !== wantedHigh >>> Math.max(0, 24 - bitCount) || low !== wantedLow >>> Math.min(24, 48 - bitCount)) {
      continue;
    }
    if (bitCount < 48) yield* needInput(bits);
    return kind;
  }
  throw new Fault("BAD_MAGIC", "Neither a block nor the end of the stream starts here", bitOffset);
}
