/** The plain twin of lib/bzip2/bwt-inverse.ts: sort the column, then follow the rows. */

/** The text that a last column and the row of the origin stand for. */
export function plainInverseBwt(column: readonly number[], origin: number): number[] {
  const rows = column.map((_, row) => row).sort((a, b) => column[a]! - column[b]! || a - b);
  const text: number[] = [];
  for (let row = rows[origin]!; text.length < column.length; row = rows[row]!) text.push(column[row]!);
  return text;
}

/** The last column of the sorted rotations of a text, and the row of the text itself: the forward transform. */
export function plainBwt(text: readonly number[]): { column: number[]; origin: number } {
  const length = text.length;
  const starts = text.map((_, start) => start).sort((a, b) => {
    for (let i = 0; i < length; i++) {
      const order = text[(a + i) % length]! - text[(b + i) % length]!;
      if (order !== 0) return order;
    }
    return a - b;
  });
  return { column: starts.map((start) => text[(start + length - 1) % length]!), origin: starts.indexOf(0) };
}
