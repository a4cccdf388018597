/** Counts line feeds, four bytes at a time where they lie as numbers do. */

const LINE_FEED = 0x0a;
const FOUR_LINE_FEEDS = 0x0a0a0a0a;
const LOW_BITS = 0x7f7f7f7f;
const LOWEST_BITS = 0x01010101;
/** Words whose bytes can be added up side by side. */
const MOST_SUMMED = 255;

/** Line feeds in `[start, end)`. */
export function countLines(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  const { buffer, byteOffset } = bytes;
  const firstWord = Math.ceil((byteOffset + start) / 4);
  const wordCount = Math.floor((byteOffset + end) / 4) - firstWord;
  if (wordCount <= 0) return countSingly(bytes, start, end);
  const words = new Int32Array(buffer, firstWord * 4, wordCount);
  let count = 0;
  for (let i = 0; i < wordCount; i += MOST_SUMMED) {
    count += countInWords(words, i, Math.min(wordCount, i + MOST_SUMMED));
  }
  const wordsStart = firstWord * 4 - byteOffset;
  return count + countSingly(bytes, start, wordsStart) + countSingly(bytes, wordsStart + wordCount * 4, end);
}

function countSingly(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if (bytes[at] === LINE_FEED) count++;
  return count;
}

/** Line feeds in at most `MOST_SUMMED` words: each byte of the sum counts the bytes in its place that are none. */
function countInWords(words: Int32Array, start: number, end: number): number {
  let others = 0;
  for (let i = start; i < end; i++) {
    const other = words[i]! ^ FOUR_LINE_FEEDS;
    others = (others + (((((other & LOW_BITS) + LOW_BITS) | other) >>> 7) & LOWEST_BITS)) | 0;
  }
  const count = (others & 0xff) + ((others >>> 8) & 0xff) + ((others >>> 16) & 0xff) + (others >>> 24);
  return 4 * (end - start) - count;
}
