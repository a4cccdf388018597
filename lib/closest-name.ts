/**
 * "Did you mean …?": the known name that a mistyped one most likely stands for.
 *
 * Ground floor, no imports: the command line uses it for options, the configuration for keys and sections.
 */

/**
 * The candidate nearest to a name, or undefined when none is near enough: at most one slip (a letter added, left out,
 * changed, or swapped with its neighbour) per three letters, or a beginning that only one candidate has. Letter case
 * does not count.
 */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  const beginnings: string[] = [];
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    if (wanted.length >= 2 && known.startsWith(wanted)) beginnings.push(candidate);
    if (Math.abs(known.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted, known);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  if (best !== undefined) return best;
  return beginnings.length === 1 ? beginnings[0] : undefined;
}

/** Slips between two words; a swap of neighbours counts as one. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      let distance = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        distance = Math.min(distance, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
