/**
 * @kernel The inverse of the Burrows–Wheeler transform: last column of the sorted rotations → text.
 *
 * Sorting the last column, stably, gives the first one, so the k-th occurrence of a byte in one is the k-th in the other.
 * Each row of the first column gets a link: its byte, and the row whose rotation starts one byte later in the text.
 *
 *     column "nnbaaa", origin 3   →   first column a a a b n n, next rows 3 4 5 2 0 1   →   b a n a n a
 *
 * Following the links is one long chain of cache misses. So the chain is cut into pieces at every 2048th row, twelve pieces
 * are followed at once, each in a lane of its own, and put together at the end. Rows where a piece starts carry a mark: it
 * is also where the piece before ends. (Measured 2026-11 on text: 10.8 ns a byte as one chain, 4.0 with eight lanes;
 * twelve are 5 % faster still on dumps, sixteen no more.)
 *
 * The plain twin is test/support/plain/bwt-inverse.ts.
 */

import { type ArrayStore, LARGEST_KEY, takeArray } from "./array-store.ts";
import { BYTES_PER_LEVEL } from "./format.ts";

/** A link is `row << BYTE_BITS | byte`; rows need 20 bits. */
const BYTE_BITS = 8;
/** The sign bit of a link: a piece starts at this row. */
const MARK = 1 << 31;
/** Chains that are followed at once; `followLanes` is written for this number. */
const LANES = 12;
/** A piece starts at every row that is a multiple of 2 to this. */
const PIECE_BITS = 11;
/** Rows that are gone through with one call, a multiple of four; see docs/decisions/069-kernels-take-bites.md. */
const BITE_ROWS = 1 << 14;
/** Shorter texts are followed as one chain. */
const MIN_LANED_LENGTH = LANES << (PIECE_BITS + 1);

const LONGEST_TEXT = 9 * BYTES_PER_LEVEL;

/** Inverts transforms, one after the other, in memory that it keeps. */
export class BwtInverse {
  readonly #store: ArrayStore;
  #text: Uint8Array = new Uint8Array(0);
  readonly #pieces = new Pieces();

  /** @param store memory that somebody else may use between two calls */
  constructor(store: ArrayStore = []) {
    this.#store = store;
  }

  /**
   * The text that a column was made of; a view of memory that the next call writes again.
   *
   * @param column the last column; may be longer than `length`
   * @param origin the row of the text itself, less than `length`
   */
  invert(column: Uint8Array, length: number, origin: number): Uint8Array {
    if (this.#text.length < length) this.#text = new Uint8Array(column.length);
    const links = takeArray(this.#store, LARGEST_KEY, length);
    const text = this.#text.subarray(0, length);
    linkRows(column, length, links);
    if (length < MIN_LANED_LENGTH) followChain(links, origin, text);
    else this.#pieces.follow(links, origin, text);
    return text;
  }
}

/** Links each row of the first column. Equal neighbours would wait for each other's counts: there are four to count with. */
function linkRows(column: Uint8Array, length: number, links: Int32Array): void {
  const counts = new Int32Array(4 * 256);
  const fours = length & ~3;
  for (let row = 0; row < fours; row += BITE_ROWS) countRows(column, row, Math.min(fours, row + BITE_ROWS), counts);
  for (let row = fours; row < length; row++) counts[column[row]!]!++;
  let start = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = counts[byte]! + counts[256 + byte]! + counts[512 + byte]! + counts[768 + byte]!;
    counts[byte] = start;
    start += count;
  }
  for (let row = 0; row < fours; row += BITE_ROWS) {
    placeRows(column, row, Math.min(fours, row + BITE_ROWS), { counts, links });
  }
  for (let row = fours; row < length; row++) {
    const byte = column[row]!;
    links[counts[byte]!++] = (row << BYTE_BITS) | byte;
  }
}

function countRows(column: Uint8Array, start: number, end: number, counts: Int32Array): void {
  for (let row = start; row < end; row += 4) {
    counts[column[row]!]!++;
    counts[256 + column[row + 1]!]!++;
    counts[512 + column[row + 2]!]!++;
    counts[768 + column[row + 3]!]!++;
  }
}

function placeRows(
  column: Uint8Array,
  start: number,
  end: number,
  { counts, links }: { readonly counts: Int32Array; readonly links: Int32Array },
): void {
  // One place to write to for each byte value, not four: they stay in the nearest cache.
  for (let row = start; row < end; row += 4) {
    const byte0 = column[row]!;
    const byte1 = column[row + 1]!;
    const byte2 = column[row + 2]!;
    const byte3 = column[row + 3]!;
    const link = (row << BYTE_BITS) | byte0;
    const at = counts[byte0]!;
    links[at] = link;
    // In dumps two of three times, and each would wait for the count of the one before.
    if (((byte0 ^ byte1) | (byte0 ^ byte2) | (byte0 ^ byte3)) === 0) {
      links[at + 1] = link + (1 << BYTE_BITS);
      links[at + 2] = link + (2 << BYTE_BITS);
      links[at + 3] = link + (3 << BYTE_BITS);
      counts[byte0] = at + 4;
      continue;
    }
    counts[byte0] = at + 1;
    links[counts[byte1]!++] = ((row + 1) << BYTE_BITS) | byte1;
    links[counts[byte2]!++] = ((row + 2) << BYTE_BITS) | byte2;
    links[counts[byte3]!++] = ((row + 3) << BYTE_BITS) | byte3;
  }
}

function followChain(links: Int32Array, origin: number, text: Uint8Array): void {
  let row = origin;
  for (let i = 0; i < text.length; i++) {
    const link = links[row]!;
    text[i] = link;
    row = link >>> BYTE_BITS;
  }
}

/** The pieces of a chain. Piece 0 starts at the origin, piece p at row (p - 1) << PIECE_BITS. */
class Pieces {
  /** What the lanes hold, one after the other, each with room for the longest text; only what is used gets real memory. */
  #lanes: Uint8Array = new Uint8Array(0);
  /** Where in `#lanes` each piece starts, its bytes, and the piece after it. */
  #starts: Int32Array = new Int32Array(0);
  #lengths: Int32Array = new Int32Array(0);
  #followers: Int32Array = new Int32Array(0);
  /** The row that each lane comes to next, and the piece it follows (-1: none are left). */
  readonly #rows = new Int32Array(LANES);
  readonly #current = new Int32Array(LANES);
  #nextPiece = 0;
  #pieceCount = 0;

