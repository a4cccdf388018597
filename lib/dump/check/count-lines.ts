/** Counts line feeds, four bytes at a time where they lie as numbers do. */

const LINE_FEED = 0x0a;
const FOUR_LINE_FEEDS = 0x0a0a0a0a;
const LOW_BITS = 0x7f7f7f7f;

/** Line feeds in `[start, end)`. */
export function countLines(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  const { buffer, byteOffset } = bytes;
  const firstWord = Math.ceil((byteOffset + start) / 4);
  const wordCount = Math.floor((byteOffset + end) / 4) - firstWord;
  if (wordCount <= 0) return countSingly(bytes, start, end);
  const words = new Int32Array(buffer, firstWord * 4, wordCount);
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    const other = words[i]! ^ FOUR_LINE_FEEDS;
    // The top bit of each byte that is a line feed, and of no other.
    const found = ~(((other & LOW_BITS) + LOW_BITS) | other | LOW_BITS);
    count += Math.imul(found >>> 7, 0x01010101) >>> 24;
  }
  const wordsStart = firstWord * 4 - byteOffset;
  return count + countSingly(bytes, start, wordsStart) + countSingly(bytes, wordsStart + wordCount * 4, end);
}

function countSingly(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if (bytes[at] === LINE_FEED) count++;
  return count;
}
