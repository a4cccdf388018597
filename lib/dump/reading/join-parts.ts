/** Parts of a dump as bytes again, in few pieces: parts that lie side by side in memory come as one. */
import type { Bytes } from "../../bzip2/format.ts";
import type { DumpPart } from "../../xml/dump-splitter.ts";

/** The bytes of the parts, in order. After an error of the parts, what came before it is given first. */
export function* joinParts(parts: Iterable<Pick<DumpPart, "bytes">>): Generator<Bytes, void, undefined> {
  let run: Uint8Array | undefined;
  try {
    for (const { bytes } of parts) {
      if (bytes.length === 0) continue;
      const joined = run === undefined ? bytes : joinNeighbours(run, bytes);
      if (joined === undefined) yield run as Bytes;
      run = joined ?? bytes;
    }
  } catch (error) {
    if (run !== undefined) yield run as Bytes;
    throw error;
  }
  if (run !== undefined) yield run as Bytes;
}

/** The bytes of parts that come in batches; no batch is kept when the next one is asked for. */
export async function* joinBatches(
  batches: AsyncIterable<Iterable<DumpPart>>,
): AsyncGenerator<Bytes, void, undefined> {
  for await (const batch of batches) yield* joinParts(batch);
}

/** Two views as one if the second begins where the first ends. */
export function joinNeighbours(first: Uint8Array, second: Uint8Array): Uint8Array | undefined {
  const isNeighbour = first.buffer === second.buffer && first.byteOffset + first.length === second.byteOffset;
  return isNeighbour ? new Uint8Array(first.buffer, first.byteOffset, first.length + second.length) : undefined;
}
