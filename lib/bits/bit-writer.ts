/**
 * Writes bits, most significant first, into a buffer that grows: the counterpart of reading a bzip2 stream.
 *
 *     writeBits(0b101, 3), writeBits(0b11110000, 8)   →   10111110 000.....
 *
 * Whole bytes can be taken out at any time; the bits of a byte that is not full yet stay. Every bit of the buffer
 * behind the last one written is zero. Kernels write into the buffer themselves, between `reserve` and `bitLength = …`.
 */

import { freshRoom, type MakeRoom } from "./buffer-store.ts";

const SMALLEST_CAPACITY = 1024;

/** Collects bits and gives them back as bytes. */
export class BitWriter {
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(SMALLEST_CAPACITY);
  #bitLength = 0;

  /** Bits that were written and not taken. */
  get bitLength(): number {
    return this.#bitLength;
  }

  /** For who wrote into the buffer of `reserve`: where that writing ended. */
  set bitLength(bitLength: number) {
    this.#bitLength = bitLength;
  }

  /** The buffer, with room for `bitCount` more bits (and a word to spare) behind `bitLength`; all of that is zero. */
  reserve(bitCount: number): Uint8Array<ArrayBuffer> {
    const byteLength = ((this.#bitLength + bitCount) >>> 3) + 8;
    if (byteLength > this.#buffer.length) {
      const larger = new Uint8Array(byteLength + (byteLength >>> 2));
      larger.set(this.#buffer.subarray(0, (this.#bitLength + 7) >>> 3));
      this.#buffer = larger;
    }
    return this.#buffer;
  }

  /** Writes the `count` low bits of `value`, the highest of them first; `count` is 0 to 32. */
  writeBits(value: number, count: number): void {
    const buffer = this.reserve(count);
    let position = this.#bitLength;
    for (let left = count; left > 0;) {
      const room = 8 - (position & 7);
      const step = Math.min(room, left);
      left -= step;
      const piece = (value >>> left) & ((1 << step) - 1);
      buffer[position >>> 3]! |= piece << (room - step);
      position += step;
    }
    this.#bitLength = position;
  }

  /** Writes the first `bitLength` bits of `bytes`, wherever in a byte this writer stands. */
  appendBits(bytes: Uint8Array, bitLength: number): void {
    const buffer = this.reserve(bitLength);
    const shift = this.#bitLength & 7;
    const byteLength = bitLength >>> 3;
    let target = this.#bitLength >>> 3;
    if (shift === 0) {
      buffer.set(bytes.subarray(0, byteLength), target);
    } else {
      for (let i = 0; i < byteLength; i++) {
        const byte = bytes[i]!;
        buffer[target++]! |= byte >>> shift;
        buffer[target] = (byte << (8 - shift)) & 0xff;
      }
    }
    this.#bitLength += byteLength << 3;
    const left = bitLength & 7;
    if (left > 0) this.writeBits(bytes[byteLength]! >>> (8 - left), left);
  }

  /** Fills the last byte up with zeros. */
  alignToByte(): void {
    this.reserve(7);
    this.#bitLength = (this.#bitLength + 7) & ~7;
  }

  /** Takes the whole bytes out, into memory that `makeRoom` gives; the bits of a byte that is not full stay. */
  takeBytes(makeRoom: MakeRoom = freshRoom): Uint8Array<ArrayBuffer> {
    const byteLength = this.#bitLength >>> 3;
    const taken = makeRoom(byteLength);
    taken.set(this.#buffer.subarray(0, byteLength));
    const last = this.#buffer[byteLength] ?? 0;
    this.#buffer.fill(0, 0, Math.min(byteLength + 1, this.#buffer.length));
    this.#buffer[0] = last;
    this.#bitLength &= 7;
    return taken;
  }
}
