/**
 * Scratch arrays that are kept between blocks, so that a small block after a large one costs no new memory and no
 * clearing. What they hold when taken is what the last user left.
 */
export class ArrayStore {
  readonly #arrays: Int32Array[] = [];

  /** An array of at least `length` numbers; the same small number `key` gives the same memory again. */
  take(key: number, length: number): Int32Array {
    let array = this.#arrays[key];
    if (array === undefined || array.length < length) {
      array = new Int32Array(length + (length >>> 5) + 16);
      this.#arrays[key] = array;
    }
    return array;
  }
}
