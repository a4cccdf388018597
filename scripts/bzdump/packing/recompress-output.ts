/**
 * A recompressed dump and its index on their way to files: both get their names, or none.
 */
import { formatIndexLine } from "../../../lib/dump/index/multistream-index.ts";
import type { RecompressEvent, RecompressSummary } from "../../../lib/dump/packing/recompress.ts";
import type { Output } from "../io/output.ts";
import type { PackedText } from "./packed-output.ts";

export interface RecompressOutputs {
  readonly dump: Output;
  readonly index: PackedText | undefined;
}

/** Writes all that comes. On errors, nothing is left. */
export async function writeRecompressed(
  events: AsyncGenerator<RecompressEvent, void, undefined>,
  outputs: RecompressOutputs,
): Promise<RecompressSummary> {
  try {
    const summary = await writeEvents(events, outputs);
    const { dump, index } = outputs;
    await index?.end();
    // A disk that is full must be noticed before the first of the two has its name.
    await dump.settle();
    await index?.output.settle();
    await dump.finish();
    await index?.output.finish();
    return summary;
  } catch (error) {
    await discardAll(outputs);
    throw error;
  }
}

/** Removes what has no name yet. */
export async function discardAll({ dump, index }: RecompressOutputs): Promise<void> {
  await dump.discard();
  await index?.output.discard();
}

async function writeEvents(
  events: AsyncGenerator<RecompressEvent, void, undefined>,
  { dump, index }: RecompressOutputs,
): Promise<RecompressSummary> {
  for await (const event of events) {
    if (event.type === "bytes") await dump.write(event.bytes);
    else if (event.type === "index") await index?.write(event.entries.map(formatIndexLine).join(""));
    else return event.summary;
  }
  throw new Error("The dump came to no end");
}
