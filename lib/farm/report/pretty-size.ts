/**
 * Sizes for people, spelled as the reference spells them, because status fragments are compared and parsed.
 *
 * Whole bytes, whole KB (cut, not rounded), then one decimal; base 1024; TB is the last unit.
 */

const KB = 1024;
const MB = KB * 1024;
const GB = MB * 1024;
const TB = GB * 1024;

/**
 * A size in bytes as a short text.
 */
export function prettySize(sizeBytes: number): string {
  if (sizeBytes < KB) return `${sizeBytes} bytes`;
  if (sizeBytes < MB) return `${Math.floor(sizeBytes / KB)} KB`;
  if (sizeBytes < GB) return `${oneDecimal(sizeBytes, MB)} MB`;
  if (sizeBytes < TB) return `${oneDecimal(sizeBytes, GB)} GB`;
  return `${oneDecimal(sizeBytes, TB)} TB`;
}

/** One decimal; a tie goes to the even digit, as Python's formatting does and `toFixed` does not. */
function oneDecimal(sizeBytes: number, unit: number): string {
  const twentieths = (sizeBytes * 20) / unit;
  if (!Number.isInteger(twentieths) || twentieths % 2 === 0) return (sizeBytes / unit).toFixed(1);
  const lower = (twentieths - 1) / 2;
  return ((lower % 2 === 0 ? lower : lower + 1) / 10).toFixed(1);
}

/**
 * The exact number of bytes with thin groups of three, for pages that show both.
 */
export function exactSize(sizeBytes: number): string {
  return `${groupDigits(sizeBytes)} ${sizeBytes === 1 ? "byte" : "bytes"}`;
}

/** Decimal digits in groups of three; written out here because a locale of the machine must not change our files. */
export function groupDigits(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
