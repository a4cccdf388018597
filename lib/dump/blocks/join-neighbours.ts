/**
 * Views of the same memory that follow each other, made one: a splitter gives a block in hundreds of small parts, and each of them
 * would be a write.
 */

import type { Bytes } from "../../bzip2/format.ts";

/** The same bytes in fewer chunks. After an error of the input, what came before it is given first. */
export async function* joinNeighbours(chunks: AsyncIterable<Bytes>): AsyncGenerator<Bytes, void, undefined> {
  let last: Bytes | undefined;
  try {
    for await (const bytes of chunks) {
      if (last !== undefined && isNext(last, bytes)) {
        last = new Uint8Array(last.buffer, last.byteOffset, last.length + bytes.length);
        continue;
      }
      const ready = last;
      last = bytes;
      if (ready !== undefined && ready.length > 0) yield ready;
    }
  } catch (error) {
    if (last !== undefined && last.length > 0) yield last;
    throw error;
  }
  if (last !== undefined && last.length > 0) yield last;
}

function isNext(last: Bytes, bytes: Bytes): boolean {
  return last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset;
}
