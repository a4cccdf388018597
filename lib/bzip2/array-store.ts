/**
 * Scratch arrays that are kept between blocks, so that a small block after a large one costs no new memory and no
 * clearing.
 */

/** The arrays by small numbers. Users that take turns can share them: what they hold is what the last user left. */
export type ArrayStore = Int32Array[];

/** The key of the largest array: the order of sorting, then the symbols that are made of it; the links when sorting is inverted. */
export const LARGEST_KEY = 0;

/**
 * An array of at least `length` numbers; the same `key` gives the same memory again.
 *
 * It is twice as long, so that it rarely grows: what is not used gets no real memory, while a large array that is given up changes how
 * allocators (glibc) treat all that follow; see docs/decisions/073.
 */
export function takeArray(store: ArrayStore, key: number, length: number): Int32Array {
  const array = store[key];
  return array && array.length >= length ? array : store[key] = new Int32Array(2 * length);
}