  follow(links: Int32Array, origin: number, text: Uint8Array): void {
    const count = this.#prepare(links, origin, text.length);
    const room = this.#lanes.length / LANES;
    const { length: laneCount } = this.#rows;
    let step = 0;
    this.#nextPiece = 0;
    this.#pieceCount = count;
    this.#current.fill(-1);
    this.#rows.fill(origin);
    // Until pieces run out, all lanes take one step each at a time; here are the steps on which some lane changes pieces.
    while (this.#changePieces(links, origin, step++)) step = followLanes(links, this.#rows, this.#lanes, step);
    for (let lane = 0; lane < laneCount; lane++) {
      if (this.#current[lane]! >= 0) this.#finishLane(links, origin, lane, lane * room + step);
    }
    this.#join(text);
  }

  /** Takes one step in each lane, into a new piece where one has ended. False: some lane found none. */
  #changePieces(links: Int32Array, origin: number, step: number): boolean {
    const room = this.#lanes.length / LANES;
    let isBusy = true;
    for (let lane = 0; lane < LANES; lane++) {
      const row = this.#rows[lane]!;
      let link = links[row]!;
      if (link < 0) {
        this.#endPiece(lane, lane * room + step, row === origin ? 0 : (row >>> PIECE_BITS) + 1);
        // A multiple that is the origin itself has no piece of its own.
        if (this.#nextPiece > 0 && (this.#nextPiece - 1) << PIECE_BITS === origin) this.#nextPiece++;
        const piece = this.#nextPiece;
        if (piece >= this.#pieceCount) {
          isBusy = false;
          continue;
        }
        link = links[piece === 0 ? origin : (piece - 1) << PIECE_BITS]! & ~MARK;
        this.#current[lane] = piece;
        this.#starts[piece] = lane * room + step;
        this.#nextPiece++;
      }
      this.#lanes[lane * room + step] = link;
      this.#rows[lane] = link >>> BYTE_BITS;
    }
    return isBusy;
  }

  /** Marks the rows where pieces start; the number of pieces, counting one for each multiple. */
  #prepare(links: Int32Array, origin: number, length: number): number {
    const count = ((length - 1) >>> PIECE_BITS) + 2;
    if (this.#lanes.length === 0) this.#lanes = new Uint8Array(LONGEST_TEXT * LANES);
    if (this.#starts.length < count) {
      this.#starts = new Int32Array(count);
      this.#lengths = new Int32Array(count);
      this.#followers = new Int32Array(count);
    }
    for (let row = 0; row < length; row += 1 << PIECE_BITS) links[row]! |= MARK;
    links[origin]! |= MARK;
    return count;
  }

  #endPiece(lane: number, end: number, follower: number): void {
    const piece = this.#current[lane]!;
    if (piece < 0) return;
    this.#lengths[piece] = end - this.#starts[piece]!;
    this.#followers[piece] = follower;
    this.#current[lane] = -1;
  }

  #finishLane(links: Int32Array, origin: number, lane: number, start: number): void {
    let at = start;
    let row = this.#rows[lane]!;
    for (let link = links[row]!; link >= 0; link = links[row]!) {
      this.#lanes[at++] = link;
      row = link >>> BYTE_BITS;
    }
    this.#endPiece(lane, at, row === origin ? 0 : (row >>> PIECE_BITS) + 1);
  }

