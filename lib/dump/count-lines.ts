/** Counts line feeds. The engine's own search is faster than any loop here, because lines of a dump are long. */

const LINE_FEED = 0x0a;

/** Line feeds in `[start, end)`. */
export function countLines(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  const within = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
  let count = 0;
  for (let at = within.indexOf(LINE_FEED); at >= 0; at = within.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
