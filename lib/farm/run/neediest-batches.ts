/** The wikis of a farm whose batches wait for workers, the one with the most of them first. */
import { isFree } from "../batches/batch.ts";
import { batchesOf } from "../batches-of.ts";
import { isWikidumpError } from "../../errors.ts";
import type { Wiki } from "../wiki.ts";

export interface WaitingBatches {
  readonly wiki: Wiki;
  /** YYYYMMDD. */
  readonly date: string;
  readonly count: number;
}

export interface NeediestOptions {
  readonly job: string;
  /** The date of each wiki's run. */
  readonly dateOf: (wiki: Wiki) => Promise<string>;
  /** Told of a wiki whose batches cannot be read. */
  readonly onProblem: (wiki: Wiki, date: string, message: string) => void;
}

/** Wikis with batches that nobody has; equals in the order of the farm. */
export async function neediestBatches(
  wikis: readonly Wiki[],
  options: NeediestOptions,
): Promise<readonly WaitingBatches[]> {
  const waiting: WaitingBatches[] = [];
  for (const wiki of wikis) {
    const date = await options.dateOf(wiki);
    const count = await countFree(wiki, date, options);
    if (count > 0) waiting.push({ wiki, date, count });
  }
  return waiting.sort((a, b) => b.count - a.count);
}

async function countFree(wiki: Wiki, date: string, { job, onProblem }: NeediestOptions): Promise<number> {
  try {
    return (await batchesOf(wiki, date, job).read())?.filter(isFree).length ?? 0;
  } catch (error) {
    if (!isWikidumpError(error)) throw error;
    onProblem(wiki, date, error.message);
    return 0;
  }
}
