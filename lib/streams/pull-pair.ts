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
 * aborting the writable side fails the readable side: at once, also while a write waits for a reader who does not come.
 * (A pipe whose source fails waits for that write before it aborts, so the good values come out first.)
 */
export function pullPair<In, Out>(codec: PushCodec<In, Out>): ReadableWritablePair<Out, In> {
  const pump = new Pump<Out>();
  const writable = new WritableStream<In>({
    start: (controller) => pump.setWriter(controller),
    write: (chunk) => pump.take(() => codec.push(chunk), false),
    close: () => pump.take(() => codec.finish(), true),
    abort: (reason) => pump.abort(reason),
  });
  const readable = new ReadableStream<Out>({
    start: (controller) => pump.setReader(controller),
    pull: () => pump.pull(),
    cancel: (reason) => pump.cancel(reason),
  }, { highWaterMark: 0 });
  return { readable, writable };
}

/** Hands values from the writing to the reading side, one for each pull. */
class Pump<Out> {
  #reader: ReadableStreamDefaultController<Out> | undefined;
  #writer: WritableStreamDefaultController | undefined;
  #turn: Turn<Out> | undefined;
  /** Wakes a `pull` that waits for a turn. */
  #wake: (() => void) | undefined;

  setReader(controller: ReadableStreamDefaultController<Out>): void {
    this.#reader = controller;
  }

  setWriter(controller: WritableStreamDefaultController): void {
    this.#writer = controller;
    // `abort` of the sink is only called when no write is under way; the signal does not wait.
    const signal: AbortSignal | undefined = controller.signal;
    signal?.addEventListener("abort", () => this.abort(signal.reason), { once: true });
  }

  /** The writer's turn: done when all values have been read. */
  take(begin: () => Iterator<Out, unknown, undefined>, isLast: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      try {
        this.#turn = { values: begin(), isLast, resolve, reject };
      } catch (error) {
        this.#reader!.error(error);
        return reject(error);
      }
      this.#wake?.();
    });
  }

  async pull(): Promise<void> {
    for (;;) {
      while (this.#turn === undefined) {
        await new Promise<void>((resolve) => this.#wake = resolve);
        this.#wake = undefined;
      }
      const { values, isLast, resolve, reject } = this.#turn;
      try {
        const step = values.next();
        if (step.done !== true) return this.#reader!.enqueue(step.value);
      } catch (error) {
        // In this order: the reader must see the codec's error and not that of the writer.
        this.#reader!.error(error);
        return reject(error);
      }
      this.#turn = undefined;
      resolve();
      if (isLast) return this.#reader!.close();
    }
  }

  abort(reason: unknown): void {
    this.#reader!.error(reason);
    this.#turn?.reject(reason);
    this.#turn = undefined;
  }

  cancel(reason: unknown): void {
    this.#writer!.error(reason);
    this.#turn?.reject(reason);
  }
}
