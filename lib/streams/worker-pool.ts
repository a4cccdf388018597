/**
 * Workers that decode and encode blocks: the interface, and what all pools share. How a worker starts is the host's business:
 * lib/host/worker-pool.ts (threads), web-worker-pool.ts (browsers).
 *
 *     run(task) → queue → a free worker, started when there is none → answer
 */
import type { BlockTask, DecodeAnswer, DecodeTask, EncodeAnswer, EncodeTask } from "../bzip2/block-tasks.ts";
import type { WorkerReply } from "../bzip2/worker-entry.ts";
import { WorkerError } from "./worker-error.ts";

/** Options of `WorkerPool.run`. */
export interface RunOptions {
  /** Gives the task up: it leaves the queue, or the worker that does it is ended. */
  readonly signal?: AbortSignal | undefined;
}

/** A number of workers. Can be shared by any number of decoders and encoders. */
export interface WorkerPool {
  /** The most workers that run at a time. They start when there is work. */
  readonly size: number;
  /** Does a task in a worker. Its buffers are handed over. Rejects with `WorkerError`, or the reason of the signal. */
  run(task: DecodeTask, options?: RunOptions): Promise<DecodeAnswer>;
  run(task: EncodeTask, options?: RunOptions): Promise<EncodeAnswer>;
  /** Ends all workers; what is not done yet fails. */
  close(): Promise<void>;
}

/** A running worker, as a host gives it. */
export interface WorkerHandle {
  post(task: BlockTask): void;
  /** Whether the process must stay for this worker's sake. */
  setBusy(isBusy: boolean): void;
  end(): void | Promise<void>;
}

/** Starts a worker; `onReply` is called for each reply, `onEnd` when it ends by itself. */
export type StartWorker = (onReply: (reply: WorkerReply) => void, onEnd: (why: unknown) => void) => WorkerHandle;

/** A pool of workers that a host starts. */
export function makePool(size: number, start: StartWorker): WorkerPool {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`A pool has at least one worker, not ${size}`);
  return new Pool(size, start);
}

interface Job {
  readonly task: BlockTask;
  readonly resolve: (answer: DecodeAnswer | EncodeAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

/** A worker and what it does now. */
interface Slot {
  handle: WorkerHandle | undefined;
  job: Job | undefined;
}

class Pool implements WorkerPool {
  readonly size: number;
  readonly #start: StartWorker;
  readonly #slots: Slot[] = [];
  #queue: Job[] = [];
  #isClosed = false;

  constructor(size: number, start: StartWorker) {
    this.size = size;
    this.#start = start;
  }

  run(task: DecodeTask, options?: RunOptions): Promise<DecodeAnswer>;
  run(task: EncodeTask, options?: RunOptions): Promise<EncodeAnswer>;
  run(task: BlockTask, { signal }: RunOptions = {}): Promise<DecodeAnswer | EncodeAnswer> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#isClosed) throw new WorkerError("CLOSED", "The pool of workers is closed");
      const onAbort = (): void => this.#giveUp(job, signal!.reason);
      const forget = (): void => signal?.removeEventListener("abort", onAbort);
      const job: Job = {
        task,
        resolve: (answer) => (forget(), resolve(answer)),
        reject: (reason) => (forget(), reject(reason)),
      };
      signal?.addEventListener("abort", onAbort);
      this.#queue.push(job);
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const reason = new WorkerError("CLOSED", "The pool of workers was closed");
    const waiting = this.#queue;
    this.#queue = [];
    const slots = this.#slots.splice(0);
    for (const job of waiting) job.reject(reason);
    for (const { job } of slots) job?.reject(reason);
    await Promise.all(slots.map(({ handle }) => handle?.end()));
  }

  /** Gives the first job that waits to a worker that is free. */
  #next(): void {
    while (this.#queue.length > 0) {
      const slot = this.#slots.find(({ job }) => job === undefined) ?? this.#open();
      if (slot === undefined) return;
      const job = this.#queue.shift()!;
      slot.job = job;
      try {
        slot.handle ??= this.#startFor(slot);
        slot.handle.setBusy(true);
        slot.handle.post(job.task);
      } catch (cause) {
        this.#lose(slot, cause);
      }
    }
  }

  #open(): Slot | undefined {
    if (this.#slots.length === this.size) return undefined;
    const slot: Slot = { handle: undefined, job: undefined };
    this.#slots.push(slot);
    return slot;
  }

  #startFor(slot: Slot): WorkerHandle {
    return this.#start((reply) => this.#take(slot, reply), (why) => this.#lose(slot, why));
  }

  #take(slot: Slot, reply: WorkerReply): void {
    const { job } = slot;
    if (job === undefined || !this.#slots.includes(slot)) return;
    slot.job = undefined;
    slot.handle!.setBusy(false);
    if (reply.kind === "failed") job.reject(new WorkerError("FAILED", `A worker failed: ${reply.message}`));
    else job.resolve(reply);
    this.#next();
  }

  /** A worker has ended that should not have. */
  #lose(slot: Slot, cause: unknown): void {
    if (!this.#remove(slot)) return;
    const why = cause instanceof Error ? cause.message : String(cause);
    slot.job?.reject(new WorkerError("ENDED", `A worker ended: ${why}`, { cause }));
    void slot.handle?.end();
    this.#next();
  }

  #giveUp(job: Job, reason: unknown): void {
    this.#queue = this.#queue.filter((other) => other !== job);
    const slot = this.#slots.find((other) => other.job === job);
    if (slot !== undefined) {
      this.#remove(slot);
      void slot.handle?.end();
    }
    job.reject(reason);
    this.#next();
  }

  #remove(slot: Slot): boolean {
    const at = this.#slots.indexOf(slot);
    if (at >= 0) this.#slots.splice(at, 1);
    return at >= 0;
  }
}
