/**
 * The values of a generator as a stream: `ReadableStream.from` for platforms without it, and without read-ahead.
 */

/** Asks the generator for a value when one is wanted; cancelling the stream ends the generator. */
export function streamFrom<T>(values: AsyncGenerator<T, void, undefined>): ReadableStream<T> {
  return new ReadableStream<T>({
    async pull(controller): Promise<void> {
      const { done, value } = await values.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(): Promise<void> {
      await values.return();
    },
  }, { highWaterMark: 0 });
}

/** The chunks of a stream one by one; a loop that is left early cancels the stream. */
export async function* chunksOf<T>(stream: ReadableStream<T>): AsyncGenerator<T, void, undefined> {
  const reader = stream.getReader();
  let isEnded = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isEnded = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isEnded) await reader.cancel().catch(() => {});
  }
}
