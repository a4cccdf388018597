/** What the two decoders of symbols share, and remember between two calls. */
import { HuffmanTables } from "./huffman-decode.ts";

/** Bytes of `column` behind what it may hold: short runs are written in one go, and overwritten by what follows. */
export const COLUMN_SLACK = 4;

/** Bytes of the move-to-front list that live in words. */
export const WORD_BYTES = 16;
/** Everything that decoding of a block's symbols remembers between two calls. */
export class SymbolState {
  readonly tables: HuffmanTables = new HuffmanTables();
  selectors: Uint8Array = new Uint8Array(0);
  /** The symbol that ends the block. */
  endSymbol = 0;
  /** The move-to-front list from its 17th byte on; the places before are not used. */
  readonly list: Uint8Array = new Uint8Array(256);
  /** The first 16 bytes of the list, four in a word, the first in the lowest bits. */
  readonly words: Int32Array = new Int32Array(WORD_BYTES / 4);
  /** The last column of the sorted rotations: what is being decoded. */
  column: Uint8Array = new Uint8Array((1 << 14) + COLUMN_SLACK);
  /** The column gets places in the move-to-front list instead of bytes; `words` are all zeros then. */
  isPlaces = false;
  /** Bytes of the column that are there. */
  length = 0;
  /** The most bytes that a block may have. */
  limit = 0;
  /** Number of the next group. */
  group = 0;
  /** Symbols that are left in the present group. */
  groupLeft = 0;
  /** The run that is being read, and its digits so far. */
  run = 0;
  runDigits = 0;
  /** The bit of `bytes` at which to go on. */
  position = 0;

  /** From now on the column gets places in the move-to-front list; the front is place 0. */
  setPlaces(): void {
    this.isPlaces = true;
    this.words.fill(0);
  }

  /** Starts the move-to-front list with the bytes that occur. */
  setList(bytes: Uint8Array): void {
    this.isPlaces = false;
    this.list.set(bytes);
    for (let i = 0; i < this.words.length; i++) {
      const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(i * 4, i * 4 + 4);
      this.words[i] = a | (b << 8) | (c << 16) | (d << 24);
    }
  }
}
