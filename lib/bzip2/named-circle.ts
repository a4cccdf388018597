/** What the deeper levels of sorting sort: the pieces of the level above, each by its number. */

/** The names of a circle: positions are 1 to `length`, and text[0] repeats the last. Each is 0 to `alphabetSize` - 1. */
export interface NamedCircle {
  readonly text: Int32Array;
  readonly length: number;
  readonly alphabetSize: number;
}
