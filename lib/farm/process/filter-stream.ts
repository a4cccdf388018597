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
  let output!: ReadableStreamDefaultController<Uint8Array>;
  let wake: () => void = () => {};
  let isLeft = false;
  const filter = new CommandFilter([through], {
    write(bytes) {
      if (isLeft) return undefined;
      output.enqueue(bytes);
      return (output.desiredSize ?? 0) > 0 ? undefined : new Promise((resolve) => wake = resolve);
    },
  }, options);
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      output = controller;
    },
    pull: () => wake(),
    async cancel() {
      isLeft = true;
      wake();
      await filter.abort();
    },
  }, { highWaterMark: 0 });
  const writable = new WritableStream<Uint8Array>({
    start(controller) {
      filter.failure().then((error) => {
        if (error !== undefined) controller.error(error);
        if (isLeft) return;
        if (error === undefined) output.close();
        else output.error(error);
      });
    },
    write: (chunk) => filter.write(chunk),
    close: () => filter.end(),
    async abort() {
      wake();
      await filter.abort();
    },
  });
  return { readable, writable };
}
