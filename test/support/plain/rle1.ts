/** The plain twin of lib/bzip2/rle1.ts: byte after byte. */

/** The bytes that packed bytes stand for; undefined when the last run has no count. */
export function plainUnpackRuns(packed: readonly number[]): number[] | undefined {
  const plain: number[] = [];
  let previous = -1;
  let equal = 0;
  for (const byte of packed) {
    if (equal === 4) {
      for (let i = 0; i < byte; i++) plain.push(previous);
      previous = -1;
      equal = 0;
      continue;
    }
    equal = byte === previous ? equal + 1 : 1;
    previous = byte;
    plain.push(byte);
  }
  return equal === 4 ? undefined : plain;
}
