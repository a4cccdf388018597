/**
 * A codec that works ahead in workers → a pair of streams.
 *
 * The writing side goes on as long as the codec has room; the reading side gets one value for each pull, in order. An
 * error comes after the last good value, and what still runs is given up then, as on abort and cancel.
 *
 *     write → take, take … waits for room                pull → next … waits for a change → enqueue
 */

/** What turns chunks into values, partly somewhere else. */
export interface AheadCodec<Out> {
  /** Whether it wants more input before values are read. */
  readonly hasRoom: boolean;
  /** Takes input. The chunk is the caller's: what is wanted later must be copied. */
  take(chunk: Uint8Array): void;
  /** Says that the input is complete. */
  end(): void;
  /** The next value, "wait" for a change or more input, or "done". Throws what is wrong with the input. */
  next(): Out | "wait" | "done";
  /** Gives up what still runs. */
  giveUp(reason: unknown): void;
}

/** Input goes to the codec in pieces of at most so many bytes: a huge chunk must not undo the limit on what is ahead. */
const PIECE_BYTES = 32 * 1024;

/** Makes the two streams. `makeCodec` gets the function to call when something has changed that `next` waits for. */
export function aheadPair<Out>(
  makeCodec: (onChange: () => void) => AheadCodec<Out>,
): ReadableWritablePair<Out, Uint8Array> {
  const pump = new AheadPump(makeCodec);
  const writable = new WritableStream<Uint8Array>({
    start: (controller) => pump.setWriter(controller),
    write: (chunk) => pump.write(chunk),
    close: () => pump.close(),
    abort: (reason) => void pump.abort(reason),
  });
  const readable = new ReadableStream<Out>({
    start: (controller) => pump.setReader(controller),
    pull: () => pump.pull(),
    cancel: (reason) => pump.cancel(reason),
  }, { highWaterMark: 0 });
  return { readable, writable };
}

class AheadPump<Out> {
  readonly #codec: AheadCodec<Out>;
  #reader: ReadableStreamDefaultController<Out> | undefined;
  #writer: WritableStreamDefaultController | undefined;
  #wakeWriter: () => void = nothing;
  #wakeReader: () => void = nothing;
  #failure: { readonly reason: unknown } | undefined;
  #isDone = false;

  constructor(makeCodec: (onChange: () => void) => AheadCodec<Out>) {
    this.#codec = makeCodec(() => this.#wakeReader());
  }

  setReader(controller: ReadableStreamDefaultController<Out>): void {
    this.#reader = controller;
  }

  setWriter(controller: WritableStreamDefaultController): void {
    this.#writer = controller;
    // A write that waits for room would hold an abort up.
    controller.signal?.addEventListener("abort", () => this.#fail(controller.signal.reason));
  }

  async write(chunk: Uint8Array): Promise<void> {
    // By tag and not by class, for arrays of another realm.
    if (chunk?.[Symbol.toStringTag] !== "Uint8Array") throw this.abort(new TypeError("A chunk must be a Uint8Array"));
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      while (!this.#codec.hasRoom && this.#failure === undefined) await this.#readerChange();
      if (this.#failure !== undefined) throw this.#failure.reason;
      this.#codec.take(chunk.subarray(start, start + PIECE_BYTES));
      this.#wakeReader();
    }
  }

  /** Done when all values have been read. */
  async close(): Promise<void> {
    this.#codec.end();
    this.#wakeReader();
    while (!this.#isDone && this.#failure === undefined) await this.#readerChange();
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  async pull(): Promise<void> {
    const reader = this.#reader!;
    for (;;) {
      if (this.#failure !== undefined) return;
      let value: Out | "wait" | "done";
      try {
        value = this.#codec.next();
      } catch (error) {
        reader.error(error);
        this.#writer!.error(error);
        return this.#fail(error);
      }
      this.#isDone = value === "done";
      // What was read may have made room.
      this.#wakeWriter();
      if (value === "done") return reader.close();
      if (value !== "wait") return reader.enqueue(value);
      await new Promise<void>((resolve) => this.#wakeReader = resolve);
      this.#wakeReader = nothing;
    }
  }

  abort(reason: unknown): unknown {
    this.#reader!.error(reason);
    this.#fail(reason);
    return reason;
  }

  cancel(reason: unknown): void {
    this.#writer!.error(reason);
    this.#fail(reason);
  }

  #fail(reason: unknown): void {
    if (this.#failure !== undefined || this.#isDone) return;
    this.#failure = { reason };
    this.#codec.giveUp(reason);
    this.#wakeReader();
    this.#wakeWriter();
  }

  async #readerChange(): Promise<void> {
    await new Promise<void>((resolve) => this.#wakeWriter = resolve);
    this.#wakeWriter = nothing;
  }
}

function nothing(): void {}
