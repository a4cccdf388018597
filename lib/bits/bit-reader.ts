/**
 * Reads bits, most significant first, from bytes that arrive in chunks.
 *
 * The reader looks at one window of bytes at a time. When it runs short, the few bytes that are left are joined with
 * the next piece of the queue; when there is no next piece, they are copied out, so that the caller's chunk is free.
 *
 *     window   | used | next bit … … … … end |          queue   | chunk | chunk | …
 *                      ^ position (in bits)
 *
 * Kernels read `bytes` and `position` themselves; `readableEnd` tells how far they may go.
 */

import { ByteQueue } from "./byte-queue.ts";

/** Bits stay small integers and pieces stay cheap to join: a window is at most this long, plus what was left. */
const WINDOW_BYTES = 1 << 20;

/** A kernel may load whole words, so it may look this far beyond the last bit it uses. */
const SLACK_BYTES = 8;

/** Reads bits from chunks; never waits and never throws, but says when bits are missing. */
export class BitReader {
  /** The window; may end with zeros that are not input, see `end`. */
  bytes: Uint8Array = new Uint8Array(SLACK_BYTES);
  /** Bits of the window that are used. */
  position = 0;
  /** Bits of the window that are input. */
  #end = 0;
  /** Whether `SLACK_BYTES` zeros follow the input in the window. */
  #isPadded = true;
  /** Bytes of the input before the window. */
  #byteOffset: number;
  readonly #queue = new ByteQueue();
  /** Where pieces are joined; used again and again. */
  #joined: Uint8Array = new Uint8Array(0);
  #isEnded = false;

  /** @param byteOffset what to count from: the place of the first pushed byte */
  constructor(byteOffset = 0) {
    this.#byteOffset = byteOffset;
  }

  /** Appends input. It is not copied: it must stay as it is until `has` has answered false. */
  push(chunk: Uint8Array): void {
    this.#queue.append(chunk);
  }

  /** Says that there is no more input. */
  end(): void {
    this.#isEnded = true;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Bits from the start of the input to the next bit. */
  get bitOffset(): number {
    return this.#byteOffset * 8 + this.position;
  }

  /** Bits from the start of the input to the end of what was pushed. */
  get endBitOffset(): number {
    return this.#byteOffset * 8 + this.#end + this.#queue.byteLength * 8;
  }

  /** The bit of the window up to which codes can be read with eight more bytes in sight. */
  get readableEnd(): number {
    return this.#isPadded ? this.#end : Math.max(0, this.#end - SLACK_BYTES * 8);
  }

  /** Whether `bitCount` more bits are there; moves the window on if it must. */
  has(bitCount: number): boolean {
    while (this.#end - this.position < bitCount) {
      if (!this.moveOn()) return false;
    }
    return true;
  }

  /** Gets more of the input into the window, or at least zeros behind it; false when nothing changes any more. */
  moveOn(): boolean {
    const usedBytes = this.position >>> 3;
    const rest = this.bytes.subarray(usedBytes, this.#end >>> 3);
    const next = this.#queue.take(WINDOW_BYTES);
    if (next.length === 0 && this.#isPadded) return false;
    this.#byteOffset += usedBytes;
    this.position &= 7;
    if (next.length === 0 || rest.length > 0) {
      this.#setWindow(this.#join(rest, next), rest.length + next.length, true);
    } else {
      this.#setWindow(next, next.length, false);
    }
    return true;
  }

  /** Both, and zeros behind them. `rest` may lie where it goes already. */
  #join(rest: Uint8Array, next: Uint8Array): Uint8Array {
    const length = rest.length + next.length;
    if (this.#joined.length < length + SLACK_BYTES) {
      this.#joined = new Uint8Array(length + (length >>> 3) + SLACK_BYTES);
    }
    const joined = this.#joined.subarray(0, length + SLACK_BYTES);
    joined.set(rest);
    joined.set(next, rest.length);
    joined.fill(0, length);
    return joined;
  }

  /** The next `bitCount` bits (at most 24), which must be there, without using them. */
  peek(bitCount: number): number {
    const bytes = this.bytes;
    const at = this.position >>> 3;
    // A byte beyond the window reads as undefined, which shifts as zero; its bits are never part of the answer.
    const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    return bitCount === 0 ? 0 : (word << (this.position & 7)) >>> (32 - bitCount);
  }

  /** Uses up `bitCount` bits, which must be there. */
  skip(bitCount: number): void {
    this.position += bitCount;
  }

  /** Reads `bitCount` bits (at most 24), which must be there. */
  read(bitCount: number): number {
    const value = this.peek(bitCount);
    this.position += bitCount;
    return value;
  }

  /** Reads 32 bits, which must be there. */
  read32(): number {
    const high = this.read(16);
    return high * 0x10000 + this.read(16);
  }

  /** Goes to the next whole byte, if the next bit does not start one. */
  alignToByte(): void {
    this.position = (this.position + 7) & ~7;
  }

  /** Uses up everything that was pushed. The position must be on a byte. Returns how many bytes that was. */
  skipAll(): number {
    const inWindow = (this.#end - this.position) >>> 3;
    const inQueue = this.#queue.clear();
    this.#byteOffset += (this.#end >>> 3) + inQueue;
    this.position = 0;
    this.#setWindow(new Uint8Array(SLACK_BYTES), 0, true);
    return inWindow + inQueue;
  }

  #setWindow(bytes: Uint8Array, byteLength: number, isPadded: boolean): void {
    this.bytes = bytes;
    this.#end = byteLength * 8;
    this.#isPadded = isPadded;
  }
}
