/** SHA-1 as MediaWiki writes it: base 36, 31 digits. */

const DIGITS = 31;
const WORDS = 5;
const WORD_VALUES = 2 ** 32;

/** Bytes of a SHA-1 in base 36. */
export function sha1ToBase36(sha1: Uint8Array): string {
  let value = 0n;
  for (const byte of sha1) value = value * 256n + BigInt(byte);
  return value.toString(36).padStart(DIGITS, "0");
}

/** Whether a text in base 36 says the same as the bytes of a SHA-1. Much cheaper than to write the bytes in base 36. */
export function isSha1InBase36(sha1: Uint8Array, text: string): boolean {
  if (text.length !== DIGITS) return false;
  const words = new Float64Array(WORDS);
  for (let i = 0; i < DIGITS; i++) {
    const code = text.charCodeAt(i);
    const digit = code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x7a ? code - 0x57 : -1;
    if (digit < 0) return false;
    let carry = digit;
    for (let k = WORDS - 1; k >= 0; k--) {
      const value = words[k]! * 36 + carry;
      carry = Math.floor(value / WORD_VALUES);
      words[k] = value - carry * WORD_VALUES;
    }
    if (carry !== 0) return false;
  }
  for (let k = 0; k < WORDS; k++) {
    const at = k * 4;
    const word = ((sha1[at]! << 24) | (sha1[at + 1]! << 16) | (sha1[at + 2]! << 8) | sha1[at + 3]!) >>> 0;
    if (word !== words[k]) return false;
  }
  return true;
}
