/**
 * A view of a `ByteSource` that moves forwards: what a reader does who needs "the next few bytes, perhaps more" again and again.
 *
 * Bytes are read in steps and kept until the view moves past them, so looking twice at the same place reads once.
 */
import type { ByteSource } from "./byte-source.ts";

/** Small enough for a look at one block, big enough that a file is not read in crumbs. */
const STEP_BYTES = 64 * 1024;

/** Bytes of a source around the place that is looked at. */
export class SourceWindow {
  readonly source: ByteSource;
  readonly #signal: AbortSignal | undefined;
  #start = 0;
  #bytes: Uint8Array = new Uint8Array();

  constructor(source: ByteSource, signal?: AbortSignal) {
    this.source = source;
    this.#signal = signal;
  }

  /** Bytes from `start` on: at least up to `end`, unless the source ends before. What lies before `start` is forgotten. */
  async view(start: number, end: number): Promise<Uint8Array> {
    const have = this.#start + this.#bytes.length;
    const wanted = Math.min(end, this.source.size);
    if (start < this.#start || start > have) {
      this.#bytes = await this.#read(start, Math.max(wanted, start + STEP_BYTES));
    } else if (wanted <= have) {
      return this.#bytes.subarray(start - this.#start);
    } else {
      const kept = this.#bytes.subarray(start - this.#start);
      const added = await this.#read(have, Math.max(wanted, have + STEP_BYTES));
      this.#bytes = kept.length === 0 ? added : joined(kept, added);
    }
    this.#start = start;
    return this.#bytes;
  }

  #read(start: number, end: number): Promise<Uint8Array> {
    return this.source.read(start, end, { signal: this.#signal });
  }
}

function joined(kept: Uint8Array, added: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(kept.length + added.length);
  bytes.set(kept);
  bytes.set(added, kept.length);
  return bytes;
}
