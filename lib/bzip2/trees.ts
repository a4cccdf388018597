/** The Huffman trees of a block, as the encoder keeps them: lengths of codes, in one array for all trees. */

/** Symbols of an alphabet, at most: two digits, 255 places in the list, the end of the block. */
export const MOST_SYMBOLS = 258;

/** Lengths of codes: that of a symbol is at `tree * MOST_SYMBOLS + symbol`. */
export interface Trees {
  readonly lengths: Uint8Array;
  readonly count: number;
}
