/**
 * Small questions about byte arrays that several floors ask: joining, comparing, searching.
 *
 * Nothing here knows what the bytes mean. All positions are in bytes.
 */

/** Joins byte arrays into one fresh array. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let byteLength = 0;
  for (const part of parts) byteLength += part.length;
  const joined = new Uint8Array(byteLength);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether two arrays hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && startsWithBytes(a, b);
}

/** Whether `needle` stands in `haystack` at byte `from` (default 0). */
export function startsWithBytes(haystack: Uint8Array, needle: Uint8Array, from = 0): boolean {
  if (from < 0 || haystack.length - from < needle.length) return false;
  for (let i = 0; i < needle.length; i++) {
    if (haystack[from + i] !== needle[i]) return false;
  }
  return true;
}

/** Position of the first `needle` at or after byte `from`, or -1. An empty needle is found at once. */
export function indexOfBytes(haystack: Uint8Array, needle: Uint8Array, from = 0): number {
  const start = Math.max(0, from);
  const first = needle[0];
  if (first === undefined) return Math.min(start, haystack.length);
  const lastStart = haystack.length - needle.length;
  for (let at = haystack.indexOf(first, start); at >= 0 && at <= lastStart; at = haystack.indexOf(first, at + 1)) {
    if (startsWithBytes(haystack, needle, at)) return at;
  }
  return -1;
}

/** The bytes of a string of ASCII characters, such as the name of an element. Throws RangeError for other characters. */
export function asciiBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) throw new RangeError(`Not an ASCII character at ${i} of ${JSON.stringify(text)}`);
    bytes[i] = code;
  }
  return bytes;
}
