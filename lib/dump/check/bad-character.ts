/**
 * Finds what cannot stand in XML at all: control characters, and bytes that are no UTF-8. Damage that no checksum covers looks so, such
 * as a hole of zeros.  @kernel
 */

/** The first byte in `[start, end)` that begins something that is no character of XML; -1 if all is well. */
export function badCharacterOffset(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end;) {
    const byte = bytes[at]!;
    if (byte < 0x80) {
      if (byte < 0x20 && byte !== 0x0a && byte !== 0x09 && byte !== 0x0d) return at;
      at++;
      continue;
    }
    const length = characterLength(bytes, at, end);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** Bytes of the character above ASCII that begins at `at`; 0 if none does. */
export function characterLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]!;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  for (let i = 1; i < length; i++) {
    if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1]!;
  if (lead === 0xe0 && second < 0xa0) return 0;
  if (lead === 0xed && second > 0x9f) return 0;
  if (lead === 0xef && second === 0xbf && bytes[at + 2]! >= 0xbe) return 0;
  if (lead === 0xf0 && second < 0x90) return 0;
  return lead === 0xf4 && second > 0x8f ? 0 : length;
}
