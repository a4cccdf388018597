/** Rotations sorted by comparing them: the twin of sort-rotations.ts and sort-names.ts. */

/** Compares two rotations, by the index where they begin. */
export function compareRotations(circle: ArrayLike<number>, a: number, b: number): number {
  for (let i = 0; i < circle.length; i++) {
    const difference = circle[(a + i) % circle.length]! - circle[(b + i) % circle.length]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The indexes at which the sorted rotations begin. */
export function sortedRotations(circle: ArrayLike<number>): number[] {
  return Array.from({ length: circle.length }, (_, index) => index).sort((a, b) => compareRotations(circle, a, b));
}

/** The last column of the sorted rotations. */
export function lastColumn(circle: ArrayLike<number>): number[] {
  return sortedRotations(circle).map((start) => circle[(start + circle.length - 1) % circle.length]!);
}
