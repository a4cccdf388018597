/**
 * Second step of encoding, the Burrows–Wheeler transform: sorts the rotations of a block. A `@kernel`.
 *
 *     banana  →  abanan anaban ananab banana nabana nanaba  →  last column nnbaaa, the block itself is in row 3
 *
 * The method is induced sorting, as in SA-IS (Nong, Zhang, Chan 2009), but on a circle instead of a string with an
 * end. Its time is linear whatever the input. Deeper levels are in sort-names.ts.
 */
import { type ArrayStore, LARGEST_KEY, takeArray } from "./array-store.ts";
import type { Bytes } from "./format.ts";
import { sortNames } from "./sort-names.ts";

const BYTE_VALUES = 256;
const LEFTMOST_KEY = 1;
const NAMES_KEY = 2;
/** In `fronts` and `backs`, behind the regions that grow: where a region that does not grow ends. */
const FIXED = 2 * BYTE_VALUES;

/**
 * Sorts blocks; its memory is kept from one to the next.
 *
 * A position is of type S if its rotation is below the next one's, else of type L; an S behind an L is a "leftmost S".
 * If the order of these is known, two passes give that of all others: each sorted position puts the one before it at
 * the front (L) or at the back (S) of the bucket of its byte. The same two passes, begun with the leftmost S in any
 * order, sort the pieces of the circle between them; pieces become numbers, and the circle of these numbers is sorted
 * in the same way, which gives the order of the leftmost S.
 *
 * A position has work in one pass only, which its own type and that of its predecessor decide. So each kind has
 * a region of its own for each byte, and no pass looks at a position that has nothing to do:
 *
 *     order = A B C of byte 0 | A B C of byte 1 | …                       A: L behind L, B: L behind S, C: S behind S
 *             D of byte 0 | D of byte 1 | …                               D: S behind L, the leftmost S
 *
 * Positions count from 1; text[0] repeats the last byte.
 */
export class RotationSorter {
  readonly #store: ArrayStore;
  #text: Bytes = new Uint8Array(0);
  #column: Bytes = new Uint8Array(0);
  #length = 0;
  #leftmostCount = 0;
  /** How many positions of each kind each byte has: index 4 * byte + 2 * (is S) + (is behind S). */
  readonly #counts = new Int32Array(4 * BYTE_VALUES);
  /** Where the next position of A or B goes: index 2 * byte + (is B). */
  readonly #fronts = new Int32Array(2 * BYTE_VALUES + 1);
  /** Where the last position of C or D went: index 2 * byte + (is D). */
  readonly #backs = new Int32Array(2 * BYTE_VALUES + 1);
  /** Rows of the column where the next L goes: by byte. */
  readonly #frontRows = new Int32Array(BYTE_VALUES);
  /** Rows of the column where the last S went: by byte. */
  readonly #backRows = new Int32Array(BYTE_VALUES);

  /** @param store memory that somebody else may use between two blocks */
  constructor(store: ArrayStore = []) {
    this.#store = store;
  }

  /** The last column of the sorted rotations, valid until the next block. */
  get lastColumn(): Bytes {
    return this.#column.subarray(0, this.#length);
  }

