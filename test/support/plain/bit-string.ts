/** Bits as a string of "0" and "1": the slow way to read and write them. */

/** The low `count` bits of a value, highest first. */
export function bitsOf(value: number, count: number): string {
  let bits = "";
  for (let i = count - 1; i >= 0; i--) bits += (value >>> i) & 1;
  return bits;
}

/** All bits of some bytes. */
export function bitsOfBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
}

/** Bytes from bits, filled up with zeros. */
export function bytesOfBits(bits: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(bits.slice(8 * i, 8 * i + 8).padEnd(8, "0"), 2);
  return bytes;
}
