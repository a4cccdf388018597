/**
 * A codec without I/O → a pair of streams that work only when the reader asks.
 *
 * A platform `TransformStream` takes a chunk, enqueues all that comes of it, and on an error throws away what was not
 * read yet. Here each `pull` takes one value out of the codec's generator, and a write is done when the generator is. So
 * one big chunk does not become a long queue, and an error arrives after the last good value, not instead of it.
 *
 *     writable.write(chunk) → values = push(chunk) … waits … done          pull → values.next() → enqueue
 */

/** What turns chunks into values, such as `Bzip2Decoder`. */
export interface PushCodec<In, Out> {
  push(chunk: In): Iterator<Out, unknown, undefined>;
  finish(): Iterator<Out, unknown, undefined>;
}

/** The values of one chunk, or of the end; and the writer, who waits until they have been read. */
interface Turn<Out> {
  readonly values: Iterator<Out, unknown, undefined>;
  readonly isLast: boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Makes the two streams. An error of the codec fails both, cancelling the readable side fails the writable side, and
 * aborting the writable side fails the readable side once the values of the chunk before have been read.
 */
export function pullPair<In, Out>(codec: PushCodec<In, Out>): ReadableWritablePair<Out, In> {
  let reader: ReadableStreamDefaultController<Out>;
  let writer: WritableStreamDefaultController;
  let turn: Turn<Out> | undefined;
  /** Wakes a `pull` that waits for a turn. */
  let wake: (() => void) | undefined;

  function takeTurn(values: Iterator<Out, unknown, undefined>, isLast: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      turn = { values, isLast, resolve, reject };
      wake?.();
    });
  }

  async function pull(): Promise<void> {
    for (;;) {
      while (turn === undefined) {
        await new Promise<void>((resolve) => wake = resolve);
        wake = undefined;
      }
      const { values, isLast, resolve, reject } = turn;
      try {
        const step = values.next();
        if (step.done !== true) return reader.enqueue(step.value);
      } catch (error) {
        // In this order: the reader must see the codec's error and not that of the writer.
        reader.error(error);
        return reject(error);
      }
      turn = undefined;
      resolve();
      if (isLast) return reader.close();
    }
  }

  const writable = new WritableStream<In>({
    start: (controller) => void (writer = controller),
    write: (chunk) => takeTurn(codec.push(chunk), false),
    close: () => takeTurn(codec.finish(), true),
    abort: (reason) => reader.error(reason),
  });
  const readable = new ReadableStream<Out>({
    start: (controller) => void (reader = controller),
    pull,
    cancel: (reason) => {
      writer.error(reason);
      turn?.reject(reason);
    },
  }, { highWaterMark: 0 });
  return { readable, writable };
}