  /** Sorts the rotations of `block` (at least one byte) and gives the row of the block itself. */
  sort(block: Uint8Array): number {
    this.#setText(block);
    const length = this.#length;
    const order = takeArray(this.#store, LARGEST_KEY, length);
    const leftmost = takeArray(this.#store, LEFTMOST_KEY, (length >>> 1) + 1);
    if (!this.#classify(leftmost)) {
      this.#column.fill(block[0]!, 0, length);
      return 0;
    }
    const count = this.#leftmostCount;
    const sorted = order.subarray(length - count, length);
    this.#placeUnsorted(order, leftmost);
    this.#sortLargerPieces(order);
    this.#sortSmallerPieces(order);
    const names = takeArray(this.#store, NAMES_KEY, count + 1);
    const alphabetSize = this.#namePieces(order, leftmost, names);
    sortNames({ text: names, length: count, alphabetSize }, order, this.#store, 1);
    for (let i = 0; i < count; i++) sorted[i] = leftmost[count - order[i]!]!;
    const rowOfLarger = this.#fillLarger(order);
    const rowOfSmaller = this.#fillSmaller(order);
    return Math.max(rowOfLarger, rowOfSmaller);
  }

  #setText(block: Uint8Array): void {
    const length = block.length;
    if (this.#text.length <= length) {
      const capacity = length + (length >>> 5) + 16;
      this.#text = new Uint8Array(capacity);
      this.#column = new Uint8Array(capacity);
    }
    this.#text.set(block, 1);
    this.#text[0] = block[length - 1]!;
    this.#length = length;
  }

  /** Counts the kinds and lists the leftmost S, last position first; false where all bytes are equal. */
  #classify(leftmost: Int32Array): boolean {
    const text = this.#text;
    const length = this.#length;
    const counts = this.#counts.fill(0);
    let second = 2;
    while (second <= length && text[second] === text[1]) second++;
    if (second > length) return false;
    const firstType = text[1]! < text[second]! ? 1 : 0;
    let count = 0;
    let next = text[length]!;
    let nextType = next < text[1]! ? 1 : next > text[1]! ? 0 : firstType;
    const lastType = nextType;
    for (let position = length - 1; position >= 1; position--) {
      const byte = text[position]!;
      // 1 where byte < next, or equal and the next is S.
      const type = (byte - next - nextType) >>> 31;
      counts[(next << 2) | (nextType << 1) | type]!++;
      leftmost[count] = position + 1;
      count += nextType & ~type;
      next = byte;
      nextType = type;
    }
    counts[(next << 2) | (firstType << 1) | lastType]!++;
    if (firstType > lastType) leftmost[count++] = 1;
    this.#leftmostCount = count;
    return true;
  }

  /** Begins of A and B in `fronts`; the regions of one byte follow each other as A, B, C. */
  #resetFronts(): void {
    const counts = this.#counts;
    let sum = 0;
    let rows = 0;
    for (let byte = 0; byte < BYTE_VALUES; byte++) {
      const a = counts[4 * byte]!;
      const b = counts[4 * byte + 1]!;
      const c = counts[4 * byte + 3]!;
      this.#fronts[2 * byte] = sum;
      this.#fronts[2 * byte + 1] = sum + a;
      this.#frontRows[byte] = rows;
      sum += a + b + c;
      rows += a + b + c + counts[4 * byte + 2]!;
    }
  }

  /** Ends of C and D in `backs`. */
  #resetBacks(): void {
    const counts = this.#counts;
    const firstD = this.#length - this.#leftmostCount;
    let sum = 0;
    let d = firstD;
    for (let byte = 0; byte < BYTE_VALUES; byte++) {
      sum += counts[4 * byte]! + counts[4 * byte + 1]! + counts[4 * byte + 3]!;
      d += counts[4 * byte + 2]!;
      this.#backs[2 * byte] = sum;
      this.#backs[2 * byte + 1] = d;
      this.#backRows[byte] = sum + d - firstD;
    }
  }

