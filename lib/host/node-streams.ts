/**
 * Streams of node:stream seen as the platform's own: a readable that stands still while nobody reads, and a sink that
 * says when to wait.
 *
 * Readable.toWeb and Writable.toWeb exist, but differ between Node 20, Deno and Bun in how they end and fail.
 */
import type { Readable, Writable } from "node:stream";

/** The bytes of a Node stream. Cancelling destroys it. Its errors are passed on as they are. */
export function readableOf(source: Readable): ReadableStream<Uint8Array> {
  let isDone = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      source.on("data", (chunk: Uint8Array) => {
        if (isDone) return;
        controller.enqueue(new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength));
        if ((controller.desiredSize ?? 0) <= 0) source.pause();
      });
      const close = (): void => {
        if (!isDone) controller.close();
        isDone = true;
      };
      source.on("end", close);
      source.on("close", close);
      source.on("error", (error) => {
        if (!isDone) controller.error(error);
        isDone = true;
      });
      source.pause();
    },
    pull: () => void source.resume(),
    cancel() {
      isDone = true;
      source.destroy();
    },
  }, { highWaterMark: 0 });
}

/** A Node stream to write to, for instance the input of a program, which may stop reading at any time. */
export class ByteSink {
  readonly #target: Writable;
  #pendingBytes = 0;
  #isClosed = false;
  #hasRefused = false;
  #wake: (() => void) | undefined;
  readonly #closed: Promise<void>;

  constructor(target: Writable) {
    this.#target = target;
    this.#closed = new Promise((resolve) => {
      const close = (): void => {
        this.#isClosed = true;
        if (this.#pendingBytes > 0) this.#hasRefused = true;
        this.#wake?.();
        resolve();
      };
      target.on("error", close);
      target.on("close", close);
      target.on("drain", () => this.#wake?.());
    });
  }

  /** Whether the other side stopped reading while there were bytes for it. */
  get hasRefused(): boolean {
    return this.#hasRefused;
  }

  /**
   * Passes bytes on. Gives undefined when the next ones can come at once, else a promise to wait for. The bytes must
   * not change afterwards. Once the other side has stopped reading, bytes are dropped and `hasRefused` is true.
   */
  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#isClosed) {
      this.#hasRefused ||= bytes.byteLength > 0;
      return undefined;
    }
    this.#pendingBytes += bytes.byteLength;
    const isReady = this.#target.write(bytes, (error) => {
      if (!error) this.#pendingBytes -= bytes.byteLength;
    });
    return isReady || this.#isClosed ? undefined : new Promise((resolve) => this.#wake = resolve);
  }

  /** Resolves when all bytes are passed on, or the other side stopped reading. */
  async end(): Promise<void> {
    if (!this.#isClosed) this.#target.end();
    await this.#closed;
  }

  /** Closes without passing on what is still waiting. */
  destroy(): void {
    this.#target.destroy();
  }
}
