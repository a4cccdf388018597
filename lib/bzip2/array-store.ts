/**
 * Scratch arrays that are kept between blocks, so that a small block after a large one costs no new memory and no
 * clearing.
 */

/** The key of the largest array: the order of sorting, then the symbols that are made of it; the links when sorting is inverted. */
export const LARGEST_KEY = 0;

/** Keeps arrays. What they hold when taken is what the last user left: users that take turns can share a store. */
export class ArrayStore {
  readonly #arrays: Int32Array[] = [];

  /**
   * An array of at least `length` numbers; the same small number `key` gives the same memory again.
   *
   * It is twice as long, so that it rarely grows: what is not used gets no real memory, while a large array that is given up changes how
   * allocators (glibc) treat all that follow; see docs/decisions/073.
   */
  take(key: number, length: number): Int32Array {
    let array = this.#arrays[key];
    if (array === undefined || array.length < length) {
      array = new Int32Array(2 * length + 16);
      this.#arrays[key] = array;
    }
    return array;
  }
}
