/** The check of a chunk that a caller hands in: a string or an array of numbers must not be taken for bytes. */

/** Throws TypeError for anything but a Uint8Array; `what` is its name in the message, such as "A chunk to compress". */
export function requireBytes(value: Uint8Array, what: string): void {
  // By tag and not by class: arrays of another realm are welcome.
  const tag: unknown = (value as Uint8Array | null | undefined)?.[Symbol.toStringTag];
  if (tag === "Uint8Array") return;
  const found = value === null ? "null" : typeof tag === "string" ? tag : typeof value;
  throw new TypeError(`${what} must be a Uint8Array, found ${found}`);
}
