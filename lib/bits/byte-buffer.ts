/**
 * A byte array that grows: collects what arrives in pieces, and gives it back as one.
 *
 * Appending copies, so the pieces may be reused by their owner; the copy doubles when it is full, so the cost is linear.
 */

const FIRST_CAPACITY = 1024;

/** Collects bytes; `take` hands them over and starts anew. */
export class ByteBuffer {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    const needed = this.#length + piece.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length, FIRST_CAPACITY));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = needed;
  }

  /** What was collected, as the caller's own array; the buffer is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    return taken;
  }
}
