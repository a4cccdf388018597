/**
 * Sorts the rotations of a circle of numbers by induced sorting: the deeper levels of sort-rotations.ts, where
 * the method and the regions A to D are explained. A `@kernel`.
 *
 * The difference is in the sizes: many names instead of 256 bytes, with few positions each. Rows of sorted rotations
 * and regions share one array, which the level above does not need meanwhile:
 *
 *     space = rows | A B C of name 0 | A B C of name 1 | … | D of name 0 | D of name 1 | …
 */
import { type ArrayStore, takeArray } from "./array-store.ts";
import type { NamedCircle } from "./named-circle.ts";
import { sortGroups } from "./sort-groups.ts";

const ARRAYS_PER_LEVEL = 3;

/** A level: its circle, and arrays for its use. */
interface Level extends NamedCircle {
  readonly space: Int32Array;
  /** The leftmost S, last position first, and their number. */
  readonly leftmost: Int32Array;
  readonly leftmostCount: number;
  /** For each name: positions of kind A, B, D, C, that is index 2 × (is S) + (is behind S). */
  readonly counts: Int32Array;
  /** For each name: where the next positions go, of A and B in one pass, of C and D in the other. */
  readonly ends: Int32Array;
  /** For each name: the next row. */
  readonly rows: Int32Array;
}

/**
 * Writes the positions of `circle`, sorted by their rotations, to the beginning of `space`, which must be twice as long
 * as the circle. Equal rotations come in any order.
 */
export function sortNames(circle: NamedCircle, space: Int32Array, store: ArrayStore, depth: number): void {
  const { text, length, alphabetSize } = circle;
  const key = depth * ARRAYS_PER_LEVEL;
  if (alphabetSize > length / 2 && sortGroups(circle, space, takeArray(store, key, alphabetSize))) return;
  const leftmost = takeArray(store, key, (length >>> 1) + 1);
  const tables = takeArray(store, key + 1, 7 * alphabetSize);
  const counts = tables.subarray(0, 4 * alphabetSize);
  const leftmostCount = classify(circle, counts, leftmost);
  if (leftmostCount === 0) {
    for (let i = 0; i < length; i++) space[i] = i + 1;
    return;
  }
  const ends = tables.subarray(4 * alphabetSize, 6 * alphabetSize);
  const rows = tables.subarray(6 * alphabetSize);
  const level: Level = { text, length, alphabetSize, space, leftmost, leftmostCount, counts, ends, rows };
  placeUnsorted(level);
  sortLargerPieces(level);
  sortSmallerPieces(level);
  const names = takeArray(store, key + 2, leftmostCount + 1);
  const nameCount = namePieces(level, names);
  sortNames({ text: names, length: leftmostCount, alphabetSize: nameCount }, space, store, depth + 1);
  const firstD = 2 * length - leftmostCount;
  for (let i = 0; i < leftmostCount; i++) space[firstD + i] = leftmost[leftmostCount - space[i]!]!;
  fillLarger(level);
  fillSmaller(level);
}

/** Counts the kinds and lists the leftmost S, last position first; gives their number, 0 where all names are equal. */
function classify(circle: NamedCircle, counts: Int32Array, leftmost: Int32Array): number {
  const { text, length } = circle;
  counts.fill(0);
  let second = 2;
  while (second <= length && text[second] === text[1]) second++;
  if (second > length) return 0;
  const firstType = text[1]! < text[second]! ? 1 : 0;
  let count = 0;
  let next = text[length]!;
  let nextType = next < text[1]! ? 1 : next > text[1]! ? 0 : firstType;
  const lastType = nextType;
  for (let position = length - 1; position >= 1; position--) {
    const name = text[position]!;
    // 1 where name < next, or equal and the next is S.
    const type = (name - next - nextType) >>> 31;
    counts[(next << 2) | (nextType << 1) | type]!++;
    leftmost[count] = position + 1;
    count += nextType & ~type;
    next = name;
    nextType = type;
  }
  counts[(next << 2) | (firstType << 1) | lastType]!++;
  if (firstType > lastType) leftmost[count++] = 1;
  return count;
}

/** Begins of A and B in `ends`, and of the rows of L. */
function resetFronts(level: Level): void {
  const { length, alphabetSize, counts, ends, rows } = level;
  let start = length;
  let row = 0;
  for (let name = 0; name < alphabetSize; name++) {
    const a = counts[4 * name]!;
    const abc = a + counts[4 * name + 1]! + counts[4 * name + 3]!;
    ends[2 * name] = start;
    ends[2 * name + 1] = start + a;
    rows[name] = row;
    start += abc;
    row += abc + counts[4 * name + 2]!;
  }
}

/** Ends of C and D in `ends`, and of the rows of S. */
function resetBacks(level: Level): void {
  const { length, leftmostCount, alphabetSize, counts, ends, rows } = level;
  const firstD = 2 * length - leftmostCount;
  let end = length;
  let d = firstD;
  for (let name = 0; name < alphabetSize; name++) {
    end += counts[4 * name]! + counts[4 * name + 1]! + counts[4 * name + 3]!;
    d += counts[4 * name + 2]!;
    ends[2 * name] = end;
    ends[2 * name + 1] = d;
    rows[name] = end - length + d - firstD;
  }
}

