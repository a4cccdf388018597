/**
 * A stream that is fed by pushing, for the input of a pipeline.
 */

/** Push bytes at one end, read a stream at the other. */
export class InputQueue {
  readonly stream: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #isCancelled = false;
  #isEnded = false;
  #wake: (() => void) | undefined;
  #room: Promise<void> | undefined;

  constructor() {
    this.stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#wakeWriter(),
      cancel: () => {
        this.#isCancelled = true;
        this.#wakeWriter();
      },
    }, { highWaterMark: 2 });
  }

  /** Undefined when there is room for more; else a promise, which tells whether the reader is still there. */
  push(bytes: Uint8Array): Promise<boolean> | undefined {
    if (this.#isCancelled || this.#isEnded) return Promise.resolve(false);
    this.#controller.enqueue(bytes);
    if ((this.#controller.desiredSize ?? 0) > 0) return undefined;
    this.#room ??= new Promise((resolve) => this.#wake = resolve);
    return this.#room.then(() => !this.#isCancelled);
  }

  /** The reader gets what is left, then the end. */
  end(): void {
    if (this.#isCancelled || this.#isEnded) return;
    this.#isEnded = true;
    this.#controller.close();
  }

  #wakeWriter(): void {
    this.#wake?.();
    this.#wake = undefined;
    this.#room = undefined;
  }
}
