/**
 * Memory that goes in circles: whoever has done with some bytes gives their buffer back, and the next one uses it.
 *
 * Without it, code that makes a megabyte for each block leaves garbage behind faster than runtimes collect it: they look at
 * such buffers only when tens of megabytes have gathered.
 */

type Bytes = Uint8Array<ArrayBuffer>;

/** Gives memory for so many bytes; what it holds is left to chance. */
export type MakeRoom = (byteLength: number) => Bytes;

/** Fresh memory, which nobody takes back. */
export function freshRoom(byteLength: number): Bytes {
  return new Uint8Array(byteLength);
}

/** Fresh memory, which will be used again: there is some more behind it. */
export function roomToKeep(byteLength: number): Bytes {
  return new Uint8Array(new ArrayBuffer(withReserve(byteLength)), 0, byteLength);
}

/** Keeps some buffers. */
export class BufferStore {
  readonly #maxCount: number;
  #buffers: ArrayBuffer[] = [];

  constructor(maxCount: number) {
    this.#maxCount = maxCount;
  }

  /** Room for `byteLength` bytes, in memory that was given back if there is enough of it. */
  take(byteLength: number): Bytes {
    const at = this.#buffers.findIndex((buffer) => buffer.byteLength >= byteLength);
    return at < 0 ? roomToKeep(byteLength) : new Uint8Array(this.#buffers.splice(at, 1)[0]!, 0, byteLength);
  }

  /** A buffer that was given back, whole; undefined when there is none. */
  takeAny(): Bytes | undefined {
    const buffer = this.#buffers.pop();
    return buffer && new Uint8Array(buffer);
  }

  /** Takes back what nobody reads any more. */
  give({ buffer }: Bytes): void {
    // Empty or handed over to somebody else.
    if (buffer.byteLength === 0) return;
    this.#buffers.push(buffer);
    if (this.#buffers.length > this.#maxCount) this.#dropSmallest();
  }

  #dropSmallest(): void {
    const smallest = this.#buffers.reduce((small, buffer) => buffer.byteLength < small.byteLength ? buffer : small);
    this.#buffers = this.#buffers.filter((buffer) => buffer !== smallest);
  }
}

/** Blocks differ a little in length: a buffer that is a little longer fits the next one, too. */
function withReserve(byteLength: number): number {
  return (byteLength + (byteLength >>> 4) + 0xfff) & ~0xfff;
}

/** One buffer, used again for each piece of memory that is asked for: the one before is no longer valid then. */
export function borrowedRoom(): MakeRoom {
  let buffer: Bytes = new Uint8Array(0);
  return (byteLength) => {
    if (buffer.length < byteLength) buffer = new Uint8Array(withReserve(byteLength));
    return buffer.subarray(0, byteLength);
  };
}
