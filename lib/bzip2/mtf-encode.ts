/**
 * Third step of encoding: move-to-front, with runs of zeros written as digits. A `@kernel`.
 *
 * A byte becomes its place in a list of the bytes in use, and moves to the front of the list. Then a run of n zeros is
 * written in digits that count 1 and 2 instead of 0 and 1, lowest first, so that no run needs an end:
 *
 *     n = 1 2  3  4  5  6  7   →   A B AA BA AB BB AAA          ; A is RUNA, B is RUNB
 *
 * Place p > 0 becomes symbol p + 1, and the symbol behind all of them ends the block.
 *
 * The first 16 places of the list are a window on a longer array, which slides when a byte comes in from behind them.
 * The other places are 15 rings of 16. A byte that comes from deep moves a few bytes in its ring, and one from each
 * ring before it to the next: 128 moves become about 16.
 */
import { RUNA, RUNB } from "./format.ts";
import { MOST_SYMBOLS } from "./trees.ts";

const BYTE_VALUES = 256;
const RING_BITS = 4;
const RING_SIZE = 1 << RING_BITS;
const RING_MASK = RING_SIZE - 1;
const RING_COUNT = BYTE_VALUES / RING_SIZE;
const WINDOW_SPACE = 2048;

/** Turns last columns into symbols; its memory is kept from one block to the next. */
export class MoveToFrontEncoder {
  /** 1 for each byte that the block has. */
  readonly isUsed: Uint8Array = new Uint8Array(BYTE_VALUES);
  /** How often each symbol comes. */
  readonly frequencies: Int32Array = new Int32Array(MOST_SYMBOLS);
  /** Symbols there may be: 2 digits, the places but the first, and the end of the block. */
  alphabetSize = 0;
  /** The places from 16 on; the first 16 bytes are not used. */
  readonly #rings: Uint8Array = new Uint8Array(BYTE_VALUES);
  /** The first 16 places, at an index that goes down. */
  readonly #window: Uint8Array = new Uint8Array(WINDOW_SPACE);
  /** Where in its 16 bytes each ring begins. */
  readonly #heads: Uint8Array = new Uint8Array(RING_COUNT);
  /** The ring that each byte is in, 0 for the window. */
  readonly #ringOf: Uint8Array = new Uint8Array(BYTE_VALUES);
  #symbols: Uint16Array = new Uint16Array(0);
  #symbolCount = 0;

  /** The symbols of the block, the end included; valid until the next block. */
  get symbols(): Uint16Array {
    return this.#symbols.subarray(0, this.#symbolCount);
  }

  /** Encodes the last column of a block. */
  encode(column: Uint8Array): void {
    if (this.#symbols.length <= column.length) {
      this.#symbols = new Uint16Array(column.length + (column.length >>> 5) + 16);
    }
    this.#fillList(column);
    const { frequencies } = this;
    const rings = this.#rings;
    const heads = this.#heads;
    const ringOf = this.#ringOf;
    const window = this.#window;
    const symbols = this.#symbols;
    frequencies.fill(0);
    let count = 0;
    let zeros = 0;
    let base = WINDOW_SPACE - RING_SIZE;
    let front = window[base]!;
    for (let i = 0; i < column.length; i++) {
      const byte = column[i]!;
      if (byte === front) {
        zeros++;
        continue;
      }
      for (; zeros > 0; zeros = (zeros - 1) >>> 1) {
        const digit = (zeros & 1) === 1 ? RUNA : RUNB;
        symbols[count++] = digit;
        frequencies[digit]!++;
      }
      const ring = ringOf[byte]!;
      let place = 0;
      if (ring === 0) {
        let moved = front;
        do {
          const found = window[base + ++place]!;
          window[base + place] = moved;
          moved = found;
        } while (moved !== byte);
        window[base] = byte;
      } else {
        const start = ring << RING_BITS;
        const head = heads[ring]!;
        place = start;
        let to = start + head;
        let moved = rings[to]!;
        while (moved !== byte) {
          const at = start + ((head + ++place) & RING_MASK);
          const found = rings[at]!;
          rings[at] = moved;
          moved = found;
        }
        for (let r = ring - 1; r > 0; r--) {
          const last = (heads[r]! - 1) & RING_MASK;
          const from = (r << RING_BITS) + last;
          const passed = rings[from]!;
          rings[to] = passed;
          ringOf[passed] = r + 1;
          heads[r] = last;
          to = from;
        }
        const passed = window[base + RING_MASK]!;
        rings[to] = passed;
        ringOf[passed] = 1;
        ringOf[byte] = 0;
        if (base === 0) {
          base = WINDOW_SPACE - RING_SIZE;
          window.copyWithin(base, 0, RING_SIZE);
        }
        window[--base] = byte;
      }
      front = byte;
      symbols[count++] = place + 1;
      frequencies[place + 1]!++;
    }
    for (; zeros > 0; zeros = (zeros - 1) >>> 1) {
      const digit = (zeros & 1) === 1 ? RUNA : RUNB;
      symbols[count++] = digit;
      frequencies[digit]!++;
    }
    symbols[count++] = this.alphabetSize - 1;
    frequencies[this.alphabetSize - 1] = 1;
    this.#symbolCount = count;
  }

  #fillList(column: Uint8Array): void {
    const { isUsed } = this;
    isUsed.fill(0);
    for (let i = 0; i < column.length; i++) isUsed[column[i]!] = 1;
    this.#heads.fill(0);
    let count = 0;
    for (let byte = 0; byte < BYTE_VALUES; byte++) {
      if (isUsed[byte] === 0) continue;
      this.#ringOf[byte] = count >>> RING_BITS;
      if (count < RING_SIZE) this.#window[WINDOW_SPACE - RING_SIZE + count++] = byte;
      else this.#rings[count++] = byte;
    }
    this.alphabetSize = count + 2;
  }
}
