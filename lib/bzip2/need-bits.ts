/**
 * How the steps of decoding wait: they are generators that yield `undefined` when they want more input, and go on
 * where they were when there is some. At the end of the input, wanting more is an error.
 */

import type { BitReader } from "../bits/bit-reader.ts";
import { Fault } from "./fault.ts";

/** A step of decoding that may wait for input and then gives a `T`. */
export type Step<T> = Generator<undefined, T, undefined>;

/** Waits until `bitCount` bits are there. Callers ask `bits.has(bitCount)` first, which is cheaper. */
export function* needBits(bits: BitReader, bitCount: number): Step<void> {
  while (!bits.has(bitCount)) yield* needInput(bits);
}

/** Waits for one more chunk. */
export function* needInput(bits: BitReader): Step<void> {
  if (bits.isEnded) throw new Fault("TRUNCATED", "Input ends too early", bits.endBitOffset);
  yield undefined;
}
