/**
 * @kernel Undoes the first run-length stage of bzip2: after four equal bytes, one byte says how many more follow.
 *
 *     a b b b b \x03 c   →   a b b b b b b b c          b b b b \x00 c   →   b b b b c
 *
 * Runs are looked for first, so that the output gets its exact size; then what lies between them is copied. Four equal
 * bytes are three equal pairs of neighbours, so looking at every third pair finds them.
 * The plain twin is test/support/plain/rle1.ts.
 */

import type { MakeRoom } from "../bits/buffer-store.ts";
import type { Bytes } from "./format.ts";

/** The longest stretch between runs that is copied in a loop. */
const SHORT_COPY = 48;

/** Unpacks runs; keeps its scratch memory. */
export class RunUnpacker {
  /** Where the counts stand in the packed bytes. */
  #counts: Int32Array = new Int32Array(64);
  #runs = 0;

  /** The plain bytes, in memory that `makeRoom` gives; undefined when the last run has no count. */
  unpack(packed: Uint8Array, makeRoom: MakeRoom): Bytes | undefined {
    const plainLength = this.#findRuns(packed);
    if (plainLength < 0) return undefined;
    const plain = makeRoom(plainLength);
    let from = 0;
    let written = 0;
    for (let run = 0; run < this.#runs; run++) {
      const to = this.#counts[run]!;
      // Short stretches are copied faster in a loop than with a call.
      if (to - from > SHORT_COPY) plain.set(packed.subarray(from, to), written);
      else for (let i = from, at = written; i < to; i++, at++) plain[at] = packed[i]!;
      written += to - from;
      const end = written + packed[to]!;
      const byte = packed[to - 1]!;
      while (written < end) plain[written++] = byte;
      from = to + 1;
    }
    plain.set(packed.subarray(from), written);
    return plain;
  }

  /** Notes where counts are; the length of the plain bytes, or -1 when the last count is missing. */
  #findRuns(packed: Uint8Array): number {
    const length = packed.length;
    let counts = this.#counts;
    let runs = 0;
    let plainLength = length;
    /** Where the last run's count ended: no run can begin before it. */
    let from = 0;
    let pair = 2;
    while (pair + 1 < length) {
      const byte = packed[pair]!;
      if (byte !== packed[pair + 1]!) {
        pair += 3;
        continue;
      }
      let start = pair;
      while (start > from && packed[start - 1] === byte) start--;
      let end = pair + 2;
      while (end < start + 4 && end < length && packed[end] === byte) end++;
      if (end === start + 4) {
        if (end === length) return -1;
        if (runs === counts.length) {
          const larger = new Int32Array(runs * 2);
          larger.set(counts);
          this.#counts = counts = larger;
        }
        counts[runs++] = end;
        plainLength += packed[end]! - 1;
        from = ++end;
      }
      // A run that begins at `end` or later has its last pair two further on, or later.
      pair = end + 2;
    }
    this.#runs = runs;
    return plainLength;
  }
}
