/**
 * Decoding of what is compressed again at once.
 */
import type { Bytes } from "../../../lib/bzip2/format.ts";
import type { WorkerPool } from "../../../lib/streams/worker-pool.ts";
import { decodeCarefully } from "../codec/careful-decoder.ts";

/** Compressing takes 2 to 3 times as long as decompressing: so many workers are busy with what one thread decodes. */
const WORKERS_FOR_ONE_DECODER = 2;

/**
 * The plain bytes of bzip2 data; each chunk is valid until the next one is asked for. With two workers or less it is done here, and
 * they compress: no worker needs memory for both.
 */
export function decodeForPacking(
  data: ReadableStream<Uint8Array>,
  pool: WorkerPool | undefined,
): AsyncGenerator<Bytes, void, undefined> {
  const decoders = pool === undefined || pool.size <= WORKERS_FOR_ONE_DECODER ? undefined : pool;
  return decodeCarefully(data, decoders, { chunks: "borrowed" });
}
