/**
 * @kernel Undoes the first run-length stage of bzip2: after four equal bytes, one byte says how many more follow.
 *
 *     a b b b b \x03 c   →   a b b b b b b b c          b b b b \x00 c   →   b b b b c
 *
 * The plain twin is test/support/plain/rle1.ts.
 */

/** Answer of `unpackRuns` when the last run has no count. */
export const RUN_WITHOUT_COUNT = -1;

/** Most bytes that come out for one that goes in: five bytes give at most 4 + 255. */
export const MOST_GROWTH: number = 259 / 5;

/** What `unpackRuns` did. */
export interface UnpackResult {
  /** Bytes of the input that are used; ends before a run that did not fit. */
  used: number;
  /** Bytes of the output that are written. */
  written: number;
}

/**
 * Unpacks `packed` from `result.used` on into `plain` from `result.written` on, as far as it fits.
 * A run is never split between two calls.
 *
 * @returns whether `packed` ended inside a run: four equal bytes and no count
 */
export function unpackRuns(packed: Uint8Array, plain: Uint8Array, result: UnpackResult): boolean {
  const length = packed.length;
  const room = plain.length;
  let { used, written } = result;
  let previous = -1;
  let equal = 0;
  while (used < length) {
    const byte = packed[used]!;
    if (byte !== previous) {
      if (written >= room) break;
      previous = byte;
      equal = 1;
      plain[written++] = byte;
      used++;
      continue;
    }
    if (equal < 3) {
      if (written >= room) break;
      equal++;
      plain[written++] = byte;
      used++;
      continue;
    }
    if (used + 1 === length) return true;
    const end = written + 1 + packed[used + 1]!;
    if (end > room) break;
    plain.fill(byte, written, end);
    written = end;
    used += 2;
    previous = -1;
  }
  // What was cut off may have been the start of a run: go on from before it.
  if (used < length && equal > 0 && previous >= 0) {
    used -= equal;
    written -= equal;
  }
  result.used = used;
  result.written = written;
  return false;
}
