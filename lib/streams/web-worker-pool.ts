/** A pool of Web Workers, for browsers and whatever else has `Worker` as a global. Their program is a Blob: no file is fetched. */
import { transferables } from "../bzip2/block-tasks.ts";
import type { WorkerReply } from "../bzip2/worker-entry.ts";
import { makePool, type WorkerPool } from "./worker-pool.ts";
import { WORKER_PROGRAM } from "./worker-program.ts";

/** How many workers. */
export interface WebWorkerPoolOptions {
  /**
   * The most workers that run at a time.
   *
   * @default {navigator.hardwareConcurrency}
   */
  readonly size?: number;
}

const BOOT = "\nself.onmessage=((answer)=>(event)=>answer(event.data))(wikidumpWorker.answerTo(self));";

/**
 * Makes a pool of Web Workers. Pages with a content security policy must allow `worker-src blob:`.
 *
 * @throws {RangeError} if the size is not a whole number of at least 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compress, createWebWorkerPool, parallelBzip2Decoder } from "wikidump";
 *
 * // Where there are no Web Workers (Node), `createWorkerPool` of "wikidump/node" makes the pool.
 * if (typeof Worker === "function") {
 *   const pool = createWebWorkerPool({ size: 2 });
 *   const file = new Blob([compress(new TextEncoder().encode("some text"))]);
 *   const plain = file.stream().pipeThrough(parallelBzip2Decoder(pool));
 *   assert.equal(await new Response(plain).text(), "some text");
 *   await pool.close();
 * }
 * ```
 */
export function createWebWorkerPool(options: WebWorkerPoolOptions = {}): WorkerPool {
  const { size = navigator.hardwareConcurrency } = options;
  return makePool(size, (onReply, onEnd) => {
    const address = URL.createObjectURL(new Blob([WORKER_PROGRAM, BOOT], { type: "text/javascript" }));
    const worker = new Worker(address, { name: "wikidump", type: "module" });
    // The worker has its program once it has said something.
    const forget = (): void => URL.revokeObjectURL(address);
    worker.onmessage = (event: MessageEvent<WorkerReply>): void => (forget(), onReply(event.data));
    worker.onmessageerror = (): void => onEnd("its answer could not be read");
    worker.onerror = (event: ErrorEvent): void => {
      event.preventDefault();
      onEnd(event.message ?? "its program could not start");
    };
    return {
      post: (task) => worker.postMessage(task, transferables(task)),
      setBusy: () => {},
      end: (): void => (forget(), worker.terminate()),
    };
  });
}
