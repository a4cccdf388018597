/**
 * A stream as a `ByteSource`, for readers that go forwards and look back a little: what was read is kept until it is released.
 *
 * So what can repair its way through a damaged file can do the same with a pipe.
 */
import { concatBytes } from "../../bits/bytes.ts";
import type { ByteSource, ReadOptions } from "../../streams/byte-source.ts";

/** A source whose bytes can be given up. */
export interface ForwardSource extends ByteSource {
  /** What lies before this byte will not be asked for again. */
  release(byteOffset: number): void;
  /** Ends the reading. */
  cancel(): Promise<void>;
}

/** Released bytes are dropped when there are so many. */
const DROP_BYTES = 1024 * 1024;

/** Makes a source of a stream. Its size is Infinity until the end was read. */
export function forwardSource(stream: ReadableStream<Uint8Array>): ForwardSource {
  return new StreamSource(stream);
}

class StreamSource implements ForwardSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** One after another: the bytes from #start on. */
  #chunks: Uint8Array[] = [];
  #start = 0;
  #end = 0;
  #releasedTo = 0;
  #isEnded = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  get size(): number {
    return this.#isEnded ? this.#end : Infinity;
  }

  /** Reads are done one after another. Throws RangeError for bytes that were released. */
  read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array> {
    const bytes = this.#last.then(() => this.#read(start, end, options));
    this.#last = bytes.catch(() => {});
    return bytes;
  }

  release(byteOffset: number): void {
    this.#releasedTo = Math.max(this.#releasedTo, byteOffset);
    if (this.#releasedTo - this.#start < DROP_BYTES) return;
    while (this.#chunks.length > 0 && this.#start + this.#chunks[0]!.length <= this.#releasedTo) {
      this.#start += this.#chunks.shift()!.length;
    }
  }

  async cancel(): Promise<void> {
    this.#chunks = [];
    await this.#reader.cancel().catch(() => {});
  }

  async #read(start: number, end: number, options: ReadOptions | undefined): Promise<Uint8Array> {
    if (start < this.#start) throw new RangeError(`Byte ${start} was released already`);
    while (this.#end < end && !this.#isEnded) {
      options?.signal?.throwIfAborted();
      const { done, value } = await this.#reader.read();
      if (done) this.#isEnded = true;
      else if (value.length > 0) {
        this.#chunks.push(value);
        this.#end += value.length;
      }
    }
    return this.#view(start, Math.min(end, this.#end));
  }

  #view(start: number, end: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let at = this.#start;
    for (const chunk of this.#chunks) {
      if (at >= end) break;
      if (at + chunk.length > start) parts.push(chunk.subarray(Math.max(0, start - at), end - at));
      at += chunk.length;
    }
    return parts.length === 1 ? parts[0]! : concatBytes(parts);
  }
}
