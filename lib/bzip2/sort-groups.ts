/**
 * Sorts the rotations of a circle of names of which most are alone, by comparing the others. A `@kernel`.
 *
 * Random data, and the deepest levels of any data, have hardly two equal names. Then counting puts nearly each position
 * into its row, and the few that share a name differ soon after. Where they do not, this gives up, and the circle
 * is sorted as all others (sort-names.ts): so that no input makes it slow.
 */
import type { NamedCircle } from "./named-circle.ts";

/** How many names may be compared, for each name of the circle, before it is no use. */
const COMPARISONS_PER_NAME = 8;

/**
 * Writes the positions, sorted by their rotations, to the beginning of `rows`; false if that would take long. `ends` is
 * for its use, as long as the alphabet.
 */
export function sortGroups(circle: NamedCircle, rows: Int32Array, ends: Int32Array): boolean {
  const { text, length } = circle;
  placeByName(circle, rows, ends);
  let budget = COMPARISONS_PER_NAME * length;
  for (let start = 0; start < length;) {
    const end = ends[text[rows[start]!]!]!;
    for (let row = start + 1; row < end; row++) {
      const position = rows[row]!;
      let to = row;
      for (; to > start; to--) {
        let a = position;
        let b = rows[to - 1]!;
        let difference = 0;
        do {
          a = a === length ? 1 : a + 1;
          b = b === length ? 1 : b + 1;
          difference = text[a]! - text[b]!;
        } while (difference === 0 && --budget > 0);
        if (--budget <= 0) return false;
        if (difference > 0) break;
        rows[to] = rows[to - 1]!;
      }
      rows[to] = position;
    }
    start = end;
  }
  return true;
}

/** Counting sort by the first name; leaves the end of each name's rows in `ends`. */
function placeByName(circle: NamedCircle, rows: Int32Array, ends: Int32Array): void {
  const { text, length, alphabetSize } = circle;
  ends.fill(0, 0, alphabetSize);
  for (let position = 1; position <= length; position++) ends[text[position]!]!++;
  let start = 0;
  for (let name = 0; name < alphabetSize; name++) {
    const count = ends[name]!;
    ends[name] = start;
    start += count;
  }
  for (let position = 1; position <= length; position++) rows[ends[text[position]!]!++] = position;
}
