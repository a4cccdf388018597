/**
 * Sorts the rotations of a circle of numbers by induced sorting: the deeper levels of sort-rotations.ts, where
 * the method is explained. A `@kernel`.
 *
 * Here the alphabet is large and the circle short, so there is one bucket per number and a mark on the position
 * instead of regions: in `order`, a positive entry has still to put its predecessor into a bucket in this pass,
 * `~position` is one whose predecessor goes there in the other pass, and 0 is an empty place.
 */
import type { ArrayStore } from "./array-store.ts";

/** The numbers of a circle: positions are 1 to `length`, and text[0] repeats the last. Each is 0 to `alphabetSize` - 1. */
export interface NamedCircle {
  readonly text: Int32Array;
  readonly length: number;
  readonly alphabetSize: number;
}

const ARRAYS_PER_LEVEL = 3;

/** Fills `order` with the positions of `circle` by their rotations; equal rotations come in any order. */
export function sortNames(circle: NamedCircle, order: Int32Array, store: ArrayStore, depth: number): void {
  const { length, alphabetSize } = circle;
  const key = depth * ARRAYS_PER_LEVEL;
  const leftmost = store.take(key, (length >>> 1) + 1);
  const leftmostCount = findLeftmost(circle, leftmost);
  if (leftmostCount === 0) {
    for (let i = 0; i < length; i++) order[i] = i + 1;
    return;
  }
  const buckets = store.take(key + 2, 2 * alphabetSize);
  countNames(circle, buckets);
  placeUnsorted(circle, order, buckets, leftmost.subarray(0, leftmostCount));
  sortPieces(circle, order, buckets);
  const names = store.take(key + 1, leftmostCount + 1);
  const nameCount = namePieces(circle, order, leftmost.subarray(0, leftmostCount), names);
  sortLeftmost({ text: names, length: leftmostCount, alphabetSize: nameCount }, order, store, depth + 1);
  for (let i = 0; i < leftmostCount; i++) order[i] = leftmost[leftmostCount - order[i]!]!;
  placeSorted(circle, order, buckets, leftmostCount);
  sortAll(circle, order, buckets);
}

/** Sorts a circle of names: at once where no two are equal, else as any other. */
export function sortLeftmost(circle: NamedCircle, order: Int32Array, store: ArrayStore, depth: number): void {
  if (circle.alphabetSize < circle.length) {
    sortNames(circle, order, store, depth);
  } else {
    for (let position = 1; position <= circle.length; position++) order[circle.text[position]!] = position;
  }
}

/** Lists the leftmost S, last position first; gives their number, 0 where all names are equal. */
function findLeftmost(circle: NamedCircle, leftmost: Int32Array): number {
  const { text, length } = circle;
  let second = 2;
  while (second <= length && text[second] === text[1]) second++;
  if (second > length) return 0;
  const firstType = text[1]! < text[second]! ? 1 : 0;
  let count = 0;
  let next = text[1]!;
  let nextType = firstType;
  let lastType = 0;
  for (let position = length; position >= 1; position--) {
    const name = text[position]!;
    const type = name < next ? 1 : name > next ? 0 : nextType;
    if (position === length) lastType = type;
    else if (nextType > type) leftmost[count++] = position + 1;
    next = name;
    nextType = type;
  }
  if (firstType > lastType) leftmost[count++] = 1;
  return count;
}

/** The first half of `buckets` becomes the places behind the end of each name's bucket; the second half is for use. */
function countNames(circle: NamedCircle, buckets: Int32Array): void {
  const { text, length, alphabetSize } = circle;
  buckets.fill(0, 0, alphabetSize);
  for (let position = 1; position <= length; position++) buckets[text[position]!]!++;
  let sum = 0;
  for (let name = 0; name < alphabetSize; name++) {
    sum += buckets[name]!;
    buckets[name] = sum;
  }
}

/** Sets the second half of `buckets` to the beginnings of the buckets. */
function resetFronts(buckets: Int32Array, alphabetSize: number): void {
  buckets[alphabetSize] = 0;
  buckets.copyWithin(alphabetSize + 1, 0, alphabetSize - 1);
}

/** Sets the second half of `buckets` to the ends of the buckets. */
function resetBacks(buckets: Int32Array, alphabetSize: number): void {
  buckets.copyWithin(alphabetSize, 0, alphabetSize);
}

