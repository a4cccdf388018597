/**
 * A view of a `ByteSource` that moves: what a reader does who needs "the next few bytes, perhaps more" again and again, or "those
 * before" when it goes backwards.
 *
 * Bytes are read in steps and kept while the view is near them, so looking twice at the same place reads once.
 */
import { concatBytes } from "../bits/bytes.ts";
import type { ByteSource } from "./byte-source.ts";

/** Small enough for a look at one block, big enough that a file is not read in crumbs. */
const STEP_BYTES = 64 * 1024;
/** Kept before the view: whoever finds something at its start looks at the few bytes in front of it. */
const KEPT_BEFORE_BYTES = 16;
/** Kept behind the view when it moves backwards; more than most blocks of real dumps have. */
const KEPT_BEHIND_BYTES = 320 * 1024;

/** Bytes that a window held, for another window of the same source. */
export interface WindowBytes {
  readonly source: ByteSource;
  readonly start: number;
  readonly bytes: Uint8Array;
}

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

  /** What is held now. Nobody writes into it. */
  get held(): WindowBytes {
    return { source: this.source, start: this.#start, bytes: this.#bytes };
  }

  /** Starts with what another window held. That of another source is left alone. */
  adopt(held: WindowBytes): void {
    if (held.source !== this.source) return;
    this.#start = held.start;
    this.#bytes = held.bytes;
  }

  /** Bytes from `start` on: at least up to `end`, unless the source ends before. What lies far before `start` is forgotten. */
  async view(start: number, end: number): Promise<Uint8Array> {
    const wanted = Math.min(end, this.source.size);
    const have = this.#start + this.#bytes.length;
    const isNear = start <= have && Math.max(wanted, start) >= this.#start && this.#bytes.length > 0;
    if (!isNear) {
      this.#bytes = await this.#read(start, Math.max(wanted, start + STEP_BYTES));
      this.#start = start;
      return this.#bytes;
    }
    if (start < this.#start) await this.#goBack(start, wanted);
    else if (wanted > have) await this.#goOn(start, wanted);
    return this.#bytes.subarray(start - this.#start);
  }

  async #goBack(start: number, wanted: number): Promise<void> {
    const added = await this.#read(start, this.#start);
    const keptEnd = Math.max(wanted, this.#start + KEPT_BEHIND_BYTES) - this.#start;
    this.#bytes = concatBytes([added, this.#bytes.subarray(0, keptEnd)]);
    this.#start = start;
    if (start + this.#bytes.length < wanted) await this.#goOn(start, wanted);
  }

  async #goOn(start: number, wanted: number): Promise<void> {
    const have = this.#start + this.#bytes.length;
    const keptStart = Math.max(this.#start, start - KEPT_BEFORE_BYTES);
    const added = await this.#read(have, Math.max(wanted, have + STEP_BYTES));
    this.#bytes = concatBytes([this.#bytes.subarray(keptStart - this.#start), added]);
    this.#start = keptStart;
  }

  #read(start: number, end: number): Promise<Uint8Array> {
    return this.source.read(start, end, { signal: this.#signal });
  }
}