/** Puts the leftmost S into their regions, in any order. */
function placeUnsorted(level: Level): void {
  const { text, space, leftmost, leftmostCount, ends } = level;
  resetBacks(level);
  for (let i = 0; i < leftmostCount; i++) {
    const position = leftmost[i]!;
    space[--ends[2 * text[position]! + 1]!] = position;
  }
}

/** First pass over pieces: from leftmost S, and the L found so far, to the L before them. */
function sortLargerPieces(level: Level): void {
  const { text, length, alphabetSize, space, leftmostCount, counts, ends } = level;
  resetFronts(level);
  let start = length;
  let d = 2 * length - leftmostCount;
  for (let name = 0; name < alphabetSize; name++) {
    for (let i = start; i < ends[2 * name]!; i++) {
      const position = space[i]! - 1 || length;
      const found = text[position]!;
      space[ends[2 * found + ((text[position - 1]! - found) >>> 31)]!++] = position;
    }
    start += counts[4 * name]! + counts[4 * name + 1]! + counts[4 * name + 3]!;
    for (const end = d + counts[4 * name + 2]!; d < end; d++) {
      const position = space[d]! - 1 || length;
      const found = text[position]!;
      space[ends[2 * found + ((text[position - 1]! - found) >>> 31)]!++] = position;
    }
  }
}

/** Second pass over pieces: from L that are behind an S, and the S found so far, to the S before them. */
function sortSmallerPieces(level: Level): void {
  const { text, length, alphabetSize, space, leftmostCount, counts, ends } = level;
  resetBacks(level);
  let i = 2 * length - leftmostCount;
  for (let name = alphabetSize - 1; name >= 0; name--) {
    const endB = i - counts[4 * name + 3]!;
    while (i > ends[2 * name]!) {
      const position = space[--i]! - 1 || length;
      const found = text[position]!;
      space[--ends[2 * found + ((found - text[position - 1]!) >>> 31)]!] = position;
    }
    i = endB;
    for (const endA = endB - counts[4 * name + 1]!; i > endA;) {
      const position = space[--i]! - 1 || length;
      const found = text[position]!;
      space[--ends[2 * found + ((found - text[position - 1]!) >>> 31)]!] = position;
    }
    i -= counts[4 * name]!;
  }
}

/** First pass from sorted leftmost S: the L, into their rows. */
function fillLarger(level: Level): void {
  const { text, length, alphabetSize, space, leftmostCount, counts, ends, rows } = level;
  resetFronts(level);
  let start = length;
  let d = 2 * length - leftmostCount;
  for (let name = 0; name < alphabetSize; name++) {
    for (let i = start; i < ends[2 * name]!; i++) {
      const position = space[i]! - 1 || length;
      const found = text[position]!;
      space[rows[found]!++] = position;
      space[ends[2 * found + ((text[position - 1]! - found) >>> 31)]!++] = position;
    }
    start += counts[4 * name]! + counts[4 * name + 1]! + counts[4 * name + 3]!;
    for (const end = d + counts[4 * name + 2]!; d < end; d++) {
      const position = space[d]! - 1 || length;
      const found = text[position]!;
      space[rows[found]!++] = position;
      space[ends[2 * found + ((text[position - 1]! - found) >>> 31)]!++] = position;
    }
  }
}

/** Second pass: the S, into their rows. */
function fillSmaller(level: Level): void {
  const { text, length, alphabetSize, space, leftmostCount, counts, ends, rows } = level;
  resetBacks(level);
  let i = 2 * length - leftmostCount;
  for (let name = alphabetSize - 1; name >= 0; name--) {
    const endB = i - counts[4 * name + 3]!;
    while (i > ends[2 * name]!) {
      const position = space[--i]! - 1 || length;
      const found = text[position]!;
      space[--rows[found]!] = position;
      space[--ends[2 * found + ((found - text[position - 1]!) >>> 31)]!] = position;
    }
    i = endB;
    for (const endA = endB - counts[4 * name + 1]!; i > endA;) {
      const position = space[--i]! - 1 || length;
      const found = text[position]!;
      space[--rows[found]!] = position;
      space[--ends[2 * found + ((found - text[position - 1]!) >>> 31)]!] = position;
    }
    i -= counts[4 * name]!;
  }
}

/**
 * Numbers the pieces by their order, equal ones alike, and writes the circle of these numbers into `names`. Gives how
 * many different ones there are. The rows are free for the length and then the number of each piece.
 */
function namePieces(level: Level, names: Int32Array): number {
  const { text, length, space, leftmost, leftmostCount } = level;
  let next = leftmost[leftmostCount - 1]! + length;
  for (let i = 0; i < leftmostCount; i++) {
    const position = leftmost[i]!;
    space[position >> 1] = next - position;
    next = position;
  }
  let name = -1;
  let previous = 0;
  let previousLength = 0;
  for (let i = 2 * length - leftmostCount; i < 2 * length; i++) {
    const position = space[i]!;
    const pieceLength = space[position >> 1]!;
    let isEqual = pieceLength === previousLength;
    for (let k = 0, a = position, b = previous; isEqual && k <= pieceLength; k++) {
      isEqual = text[a] === text[b];
      if (++a > length) a = 1;
      if (++b > length) b = 1;
    }
    if (!isEqual) name++;
    space[position >> 1] = name;
    previous = position;
    previousLength = pieceLength;
  }
  for (let i = 0; i < leftmostCount; i++) names[leftmostCount - i] = space[leftmost[i]! >> 1]!;
  names[0] = names[leftmostCount]!;
  return name + 1;
}
