/** Does one piece of a task job: its files are whole and verified before they get their names. */
import { isWikidumpError } from "../../errors.ts";
import type { PieceFiles, TaskContext, TaskJob } from "../jobs/job.ts";
import type { TrackedPiece } from "./tracked-job.ts";
import type { UnitOptions } from "./unit-options.ts";

/** What a task is given beside what its piece says. */
export type TaskSurroundings = Pick<TaskContext, "source" | "settings" | "pool" | "filesOf">;

/** Runs the task. Throws only what must end the whole run: the signal's reason, a lost lock. */
export async function runTaskUnit(
  tracked: TrackedPiece,
  surroundings: TaskSurroundings,
  options: UnitOptions,
): Promise<void> {
  const { signal, state, output } = options;
  const { job, piece } = tracked;
  let files: PieceFiles | undefined;
  try {
    // The choice of units puts no other jobs here.
    files = await (job.definition as TaskJob).run({
      ...output,
      ...surroundings,
      piece,
      signal,
      onProgress: (line) => state.changeJob(job.name, { progress: line }),
      onNotice: (line) => job.notices = [...job.notices, line],
    });
    await options.publish(tracked, files);
  } catch (error) {
    signal.throwIfAborted();
    if (isWikidumpError(error) && error.code === "LOST") throw error;
    options.onFailure(tracked, error);
  } finally {
    await files?.discard().catch(() => undefined);
  }
}
