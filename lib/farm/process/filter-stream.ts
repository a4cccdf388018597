/**
 * A command as a pair of streams, for `pipeThrough`: plain bytes in, compressed bytes out.
 */
import type { Command } from "./command.ts";
import { CommandFilter, type FilterOptions } from "./command-filter.ts";

/**
 * Starts a command and gives its input and output. When it fails, both sides fail with its `CommandError`: the output
 * of a compressor that died never looks whole.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { command, filterStream } from "wikidump/node";
 *
 * const text = new Blob(["quiet"]).stream().pipeThrough(filterStream(command("tr", "a-z", "A-Z")));
 * assert.equal(await new Response(text).text(), "QUIET");
 * ```
 */
export function filterStream(
  through: Command,
  options: FilterOptions = {},
): ReadableWritablePair<Uint8Array, Uint8Array> {
  const output = new FilterOutput();
  const filter = new CommandFilter([through], output, options);
  const abort = async (): Promise<void> => {
    output.wake();
    await filter.abort();
  };
  const readable = new ReadableStream<Uint8Array>({
    start: (controller) => output.open(controller),
    pull: () => output.wake(),
    async cancel() {
      output.leave();
      await abort();
    },
  }, { highWaterMark: 0 });
  const writable = new WritableStream<Uint8Array>({
    start(controller) {
      filter.failure().then((error) => {
        if (error !== undefined) controller.error(error);
        output.finish(error);
      });
    },
    write: (chunk) => filter.write(chunk),
    close: () => filter.end(),
    abort,
  });
  return { readable, writable };
}

/** What comes out of the command, on its way to the reader. */
class FilterOutput {
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #wake: () => void = () => {};
  #isLeft = false;

  open(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
  }

  /** Lets a waiting writer go on. */
  wake(): void {
    this.#wake();
  }

  /** The reader has gone: what still comes is for nobody. */
  leave(): void {
    this.#isLeft = true;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#isLeft) return undefined;
    this.#controller.enqueue(bytes);
    return (this.#controller.desiredSize ?? 0) > 0 ? undefined : new Promise((resolve) => this.#wake = resolve);
  }

  finish(error: Error | undefined): void {
    if (this.#isLeft) return;
    if (error === undefined) this.#controller.close();
    else this.#controller.error(error);
  }
}
