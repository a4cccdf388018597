/**
 * @kernel The inverse of the Burrows–Wheeler transform: last column of the sorted rotations → text.
 *
 * A stable sort of the last column gives the first; so the k-th occurrence of a byte in one is the k-th in the other.
 * Each cell gets, above its byte, the row of the next byte of the text; the text is then read by following these links.
 *
 *     column "nnbaaa", origin 3   →   links make b a n a n a
 *
 * The plain twin is test/support/plain/bwt-inverse.ts.
 */

/** Bits of a cell below the link. */
const BYTE_BITS = 8;

/**
 * Reads the text into `text`.
 *
 * @param cells the bytes of the column, one in each of the first `text.length` cells; links are added
 * @param counts how often each byte occurs; is used up
 * @param origin the row of the text itself, less than `text.length`
 * @param text takes the text
 */
export function inverseBwt(cells: Int32Array, counts: Int32Array, origin: number, text: Uint8Array): void {
  const length = text.length;
  let start = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = counts[byte]!;
    counts[byte] = start;
    start += count;
  }
  for (let row = 0; row < length; row++) {
    const byte = cells[row]! & 0xff;
    const target = counts[byte]!;
    counts[byte] = target + 1;
    cells[target] = cells[target]! | (row << BYTE_BITS);
  }
  let cell = cells[origin]! >>> BYTE_BITS;
  for (let i = 0; i < length; i++) {
    const entry = cells[cell]!;
    text[i] = entry & 0xff;
    cell = entry >>> BYTE_BITS;
  }
}
