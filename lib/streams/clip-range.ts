/** What every byte source does first: look whether it was asked for a range, and for how much that it has. */

/** The part of [start, end) that lies within a source of `size` bytes. Throws RangeError for what is no range. */
export function clipRange(start: number, end: number, size: number): { start: number; end: number } {
  if (!Number.isSafeInteger(start) || start < 0 || !(end >= start)) {
    throw new RangeError(`Not a range of bytes: ${start} to ${end}`);
  }
  return { start: Math.min(start, size), end: Math.min(end, size) };
}
