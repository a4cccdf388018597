/**
 * A range of a `ByteSource` as a stream: the bridge from random access to everything that reads from front to back.
 *
 * The next chunk is asked for while the last one is being used, so a slow source (a server) and a busy reader overlap.
 */
import type { Bytes } from "../bzip2/format.ts";
import type { ByteSource } from "./byte-source.ts";

/** Options of `sourceStream`. */
export interface SourceStreamOptions {
  /** First byte; default 0. */
  readonly start?: number;
  /** Byte after the last one; default the end of the source. */
  readonly end?: number;
  /** Bytes per chunk; default 256 KiB. */
  readonly chunkByteLength?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A range of a source as a stream of chunks. Errors of the source, and the reason of an aborted signal, become the stream's.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, sourceStream } from "wikidump";
 *
 * const source = bytesSource(new TextEncoder().encode("one two three"));
 * assert.equal(await new Response(sourceStream(source, { start: 4, end: 7 })).text(), "two");
 * ```
 */
export function sourceStream(source: ByteSource, options: SourceStreamOptions = {}): ReadableStream<Bytes> {
  const { start = 0, end = source.size, chunkByteLength = 256 * 1024, signal } = options;
  const stop = Math.min(end, source.size);
  let position = start;
  let ahead: Promise<Uint8Array> | undefined;

  function readNext(): Promise<Uint8Array> | undefined {
    if (position >= stop) return undefined;
    const from = position;
    position = Math.min(from + chunkByteLength, stop);
    const chunk = source.read(from, position, { signal });
    // Whoever takes the chunk sees the error; until then nobody does, and that must not count as unhandled.
    chunk.catch(() => {});
    return chunk;
  }

  return new ReadableStream<Bytes>({
    async pull(controller): Promise<void> {
      signal?.throwIfAborted();
      const current = ahead ?? readNext();
      if (current === undefined) return controller.close();
      const bytes = await current;
      ahead = readNext();
      controller.enqueue(bytes as Bytes);
      if (ahead === undefined) controller.close();
    },
    cancel(): void {
      position = stop;
      ahead = undefined;
    },
  }, { highWaterMark: 0 });
}
