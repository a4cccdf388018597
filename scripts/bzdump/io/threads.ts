/**
 * The threads of one command line: one pool for all its files, and the choice of which files are worth it.
 */
import { availableParallelism } from "node:os";
import type { OptionSpec } from "../../../lib/cli/options.ts";
import { keepHeapSmall } from "../../../lib/host/small-heap.ts";
import { createWorkerPool } from "../../../lib/host/worker-pool.ts";
import type { WorkerPool } from "../../../lib/streams/worker-pool.ts";

/** -n, as lbzip2 calls it: -p of pbzip2 has another meaning elsewhere in bzdump, and no other tool for bzip2 knows -T. */
export const THREADS_OPTION = {
  kind: "integer",
  short: "n",
  min: 1,
  text: "work in N threads; 1 is none beside the main one. Without it: one for each processor, up to 8, for big files",
} as const satisfies OptionSpec;

/** One thread hands out the work and writes: more than so many do not make it faster, but take memory. */
const MOST_THREADS = 8;

/** Gives a pool to the files that are worth it. Nothing starts before there is work. */
export class Threads {
  readonly #wanted: number | undefined;
  readonly #smallestByteLength: number;
  #pool: WorkerPool | undefined;

  /** `smallestByteLength`: files below it are done sooner than threads are warm. Does not matter when a number was asked for. */
  constructor(wanted: number | undefined, smallestByteLength: number) {
    this.#wanted = wanted;
    this.#smallestByteLength = smallestByteLength;
  }

  /** The pool for input of this length; undefined if one thread does it. A length that nobody knows may be big. */
  poolFor(byteLength: number | undefined): WorkerPool | undefined {
    const size = this.#wanted ?? Math.min(MOST_THREADS, availableParallelism());
    if (size === 1) return undefined;
    if (this.#wanted === undefined && byteLength !== undefined && byteLength < this.#smallestByteLength) {
      return undefined;
    }
    // Threads take memory enough.
    if (this.#pool === undefined) keepHeapSmall();
    return this.#pool ??= createWorkerPool({ size });
  }

  /** Ends the threads; call it however the work ended. */
  async close(): Promise<void> {
    await this.#pool?.close();
  }
}

/** Does work that uses threads, and ends them: after an error, a signal, or a reader that left, too. */
export async function withThreads<T>(threads: Threads, work: (threads: Threads) => Promise<T>): Promise<T> {
  try {
    return await work(threads);
  } finally {
    await threads.close();
  }
}
