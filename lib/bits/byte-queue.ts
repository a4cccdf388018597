/**
 * Bytes that arrived in pieces and wait to be used: appended at the back, taken from the front.
 *
 * Nothing is copied here: what is taken is a view of a chunk that was appended. So any number of chunks of any size
 * costs time in proportion to their bytes.
 */

/** A first-in, first-out queue of bytes. */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  /** Index of the first chunk that is still wanted; those before it are dropped from time to time. */
  #first = 0;
  /** Bytes of the first chunk that are used up. */
  #used = 0;
  #byteLength = 0;

  /** Bytes that wait. */
  get byteLength(): number {
    return this.#byteLength;
  }

  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#byteLength += chunk.length;
  }

  /** The next bytes, at most `maxLength` and at most what is left of one chunk; empty when none wait. */
  take(maxLength: number): Uint8Array {
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined) return new Uint8Array(0);
    const end = Math.min(this.#used + maxLength, chunk.length);
    const bytes = chunk.subarray(this.#used, end);
    this.#used = end;
    this.#byteLength -= bytes.length;
    if (end === chunk.length) this.#dropFirst();
    return bytes;
  }

  /** Forgets everything and says how many bytes that was. */
  clear(): number {
    const byteLength = this.#byteLength;
    this.#chunks = [];
    this.#first = this.#used = this.#byteLength = 0;
    return byteLength;
  }

  #dropFirst(): void {
    this.#used = 0;
    this.#first++;
    if (this.#first === this.#chunks.length) {
      this.#chunks = [];
      this.#first = 0;
    } else if (this.#first >= 64 && this.#first * 2 > this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#first);
      this.#first = 0;
    }
  }
}
