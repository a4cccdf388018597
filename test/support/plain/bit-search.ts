/** The plain twin of lib/bits/bit-search.ts: search in a string of zeros and ones. */

import { toBits } from "../bit-script.ts";

/** All bits from `fromBit` to before `toBit` where the 48 bits of a pattern start. */
export function plainFindAll(bytes: Uint8Array, pattern: string, fromBit: number, toBit: number): number[] {
  const text = toBits(bytes);
  const found: number[] = [];
  for (let bit = text.indexOf(pattern, fromBit); bit >= 0 && bit < toBit; bit = text.indexOf(pattern, bit + 1)) {
    found.push(bit);
  }
  return found;
}