  #join(text: Uint8Array): void {
    let at = 0;
    let piece = 0;
    do {
      const start = this.#starts[piece]!;
      text.set(this.#lanes.subarray(start, start + Math.min(this.#lengths[piece]!, text.length - at)), at);
      at += this.#lengths[piece]!;
      piece = this.#followers[piece]!;
    } while (piece !== 0 && at < text.length);
    // A text that is a repetition has a chain for each, all the same.
    for (; at < text.length; at *= 2) text.copyWithin(at, 0, at);
  }
}

/** Lets all lanes take steps, from `step` on, until one of them comes to a marked row; the step on which that is. */
function followLanes(links: Int32Array, rows: Int32Array, lanes: Uint8Array, step: number): number {
  const room = lanes.length / LANES;
  let row0 = rows[0]!;
  let row1 = rows[1]!;
  let row2 = rows[2]!;
  let row3 = rows[3]!;
  let row4 = rows[4]!;
  let row5 = rows[5]!;
  let row6 = rows[6]!;
  let row7 = rows[7]!;
  let row8 = rows[8]!;
  let row9 = rows[9]!;
  let row10 = rows[10]!;
  let row11 = rows[11]!;
  let at = step;
  for (;; at++) {
    const link0 = links[row0]!;
    const link1 = links[row1]!;
    const link2 = links[row2]!;
    const link3 = links[row3]!;
    const link4 = links[row4]!;
    const link5 = links[row5]!;
    const link6 = links[row6]!;
    const link7 = links[row7]!;
    const link8 = links[row8]!;
    const link9 = links[row9]!;
    const link10 = links[row10]!;
    const link11 = links[row11]!;
    if ((link0 | link1 | link2 | link3 | link4 | link5 | link6 | link7 | link8 | link9 | link10 | link11) < 0) break;
    // A link is done with before the next one: there are not registers enough for all.
    lanes[at] = link0;
    row0 = link0 >>> BYTE_BITS;
    lanes[at + room] = link1;
    row1 = link1 >>> BYTE_BITS;
    lanes[at + room * 2] = link2;
    row2 = link2 >>> BYTE_BITS;
    lanes[at + room * 3] = link3;
    row3 = link3 >>> BYTE_BITS;
    lanes[at + room * 4] = link4;
    row4 = link4 >>> BYTE_BITS;
    lanes[at + room * 5] = link5;
    row5 = link5 >>> BYTE_BITS;
    lanes[at + room * 6] = link6;
    row6 = link6 >>> BYTE_BITS;
    lanes[at + room * 7] = link7;
    row7 = link7 >>> BYTE_BITS;
    lanes[at + room * 8] = link8;
    row8 = link8 >>> BYTE_BITS;
    lanes[at + room * 9] = link9;
    row9 = link9 >>> BYTE_BITS;
    lanes[at + room * 10] = link10;
    row10 = link10 >>> BYTE_BITS;
    lanes[at + room * 11] = link11;
    row11 = link11 >>> BYTE_BITS;
  }
  rows[0] = row0;
  rows[1] = row1;
  rows[2] = row2;
  rows[3] = row3;
  rows[4] = row4;
  rows[5] = row5;
  rows[6] = row6;
  rows[7] = row7;
  rows[8] = row8;
  rows[9] = row9;
  rows[10] = row10;
  rows[11] = row11;
  return at;
}
