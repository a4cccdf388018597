/**
 * Data through a codec's pair of streams, and what comes out, one by one.
 *
 * Unlike a pipe of the platform, a source that fails can be an end for the codec, which then still gives what workers have not
 * delivered yet; and a pipe costs a short run of this program 2 ms.
 */
import { chunksOf } from "../../../lib/streams/stream-from.ts";

export interface ThroughOptions {
  /** What a failure of the source is for the codec: an end of its input, or a reason to give up. */
  readonly onFailure: "end" | "abort";
  /** Sees each chunk of data on its way in. What it throws is a failure of the source. */
  readonly onChunk?: (chunk: Uint8Array) => void;
}

/** A failure of the source, or nothing. */
interface Failure {
  reason: { readonly error: unknown } | undefined;
}

/**
 * What comes out of the pair. After a failure of the source, that is thrown, unless what the codec says comes from before it:
 * `isEndMissed` knows the codec's error for an input that is too short.
 *
 * A loop that is left early cancels all, also a source that waits for input.
 */
export async function* through<Out>(
  data: ReadableStream<Uint8Array>,
  pair: ReadableWritablePair<Out, Uint8Array>,
  { isEndMissed = () => false, ...options }: ThroughOptions & { readonly isEndMissed?: (error: unknown) => boolean },
): AsyncGenerator<Out, void, undefined> {
  const reader = data.getReader();
  const failure: Failure = { reason: undefined };
  void feed(reader, pair.writable.getWriter(), options, failure);
  try {
    yield* chunksOf(pair.readable);
  } catch (error) {
    throw failure.reason !== undefined && isEndMissed(error) ? failure.reason.error : error;
  } finally {
    reader.cancel().catch(() => {});
  }
  if (failure.reason !== undefined) throw failure.reason.error;
}

/** Moves all data into the codec. Never rejects: the codec's errors are seen where its output is read. */
async function feed(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  { onFailure, onChunk }: ThroughOptions,
  failure: Failure,
): Promise<void> {
  for (;;) {
    let chunk: ReadableStreamReadResult<Uint8Array>;
    try {
      chunk = await reader.read();
      if (!chunk.done) onChunk?.(chunk.value);
    } catch (error) {
      failure.reason = { error };
      reader.cancel().catch(() => {});
      return await (onFailure === "end" ? writer.close() : writer.abort(error)).catch(() => {});
    }
    try {
      if (chunk.done) return await writer.close();
      await writer.write(chunk.value);
    } catch {
      return;
    }
  }
}

/** The same stream; `onChunk` sees each chunk as it passes, and what it throws fails the stream. */
export function tapped(
  data: ReadableStream<Uint8Array>,
  onChunk: (chunk: Uint8Array) => void,
): ReadableStream<Uint8Array> {
  const reader = data.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller): Promise<void> {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      onChunk(value);
      controller.enqueue(value);
    },
    // At once, also while the source waits for input.
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
