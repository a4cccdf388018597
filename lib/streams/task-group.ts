/** The tasks of one decoder or encoder, which are given up together. */
import type { DecodeAnswer, DecodeTask, EncodeAnswer, EncodeTask } from "../bzip2/block-tasks.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Runs tasks in a pool that may have others. */
export class TaskGroup {
  readonly #pool: WorkerPool;
  /** One for each task: runtimes warn of many listeners on one signal. */
  readonly #running = new Set<AbortController>();

  constructor(pool: WorkerPool) {
    this.#pool = pool;
  }

  run(task: DecodeTask): Promise<DecodeAnswer>;
  run(task: EncodeTask): Promise<EncodeAnswer>;
  async run(task: DecodeTask | EncodeTask): Promise<DecodeAnswer | EncodeAnswer> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#running.add(controller);
    try {
      return await (task.kind === "decode" ? this.#pool.run(task, { signal }) : this.#pool.run(task, { signal }));
    } finally {
      this.#running.delete(controller);
    }
  }

  /** Ends all that runs; their promises reject with the reason. */
  giveUp(reason: unknown): void {
    for (const controller of [...this.#running]) controller.abort(reason);
  }
}