  /** Puts the leftmost S into their regions, in any order. */
  #placeUnsorted(order: Int32Array, leftmost: Int32Array): void {
    const text = this.#text;
    const backs = this.#backs;
    const count = this.#leftmostCount;
    this.#resetBacks();
    for (let i = 0; i < count; i++) {
      const position = leftmost[i]!;
      order[--backs[2 * text[position]! + 1]!] = position;
    }
  }

  /** First pass over pieces: from leftmost S, and the L found so far, to the L before them. */
  #sortLargerPieces(order: Int32Array): void {
    const counts = this.#counts;
    const fronts = this.#fronts;
    this.#resetFronts();
    let a = 0;
    let d = this.#length - this.#leftmostCount;
    for (let byte = 0; byte < BYTE_VALUES; byte++) {
      this.#placeLarger(order, a, 2 * byte);
      a += counts[4 * byte]! + counts[4 * byte + 1]! + counts[4 * byte + 3]!;
      fronts[FIXED] = d + counts[4 * byte + 2]!;
      this.#placeLarger(order, d, FIXED);
      d = fronts[FIXED]!;
    }
  }

  /** For each of a region, up to where its front is by then: the L before it. */
  #placeLarger(order: Int32Array, start: number, frontKey: number): void {
    const text = this.#text;
    const length = this.#length;
    const fronts = this.#fronts;
    for (let i = start; i < fronts[frontKey]!; i++) {
      const position = order[i]! - 1 || length;
      const byte = text[position]!;
      const isB = (text[position - 1]! - byte) >>> 31;
      order[fronts[2 * byte + isB]!++] = position;
    }
  }

  /** Second pass over pieces: from L that are behind an S, and the S found so far, to the S before them. */
  #sortSmallerPieces(order: Int32Array): void {
    const counts = this.#counts;
    const backs = this.#backs;
    this.#resetBacks();
    let end = this.#length - this.#leftmostCount;
    for (let byte = BYTE_VALUES - 1; byte >= 0; byte--) {
      this.#placeSmaller(order, end, 2 * byte);
      end -= counts[4 * byte + 3]!;
      backs[FIXED] = end - counts[4 * byte + 1]!;
      this.#placeSmaller(order, end, FIXED);
      end = backs[FIXED]! - counts[4 * byte]!;
    }
  }

  /** For each of a region, down to where its back is by then: the S before it. */
  #placeSmaller(order: Int32Array, end: number, backKey: number): void {
    const text = this.#text;
    const length = this.#length;
    const backs = this.#backs;
    for (let i = end; i > backs[backKey]!;) {
      const position = order[--i]! - 1 || length;
      const byte = text[position]!;
      const isD = (byte - text[position - 1]!) >>> 31;
      order[--backs[2 * byte + isD]!] = position;
    }
  }

  /**
   * Numbers the pieces by their order, equal ones alike, and writes the circle of these numbers into `names`.
   * Gives how many different ones there are. Regions A to C are free for the length and then the number of a piece.
   */
  #namePieces(order: Int32Array, leftmost: Int32Array, names: Int32Array): number {
    const text = this.#text;
    const length = this.#length;
    const count = this.#leftmostCount;
    let next = leftmost[count - 1]! + length;
    for (let i = 0; i < count; i++) {
      const position = leftmost[i]!;
      order[(position - 1) >> 1] = next - position;
      next = position;
    }
    let name = -1;
    let previous = 0;
    let previousLength = 0;
    for (let i = length - count; i < length; i++) {
      const position = order[i]!;
      const place = (position - 1) >> 1;
      const pieceLength = order[place]!;
      let isEqual = pieceLength === previousLength;
      for (let k = 0, a = position, b = previous; isEqual && k <= pieceLength; k++) {
        isEqual = text[a] === text[b];
        if (++a > length) a = 1;
        if (++b > length) b = 1;
      }
      if (!isEqual) name++;
      order[place] = name;
      previous = position;
      previousLength = pieceLength;
    }
    for (let i = 0; i < count; i++) names[count - i] = order[(leftmost[i]! - 1) >> 1]!;
    names[0] = names[count]!;
    return name + 1;
  }

  /** First pass over sorted leftmost S: writes the byte before each L into its row. Gives the row of position 1, or -1. */
  #fillLarger(order: Int32Array): number {
    const counts = this.#counts;
    const fronts = this.#fronts;
    this.#resetFronts();
    let a = 0;
    let d = this.#length - this.#leftmostCount;
    let origin = -1;
    for (let byte = 0; byte < BYTE_VALUES; byte++) {
      origin = Math.max(origin, this.#fillLargerOf(order, a, 2 * byte));
      a += counts[4 * byte]! + counts[4 * byte + 1]! + counts[4 * byte + 3]!;
      fronts[FIXED] = d + counts[4 * byte + 2]!;
      origin = Math.max(origin, this.#fillLargerOf(order, d, FIXED));
      d = fronts[FIXED]!;
    }
    return origin;
  }

  #fillLargerOf(order: Int32Array, start: number, frontKey: number): number {
    const text = this.#text;
    const length = this.#length;
    const fronts = this.#fronts;
    const rows = this.#frontRows;
    const column = this.#column;
    let origin = -1;
    for (let i = start; i < fronts[frontKey]!; i++) {
      const position = order[i]! - 1 || length;
      const byte = text[position]!;
      const before = text[position - 1]!;
      const row = rows[byte]!++;
      column[row] = before;
      if (position === 1) origin = row;
      order[fronts[2 * byte + ((before - byte) >>> 31)]!++] = position;
    }
    return origin;
  }

  /** Second pass: the same for each S. */
  #fillSmaller(order: Int32Array): number {
    const counts = this.#counts;
    const backs = this.#backs;
    this.#resetBacks();
    let end = this.#length - this.#leftmostCount;
    let origin = -1;
    for (let byte = BYTE_VALUES - 1; byte >= 0; byte--) {
      origin = Math.max(origin, this.#fillSmallerOf(order, end, 2 * byte));
      end -= counts[4 * byte + 3]!;
      backs[FIXED] = end - counts[4 * byte + 1]!;
      origin = Math.max(origin, this.#fillSmallerOf(order, end, FIXED));
      end = backs[FIXED]! - counts[4 * byte]!;
    }
    return origin;
  }

  #fillSmallerOf(order: Int32Array, end: number, backKey: number): number {
    const text = this.#text;
    const length = this.#length;
    const backs = this.#backs;
    const rows = this.#backRows;
    const column = this.#column;
    let origin = -1;
    for (let i = end; i > backs[backKey]!;) {
      const position = order[--i]! - 1 || length;
      const byte = text[position]!;
      const before = text[position - 1]!;
      const row = --rows[byte]!;
      column[row] = before;
      if (position === 1) origin = row;
      order[--backs[2 * byte + ((byte - before) >>> 31)]!] = position;
    }
    return origin;
  }
}
