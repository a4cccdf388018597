/** Runs a task that makes files out of files, with the programs and threads that the configuration gives it. */
import type { PieceFiles, TaskContext } from "./job.ts";
import type { FileTask } from "./recombine/file-task.ts";
import type { PackingTools } from "./recombine/packing-tools.ts";

/** The task's files, verified and not yet published. */
export async function runFileTask(context: TaskContext, make: (tools: PackingTools) => FileTask): Promise<PieceFiles> {
  const { settings, pool, signal, onProgress } = context;
  const task = make({
    bzip2: settings.tools.bzip2,
    lbzip2: settings.tools.lbzip2,
    lbzip2Threads: settings.chunks.lbzip2threads,
    sevenzip: settings.tools.sevenzip,
    pool,
  });
  return await task.run({
    signal,
    onProgress: ({ bytesRead, bytesTotal }) => onProgress(`${Math.floor(100 * bytesRead / bytesTotal)} % read`),
  });
}
