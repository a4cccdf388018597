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

/** Bytes that are looked through, and runs that are copied, with one call; see docs/decisions/069-kernels-take-bites.md. */
const BITE_BYTES = 1 << 14;
const BITE_RUNS = 256;

/** Unpacks runs; keeps its scratch memory. */
export class RunUnpacker {
  /** Where the counts stand in the packed bytes. */
  #counts: Int32Array = new Int32Array(64);
  #runs = 0;
  /** How much longer the plain bytes are than the packed ones. */
  #added = 0;
  /** Where the last run's count ended: no run can begin before it. */
  #from = 0;
  #written = 0;

  /** The plain bytes, in memory that `makeRoom` gives; undefined when the last run has no count. */
  unpack(packed: Uint8Array, makeRoom: MakeRoom): Bytes | undefined {
    const plainLength = this.#findRuns(packed);
    if (plainLength < 0) return undefined;
    const plain = makeRoom(plainLength);
    this.#from = this.#written = 0;
    for (let run = 0; run < this.#runs; run += BITE_RUNS) {
      this.#copySome(packed, plain, run, Math.min(this.#runs, run + BITE_RUNS));
    }
    plain.set(packed.subarray(this.#from), this.#written);
    return plain;
  }

  /** Copies what lies before and in some runs. */
  #copySome(packed: Uint8Array, plain: Uint8Array, start: number, end: number): void {
    let from = this.#from;
    let written = this.#written;
    for (let run = start; run < end; run++) {
      const to = this.#counts[run]!;
      // Short stretches are copied faster in a loop than with a call.
      if (to - from > SHORT_COPY) plain.set(packed.subarray(from, to), written);
      else for (let i = from, at = written; i < to; i++, at++) plain[at] = packed[i]!;
      written += to - from;
      const runEnd = written + packed[to]!;
      const byte = packed[to - 1]!;
      while (written < runEnd) plain[written++] = byte;
      from = to + 1;
    }
    this.#from = from;
    this.#written = written;
  }

  /** Notes where counts are; the length of the plain bytes, or -1 when the last count is missing. */
  #findRuns(packed: Uint8Array): number {
    this.#runs = this.#added = this.#from = 0;
    let pair = 2;
    while (pair >= 0 && pair + 1 < packed.length) {
      pair = this.#findSome(packed, pair, Math.min(packed.length - 1, pair + BITE_BYTES));
    }
    return pair < 0 ? -1 : packed.length + this.#added;
  }

  /** Looks at pairs from `start` to before `stop`; gives the next one, or -1 when the last count is missing. */
  #findSome(packed: Uint8Array, start: number, stop: number): number {
    const length = packed.length;
    let from = this.#from;
    let pair = start;
    while (pair < stop) {
      const byte = packed[pair]!;
      if (byte !== packed[pair + 1]!) {
        pair += 3;
        continue;
      }
      let first = pair;
      while (first > from && packed[first - 1] === byte) first--;
      let end = pair + 2;
      while (end < first + 4 && end < length && packed[end] === byte) end++;
      if (end === first + 4) {
        if (end === length) return -1;
        this.#note(end, packed[end]! - 1);
        from = ++end;
      }
      // A run that begins at `end` or later has its last pair two further on, or later.
      pair = end + 2;
    }
    this.#from = from;
    return pair;
  }

  #note(count: number, added: number): void {
    if (this.#runs === this.#counts.length) {
      const larger = new Int32Array(this.#runs * 2);
      larger.set(this.#counts);
      this.#counts = larger;
    }
    this.#counts[this.#runs++] = count;
    this.#added += added;
  }
}
