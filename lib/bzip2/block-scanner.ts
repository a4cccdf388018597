/**
 * Cuts a bzip2 file into pieces that workers can decode by themselves, by searching the 48 bits that begin a block.
 *
 *     | stream head | block        | block        | block | end, stream head | block |
 *                   ^ place        ^ place        ^ place                    ^ place
 *                   |--- piece: from a place to behind the first bits of another ----|
 *
 * The bits may also stand within a block by chance. Nothing here knows; who uses the pieces must be able to do without them.
 */
import { freshRoom, type MakeRoom } from "../bits/buffer-store.ts";
import { findMagic } from "../bits/bit-search.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, type Bytes, type Level, STREAM_MAGIC } from "./format.ts";

/** A piece of a file, with the places where a block may begin. */
export interface FilePiece {
  readonly bytes: Bytes;
  /** Bytes of the file before the piece. */
  readonly byteOffset: number;
  /** Bits of the file where a block may begin, rising; each is in the piece, at least one. */
  readonly bitOffsets: readonly number[];
  /** For each of them, the level of its stream, as far as is known. */
  readonly levels: readonly Level[];
}

const MAGIC_BITS = 48;
const HEADER_BYTES = 4;
const CODE_OF_ZERO = 0x30;
const FIRST_CAPACITY = 64 * 1024;
/** No block needs more: 900,000 symbols of 20 bits, and a head. Only heads that waste bits are longer. */
const LONGEST_BLOCK_BYTES = 2_400_000;
/** Enough to see a header in front of a magic, and a magic that has begun. */
const KEPT_BYTES = 12;

/** Finds pieces in bytes that come in chunks. */
export class BlockScanner {
  /** The bytes of the file from `#heldFrom` on, in a buffer that grows. */
  #held: Bytes = new Uint8Array(FIRST_CAPACITY);
  #heldLength = 0;
  #heldFrom = 0;
  #places: { bitOffset: number; level: Level }[] = [];
  /** The level of the last header that was seen; 9 decodes blocks of all levels. */
  #level: Level = 9;
  readonly #pieceBytes: number;
  readonly #makeRoom: MakeRoom;

  /**
   * @param pieceBytes a piece ends at the first place after so many bytes: a message to a worker must be worth it
   * @param makeRoom where the bytes of a piece go
   */
  constructor(pieceBytes: number, makeRoom: MakeRoom = freshRoom) {
    this.#pieceBytes = pieceBytes;
    this.#makeRoom = makeRoom;
  }

  /** Whether a place was found at a bit, but not yet cut out as part of a piece. */
  isOpen(bitOffset: number): boolean {
    return this.#places.some((place) => place.bitOffset === bitOffset);
  }

  /** Takes bytes of the file (copying them); gives the pieces that are complete. */
  push(chunk: Uint8Array): FilePiece[] {
    const fromBit = Math.max(0, this.#heldLength * 8 - MAGIC_BITS + 1);
    this.#append(chunk);
    const pieces: FilePiece[] = [];
    for (let bit = fromBit;;) {
      const found = findMagic(this.#bytes, BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, bit, this.#heldLength * 8);
      if (found < 0) break;
      bit = found + 1;
      if (this.#openBytes(found) >= this.#pieceBytes) pieces.push(this.#cut(found));
      this.#level = this.#levelBefore(found) ?? this.#level;
      this.#places.push({ bitOffset: this.#heldFrom * 8 + found, level: this.#level });
    }
    if (this.#openBytes(this.#heldLength * 8) >= LONGEST_BLOCK_BYTES) pieces.push(this.#cut(this.#heldLength * 8));
    this.#forget();
    return pieces;
  }

  /** Says that the file is complete; gives what was not yet cut out. */
  end(): FilePiece | undefined {
    return this.#places.length > 0 ? this.#cut(this.#heldLength * 8) : undefined;
  }

  get #bytes(): Bytes {
    return this.#held.subarray(0, this.#heldLength);
  }

  /** Bytes from the first place to a held bit. */
  #openBytes(heldBit: number): number {
    const first = this.#places[0];
    return first === undefined ? 0 : (this.#heldFrom * 8 + heldBit - first.bitOffset) / 8;
  }

  /** The piece from the first place to a held bit, with a magic's length to spare. */
  #cut(heldBit: number): FilePiece {
    const byteOffset = Math.floor(this.#places[0]!.bitOffset / 8);
    const end = Math.min(this.#heldLength, Math.ceil((heldBit + MAGIC_BITS) / 8));
    const held = this.#held.subarray(byteOffset - this.#heldFrom, end);
    const bytes = this.#makeRoom(held.length);
    bytes.set(held);
    const places = this.#places;
    this.#places = [];
    return {
      bytes,
      byteOffset,
      bitOffsets: places.map((place) => place.bitOffset),
      levels: places.map((place) => place.level),
    };
  }

  #levelBefore(heldBit: number): Level | undefined {
    const at = heldBit / 8 - HEADER_BYTES;
    if (!Number.isInteger(at) || at < 0) return undefined;
    const [first, second, third, digit] = this.#held.subarray(at, at + HEADER_BYTES);
    if (((first! << 16) | (second! << 8) | third!) !== STREAM_MAGIC) return undefined;
    const level = digit! - CODE_OF_ZERO;
    return level >= 1 && level <= 9 ? level as Level : undefined;
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#heldLength + chunk.length;
    if (needed > this.#held.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#held.length));
      larger.set(this.#bytes);
      this.#held = larger;
    }
    this.#held.set(chunk, this.#heldLength);
    this.#heldLength = needed;
  }

  /** Drops what lies before the first open place. */
  #forget(): void {
    const first = this.#places[0];
    const wantedFrom = first === undefined
      ? this.#heldLength - KEPT_BYTES
      : Math.floor(first.bitOffset / 8) - this.#heldFrom;
    if (wantedFrom <= 0) return;
    this.#held.copyWithin(0, wantedFrom, this.#heldLength);
    this.#heldLength -= wantedFrom;
    this.#heldFrom += wantedFrom;
  }
}
