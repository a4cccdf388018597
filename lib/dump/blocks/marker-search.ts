/**
 * Goes through a source from front to back and finds what looks like the start of a block or the end of a stream, at any bit.
 *
 * The source is read piece by piece, each with what lies around it, so that a marker can be looked at without another read:
 *
 *     | before | piece: markers begin here | behind |
 */
import { findMagic } from "../../bits/bit-search.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, END_MAGIC_HIGH, END_MAGIC_LOW } from "../../bzip2/format.ts";
import type { ByteSource } from "../../streams/byte-source.ts";

/** A place that looks like the start of a block or the end of a stream. */
export interface FoundMarker {
  readonly kind: "block" | "end";
  readonly bitOffset: number;
}

/** Options of a `MarkerSearch`. */
export interface MarkerSearchOptions {
  /** Bytes that can be seen before a marker, and from it on. */
  readonly bytesBefore: number;
  readonly bytesBehind: number;
  /** Bytes in which markers are searched at a time; for tests. Default 1 MiB. */
  readonly pieceBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PIECE_BYTES = 1024 * 1024;

/** Finds markers in one source. */
export class MarkerSearch {
  readonly #source: ByteSource;
  readonly #options: MarkerSearchOptions;
  readonly #pieceBytes: number;
  /** The piece, and all that is held of the source. */
  #pieceStart = 0;
  #pieceEnd = 0;
  #heldStart = 0;
  #held: Uint8Array = new Uint8Array();
  /** The next ones in the piece, in bits of the source; Infinity if it has no more. */
  #nextBlock = -1;
  #nextEnd = -1;

  constructor(source: ByteSource, options: MarkerSearchOptions) {
    this.#source = source;
    this.#options = options;
    this.#pieceBytes = options.pieceBytes ?? PIECE_BYTES;
  }

  /** Where the search stands, in bytes. */
  get byteOffset(): number {
    return this.#pieceStart;
  }

  /** The first marker at or after a bit, which must not fall. */
  async next(fromBit: number): Promise<FoundMarker | undefined> {
    for (let bit = fromBit;; bit = Math.max(fromBit, this.#pieceEnd * 8)) {
      if (bit >= this.#pieceEnd * 8 && !(await this.#load(Math.floor(bit / 8)))) return undefined;
      if (this.#nextBlock < bit) this.#nextBlock = this.#find(BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, bit);
      if (this.#nextEnd < bit) this.#nextEnd = this.#find(END_MAGIC_HIGH, END_MAGIC_LOW, bit);
      const bitOffset = Math.min(this.#nextBlock, this.#nextEnd);
      if (bitOffset !== Infinity) return { kind: bitOffset === this.#nextEnd ? "end" : "block", bitOffset };
    }
  }

  /** Bytes around the marker that was found last: shorter than asked for only at the ends of the source. */
  around(startByte: number, endByte: number): Uint8Array {
    const start = Math.max(0, startByte - this.#heldStart);
    return this.#held.subarray(start, Math.max(start, endByte - this.#heldStart));
  }

  /** Reads the piece that begins at a byte; false behind the end of the source. */
  async #load(byteOffset: number): Promise<boolean> {
    const { bytesBefore, bytesBehind, signal } = this.#options;
    signal?.throwIfAborted();
    if (byteOffset >= this.#source.size) return false;
    this.#pieceStart = byteOffset;
    this.#pieceEnd = Math.min(byteOffset + this.#pieceBytes, this.#source.size);
    this.#heldStart = Math.max(0, byteOffset - bytesBefore);
    this.#held = await this.#source.read(this.#heldStart, this.#pieceEnd + bytesBehind, { signal });
    this.#nextBlock = -1;
    this.#nextEnd = -1;
    return true;
  }

  #find(high24: number, low24: number, fromBit: number): number {
    const base = this.#heldStart * 8;
    const found = findMagic(this.#held, high24, low24, fromBit - base, this.#pieceEnd * 8 - base);
    return found < 0 ? Infinity : base + found;
  }
}
