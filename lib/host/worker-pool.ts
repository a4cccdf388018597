/** A pool of threads, for Node, Deno and Bun. Their program is a string in a data: URL; see docs/decisions/040. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { transferables } from "../bzip2/block-tasks.ts";
import type { WorkerReply } from "../bzip2/worker-entry.ts";
import { makePool, type WorkerPool } from "../streams/worker-pool.ts";
import { WORKER_PROGRAM } from "../streams/worker-program.ts";
import { remindOfSmallHeap } from "./small-heap.ts";

/** How many threads. */
export interface WorkerPoolOptions {
  /**
   * The most threads that run at a time.
   *
   * @default {the number of processors that this process may use}
   */
  readonly size?: number;
}

/**
 * A thread's heap of JavaScript holds little (6 MB in Node): its blocks are in buffers. But V8 looks for buffers that are no longer used only
 * when heap and buffers come near to half of what the heap may have; see docs/decisions/073. In Deno a thread has more than that when
 * it starts, and stands still for ever.
 */
const HEAP_LIMITS = "Deno" in globalThis ? {} : { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32 };
const BOOT = `
import { parentPort } from "node:worker_threads";
parentPort.on("message", wikidumpWorker.answerTo(parentPort));`;

/** Made when the first thread starts: most programs that import this never start one. */
let programUrl: URL | undefined;

/**
 * Makes a pool of threads for `parallelBzip2Decoder` and `parallelBzip2Encoder`.
 *
 * Threads start when there is work. Idle ones do not keep the process; `close` ends them.
 *
 * @throws {RangeError} if the size is not a whole number of at least 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createWorkerPool } from "./worker-pool.ts";
 * import { parallelBzip2Encoder } from "../streams/parallel-encoder.ts";
 * import { parallelBzip2Decoder } from "../streams/parallel-decoder.ts";
 *
 * const pool = createWorkerPool({ size: 2 });
 * const packed = new Blob(["some text"]).stream().pipeThrough(parallelBzip2Encoder(pool));
 * const plain = packed.pipeThrough(parallelBzip2Decoder(pool));
 * assert.equal(await new Response(plain).text(), "some text");
 * await pool.close();
 * ```
 */
export function createWorkerPool(options: WorkerPoolOptions = {}): WorkerPool {
  const { size = availableParallelism() } = options;
  return makePool(size, (onReply, onEnd) => {
    programUrl ??= new URL(`data:text/javascript,${encodeURIComponent(WORKER_PROGRAM + BOOT)}`);
    const worker = new Worker(programUrl, {
      name: "wikidump-blocks",
      // The parent's flags may name loaders (tsx) that a thread of plain JavaScript does not need.
      execArgv: [],
      resourceLimits: HEAP_LIMITS,
      // Else Node opens the process's own streams for the thread, and a pipe at stdout no longer blocks: writeSync fails.
      stdout: true,
      stderr: true,
    });
    worker.on("message", (reply: WorkerReply) => onReply(reply));
    worker.on("online", remindOfSmallHeap);
    worker.on("error", onEnd);
    worker.on("exit", (exitCode) => onEnd(new Error(`it ended with exit code ${exitCode}`)));
    worker.unref();
    return {
      post: (task) => worker.postMessage(task, transferables(task)),
      setBusy: (isBusy) => isBusy ? worker.ref() : worker.unref(),
      async end(): Promise<void> {
        await worker.terminate();
      },
    };
  });
}
