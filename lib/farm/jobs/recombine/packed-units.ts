/**
 * The units of a packed file, bzip2 streams or gzip members, found by decoding: where each begins and ends, and what it holds.
 */
import type { WorkerPool } from "../../../streams/worker-pool.ts";
import { Bzip2DecoderStream } from "../../../streams/bzip2-decoder-stream.ts";
import { parallelBzip2Decoder } from "../../../streams/parallel-decoder.ts";
import { chunksOf } from "../../../streams/stream-from.ts";
import { readGzipMembers } from "../../../host/gzip-members.ts";

/** What is found, in the order of the file. */
export type UnitEvent =
  | { readonly type: "unit"; readonly byteOffset: number }
  /** Plain bytes; valid until the next event. */
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  /** All checksums were right. */
  | { readonly type: "end"; readonly endByteOffset: number };

export interface UnitOptions {
  readonly extension: "bz2" | "gz";
  /** Names the data in messages. */
  readonly path: string;
  readonly pool?: WorkerPool | undefined;
}

/** Decodes a file. Throws Bzip2Error or GzipError, also when something follows the last unit; and what the stream fails with. */
export async function* packedUnits(
  data: ReadableStream<Uint8Array>,
  { extension, path, pool }: UnitOptions,
): AsyncGenerator<UnitEvent, void, undefined> {
  if (extension === "gz") {
    for await (const event of readGzipMembers(data, path)) {
      yield event.type === "member" ? { type: "unit", byteOffset: event.byteOffset } : event;
    }
    return;
  }
  yield* bzip2Units(data, pool);
}

async function* bzip2Units(
  data: ReadableStream<Uint8Array>,
  pool: WorkerPool | undefined,
): AsyncGenerator<UnitEvent, void, undefined> {
  // Events may be told some blocks before their bytes are read; each block of them is one chunk.
  let told: (UnitEvent | "block")[] = [];
  const options = {
    trailing: "error",
    onBlock: () => void told.push("block"),
    onEvent: (event: { readonly type: string; readonly byteOffset?: number; readonly endByteOffset?: number }) => {
      if (event.type === "stream") told.push({ type: "unit", byteOffset: event.byteOffset! });
      else if (event.type === "end") told.push({ type: "end", endByteOffset: event.endByteOffset! });
    },
  } as const;
  const decoder = pool === undefined ? new Bzip2DecoderStream(options) : parallelBzip2Decoder(pool, options);
  for await (const bytes of chunksOf(data.pipeThrough(decoder))) {
    const at = told.indexOf("block");
    yield* told.slice(0, at) as UnitEvent[];
    told = told.slice(at + 1);
    yield { type: "bytes", bytes };
  }
  yield* told as UnitEvent[];
}
