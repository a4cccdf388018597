/** Block positions as the old tools count them. */

/**
 * The number that findpageidinbz2xml, showcrcs and dumpbz2filefromoffset use for a block: the byte in which it begins, less one
 * where it begins on a byte. The first block of a file is at 3.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { oldPosition } from "wikidump";
 *
 * assert.equal(oldPosition(32), 3);
 * assert.equal(oldPosition(33), 4);
 * ```
 */
export function oldPosition(bitOffset: number): number {
  return Math.ceil(bitOffset / 8) - 1;
}
