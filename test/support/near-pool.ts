/** A pool without threads, for properties over thousands of small files: tasks are done here, and answered late and out of order. */
import { setImmediate } from "node:timers";
import { type BlockAnswer, type BlockTask, BlockTaskRunner } from "../../lib/bzip2/block-tasks.ts";
import { makePool, type WorkerPool } from "../../lib/streams/worker-pool.ts";

/** A pool whose delays follow from the seed. */
export function nearPool(size: number, seed: number): WorkerPool {
  let state = seed;
  return makePool(size, (onReply) => {
    const runner = new BlockTaskRunner();
    let isEnded = false;
    return {
      post(task: BlockTask): void {
        const answer: BlockAnswer = runner.run(task);
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        const later = (turns: number): void => {
          if (turns > 0) setImmediate(later, turns - 1);
          else if (!isEnded) onReply(answer);
        };
        later((state >>> 24) % 4);
      },
      setBusy: () => {},
      end: () => void (isEnded = true),
    };
  });
}
