/** The first run-length stage and the division into blocks, written plainly: the twin of rle1-encode.ts. */

/** A block: its bytes, and the plain bytes that they stand for. */
export interface PlainBlock {
  readonly block: number[];
  readonly plain: number[];
}

/** Divides into runs of at most 255, and these into blocks that are closed once they hold `limit` bytes. */
export function runLengthBlocks(bytes: Uint8Array, limit: number): PlainBlock[] {
  const blocks: PlainBlock[] = [];
  for (let start = 0; start < bytes.length;) {
    let end = start + 1;
    while (end < bytes.length && end - start < 255 && bytes[end] === bytes[start]) end++;
    const run = [...bytes.subarray(start, end)];
    let current = blocks.at(-1);
    if (current === undefined || current.block.length >= limit) {
      current = { block: [], plain: [] };
      blocks.push(current);
    }
    current.plain.push(...run);
    current.block.push(...run.slice(0, 4));
    if (run.length >= 4) current.block.push(run.length - 4);
    start = end;
  }
  return blocks;
}