function placeUnsorted(circle: NamedCircle, order: Int32Array, buckets: Int32Array, leftmost: Int32Array): void {
  const { text, length, alphabetSize } = circle;
  order.fill(0, 0, length);
  resetBacks(buckets, alphabetSize);
  for (let i = 0; i < leftmost.length; i++) {
    const position = leftmost[i]!;
    order[--buckets[alphabetSize + text[position]!]!] = position;
  }
}

function placeSorted(circle: NamedCircle, order: Int32Array, buckets: Int32Array, count: number): void {
  const { text, length, alphabetSize } = circle;
  order.fill(0, count, length);
  resetBacks(buckets, alphabetSize);
  for (let i = count - 1; i >= 0; i--) {
    const position = order[i]!;
    order[i] = 0;
    order[--buckets[alphabetSize + text[position]!]!] = position;
  }
}

/** Both passes over pieces: what remains in `order` is the leftmost S, marked, by the pieces that begin there. */
function sortPieces(circle: NamedCircle, order: Int32Array, buckets: Int32Array): void {
  const { text, length, alphabetSize } = circle;
  resetFronts(buckets, alphabetSize);
  for (let i = 0; i < length; i++) {
    const entry = order[i]!;
    if (entry > 0) {
      const position = entry === 1 ? length : entry - 1;
      const name = text[position]!;
      const isBehindS = text[position - 1]! < name;
      order[i] = 0;
      order[buckets[alphabetSize + name]!++] = isBehindS ? ~position : position;
    } else if (entry < 0) {
      order[i] = ~entry;
    }
  }
  resetBacks(buckets, alphabetSize);
  for (let i = length - 1; i >= 0; i--) {
    const entry = order[i]!;
    if (entry > 0) {
      const position = entry === 1 ? length : entry - 1;
      const name = text[position]!;
      const isBehindL = text[position - 1]! > name;
      order[i] = 0;
      order[--buckets[alphabetSize + name]!] = isBehindL ? ~position : position;
    }
  }
}

/** Both passes, from sorted leftmost S to the whole order. */
function sortAll(circle: NamedCircle, order: Int32Array, buckets: Int32Array): void {
  const { text, length, alphabetSize } = circle;
  resetFronts(buckets, alphabetSize);
  for (let i = 0; i < length; i++) {
    const entry = order[i]!;
    order[i] = ~entry;
    if (entry > 0) {
      const position = entry === 1 ? length : entry - 1;
      const name = text[position]!;
      const isBehindS = text[position - 1]! < name;
      order[buckets[alphabetSize + name]!++] = isBehindS ? ~position : position;
    }
  }
  resetBacks(buckets, alphabetSize);
  for (let i = length - 1; i >= 0; i--) {
    const entry = order[i]!;
    if (entry > 0) {
      const position = entry === 1 ? length : entry - 1;
      const name = text[position]!;
      const isBehindL = text[position - 1]! > name;
      order[--buckets[alphabetSize + name]!] = isBehindL ? ~position : position;
    } else {
      order[i] = ~entry;
    }
  }
}

/**
 * Numbers the pieces by their order, equal ones alike, and writes the circle of these numbers into `names`.
 * Gives how many different ones there are.
 */
function namePieces(circle: NamedCircle, order: Int32Array, leftmost: Int32Array, names: Int32Array): number {
  const { text, length } = circle;
  const count = leftmost.length;
  let sorted = 0;
  for (let i = 0; sorted < count; i++) {
    const entry = order[i]!;
    if (entry < 0) order[sorted++] = ~entry;
  }
  let next = leftmost[count - 1]! + length;
  for (let i = 0; i < count; i++) {
    const position = leftmost[i]!;
    order[count + ((position - 1) >> 1)] = next - position;
    next = position;
  }
  let name = -1;
  let previous = 0;
  let previousLength = 0;
  for (let i = 0; i < count; i++) {
    const position = order[i]!;
    const place = count + ((position - 1) >> 1);
    const pieceLength = order[place]!;
    let isEqual = pieceLength === previousLength;
    for (let k = 0, a = position, b = previous; isEqual && k <= pieceLength; k++) {
      isEqual = text[a] === text[b];
      if (++a > length) a = 1;
      if (++b > length) b = 1;
    }
    if (!isEqual) name++;
    order[place] = name;
    previous = position;
    previousLength = pieceLength;
  }
  for (let i = 0; i < count; i++) names[count - i] = order[count + ((leftmost[i]! - 1) >> 1)]!;
  names[0] = names[count]!;
  return name + 1;
}
