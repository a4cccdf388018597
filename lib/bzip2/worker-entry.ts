/**
 * The program of a worker: answers tasks (block-tasks.ts) that come through a port. Bundled to text by
 * tools/worker-program.ts, because a worker must start without a file of its own; see docs/decisions/040.
 */
import { type BlockAnswer, type BlockTask, BlockTaskRunner, transferables } from "./block-tasks.ts";

/** The worker's end of its port: `self` of a Web Worker, `parentPort` of a thread of Node. */
export interface WorkerPort {
  postMessage(message: WorkerReply, transfer: ArrayBuffer[]): void;
}

/** What comes back for a task: an answer, or what went wrong in the worker itself. */
export type WorkerReply = BlockAnswer | { readonly kind: "failed"; readonly message: string };

/** Makes the function that does a task and posts its answer. */
export function answerTo(port: WorkerPort): (task: BlockTask) => void {
  const runner = new BlockTaskRunner();
  handOverOnce();
  return (task) => {
    try {
      const answer = runner.run(task);
      port.postMessage(answer, transferables(answer));
    } catch (error) {
      port.postMessage({ kind: "failed", message: String(error) }, []);
    }
  };
}

/**
 * Engines compile code for memory that nobody ever handed over, and throw all of it away when it happens for the first time: which would be
 * with the first answer, when the code for blocks has just been compiled.
 */
function handOverOnce(): void {
  const buffer = new ArrayBuffer(1);
  structuredClone(buffer, { transfer: [buffer] });
}
