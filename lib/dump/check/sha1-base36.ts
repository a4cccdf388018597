/** SHA-1 as MediaWiki writes it: base 36, 31 digits. */

const DIGITS = 31;
const GROUP_DIGITS = 5;
const GROUP_VALUES = 36 ** GROUP_DIGITS;
const WORDS = 7;
const WORD_VALUES = 2 ** 24;
const words = new Float64Array(WORDS);
const ascii = new Uint8Array(DIGITS);

/** Bytes of a SHA-1 in base 36. */
export function sha1ToBase36(sha1: Uint8Array): string {
  let value = 0n;
  for (const byte of sha1) value = value * 256n + BigInt(byte);
  return value.toString(36).padStart(DIGITS, "0");
}

/** Whether a text in base 36 says the same as the bytes of a SHA-1. */
export function isSha1InBase36(sha1: Uint8Array, text: string): boolean {
  if (text.length !== DIGITS) return false;
  for (let i = 0; i < DIGITS; i++) ascii[i] = Math.min(text.charCodeAt(i), 0x7f);
  return isSha1InDigits(sha1, ascii, 0);
}

/**
 * Whether the 31 bytes at `start`, digits of base 36 in ASCII, say the same as the bytes of a SHA-1. Much cheaper than to write the SHA-1
 * in base 36: the number is put together from groups of five digits, which fit into a double beside a word of 24 bits.
 */
export function isSha1InDigits(sha1: Uint8Array, digits: Uint8Array, start: number): boolean {
  words.fill(0);
  for (let i = 0; i < DIGITS;) {
    // The first group has one digit, the six others five.
    const groupEnd = i + (i === 0 ? 1 : GROUP_DIGITS);
    let carry = 0;
    for (; i < groupEnd; i++) {
      const code = digits[start + i]!;
      const digit = code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x7a ? code - 0x57 : -1;
      if (digit < 0) return false;
      carry = carry * 36 + digit;
    }
    for (let k = WORDS - 1; k >= 0; k--) {
      const value = words[k]! * GROUP_VALUES + carry;
      carry = Math.floor(value / WORD_VALUES);
      words[k] = value - carry * WORD_VALUES;
    }
    if (carry !== 0) return false;
  }
  // The first word has the two bytes that are left when the others have three each.
  if (words[0] !== ((sha1[0]! << 8) | sha1[1]!)) return false;
  for (let k = 1, at = 2; k < WORDS; k++, at += 3) {
    if (words[k] !== ((sha1[at]! << 16) | (sha1[at + 1]! << 8) | sha1[at + 2]!)) return false;
  }
  return true;
}
