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
 *
 * For the others there is no list, but a row of slots: a byte that falls out of the window takes the next one, and leaves it when it
 * comes in again. The place of a byte is 16 and how many slots behind its own are taken:
 *
 *     fell out: a b c d   came in: b   →   slots  a . c d      ; a has place 18, c has place 17, d has place 16
 *
 * Slots are bits, 32 in a word, and the bits of each word are counted, so that a place is found without moving anything. When all are used
 * up, those that are taken move to the beginning. On average no more words are passed than the 8 that all kinds of bytes fill.
 */
import { type ArrayStore, LARGEST_KEY, takeArray } from "./array-store.ts";
import { RUNA, RUNB } from "./format.ts";
import { MOST_SYMBOLS } from "./trees.ts";

const BYTE_VALUES = 256;
const WINDOW_SIZE = 16;
const WINDOW_SPACE = 2048;
const SLOTS = 4096;
const WORDS = SLOTS / 32;

/** Turns last columns into symbols; its memory is kept from one block to the next. */
export class MoveToFrontEncoder {
  /** 1 for each byte that the block has. */
  readonly isUsed: Uint8Array = new Uint8Array(BYTE_VALUES);
  /** How often each symbol comes. */
  readonly frequencies: Int32Array = new Int32Array(MOST_SYMBOLS);
  /** Symbols there may be: 2 digits, the places but the first, and the end of the block. */
  alphabetSize = 0;
  /** The first 16 places, at an index that goes down. */
  readonly #window: Uint8Array = new Uint8Array(WINDOW_SPACE);
  /** A bit for each slot: whether it is taken. The first one never is. */
  readonly #words: Int32Array = new Int32Array(WORDS);
  /** How many slots of each word are taken. */
  readonly #counts: Uint8Array = new Uint8Array(WORDS);
  /** The slot of each byte, 0 for those in the window. */
  readonly #slotOf: Uint16Array = new Uint16Array(BYTE_VALUES);
  /** The byte of each slot that is taken. */
  readonly #byteAt: Uint8Array = new Uint8Array(SLOTS);
  readonly #store: ArrayStore;
  #symbols: Uint16Array = new Uint16Array(0);
  #symbolCount = 0;

  /** @param store memory for the symbols, which somebody else may use between two blocks */
  constructor(store: ArrayStore = []) {
    this.#store = store;
  }

  /** The symbols of the block, the end included; valid until the next block. */
  get symbols(): Uint16Array {
    return this.#symbols.subarray(0, this.#symbolCount);
  }

  /** Encodes the last column of a block. */
  encode(column: Uint8Array): void {
    this.#symbols = new Uint16Array(takeArray(this.#store, LARGEST_KEY, (column.length >>> 1) + 1).buffer);
    let slot = this.#fillList(column);
    const { frequencies } = this;
    const window = this.#window;
    const words = this.#words;
    const counts = this.#counts;
    const slotOf = this.#slotOf;
    const byteAt = this.#byteAt;
    const symbols = this.#symbols;
    frequencies.fill(0);
    let count = 0;
    let zeros = 0;
    let base = WINDOW_SPACE - WINDOW_SIZE;
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
      const old = slotOf[byte]!;
      let place = 0;
      if (old === 0) {
        let moved = front;
        do {
          const found = window[base + ++place]!;
          window[base + place] = moved;
          moved = found;
        } while (moved !== byte);
        window[base] = byte;
      } else {
        const oldWord = old >>> 5;
        let bits = words[oldWord]!;
        words[oldWord] = bits & ~(1 << old);
        counts[oldWord]!--;
        // The bits behind its own, two, four and eight added at a time.
        bits &= -2 << old;
        bits -= (bits >>> 1) & 0x55555555;
        bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
        place = WINDOW_SIZE + (Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24);
        for (let word = oldWord + 1; word <= slot >>> 5; word++) place += counts[word]!;
        if (++slot === SLOTS) slot = this.#moveSlots();
        words[slot >>> 5]! |= 1 << slot;
        counts[slot >>> 5]!++;
        const fallen = window[base + WINDOW_SIZE - 1]!;
        slotOf[fallen] = slot;
        byteAt[slot] = fallen;
        slotOf[byte] = 0;
        if (base === 0) {
          base = WINDOW_SPACE - WINDOW_SIZE;
          window.copyWithin(base, 0, WINDOW_SIZE);
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

  /** Puts the bytes that the block has into window and slots; gives the last slot that is taken. */
  #fillList(column: Uint8Array): number {
    const { isUsed } = this;
    isUsed.fill(0);
    for (let i = 0; i < column.length; i++) isUsed[column[i]!] = 1;
    let count = 0;
    for (let byte = 0; byte < BYTE_VALUES; byte++) count += isUsed[byte]!;
    this.alphabetSize = count + 2;
    const slots = Math.max(0, count - WINDOW_SIZE);
    let place = 0;
    for (let byte = 0; byte < BYTE_VALUES; byte++) {
      if (isUsed[byte] === 0) continue;
      this.#slotOf[byte] = 0;
      if (place < WINDOW_SIZE) this.#window[WINDOW_SPACE - WINDOW_SIZE + place] = byte;
      else this.#byteAt[count - place] = byte;
      place++;
    }
    this.#takeSlots(slots);
    return slots;
  }

  /** Moves the slots that are taken to the beginning; gives the first one behind them. */
  #moveSlots(): number {
    const byteAt = this.#byteAt;
    let count = 0;
    for (let word = 0; word < WORDS; word++) {
      for (let bits = this.#words[word]!; bits !== 0; bits &= bits - 1) {
        byteAt[++count] = byteAt[word * 32 + 31 - Math.clz32(bits & -bits)]!;
      }
    }
    this.#takeSlots(count);
    return count + 1;
  }

  /** Takes so many slots, from the first but one on, for their bytes. */
  #takeSlots(count: number): void {
    this.#words.fill(0);
    this.#counts.fill(0);
    for (let slot = 1; slot <= count; slot++) {
      this.#words[slot >>> 5]! |= 1 << slot;
      this.#counts[slot >>> 5]!++;
      this.#slotOf[this.#byteAt[slot]!] = slot;
    }
  }
}
