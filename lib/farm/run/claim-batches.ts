/** Which wiki a worker helps with that only claims batches: the one that is named, or the one with the most of them waiting. */
import type { FarmConfig } from "../config/farm-config.ts";
import { isWikidumpError } from "../../errors.ts";
import type { WikidumpError } from "../../errors.ts";
import { makeWiki } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import { readWikiLists } from "../wiki-lists.ts";
import { neediestBatches } from "./neediest-batches.ts";
import { resolveDate } from "./resolve-date.ts";
import { type BatchesOutcome, type BatchOptions, runBatches } from "./run-batches.ts";
import type { WorkerOptions } from "./worker.ts";

export interface ClaimingOptions extends Omit<BatchOptions, "date" | "log"> {
  /** YYYYMMDD, or "last": of each wiki its latest run. */
  readonly date: string;
  readonly today: Date;
  /** Makes the log of a wiki; it gets every line. */
  readonly logFor: WorkerOptions["logFor"];
}

/** Does batches of a wiki's run that another worker has. */
export async function claimBatches(wiki: Wiki, options: ClaimingOptions): Promise<BatchesOutcome> {
  const date = await resolveDate(wiki, options);
  return await runBatches(wiki, { ...options, date, log: options.logFor(wiki, date) });
}

/**
 * Does batches of the wiki of the farm that has the most of them waiting; of the next one where others were quicker, or where something
 * is in the way. If that is so everywhere, throws what is in the way of the first.
 */
export async function claimNeediest(config: FarmConfig, options: ClaimingOptions): Promise<BatchesOutcome> {
  const { wikis: listed } = await readWikiLists(config.forWiki());
  const wikis = listed.map((entry) => makeWiki(entry.name, config.forWiki(entry.name), entry));
  const waiting = await neediestBatches(wikis, {
    job: options.job,
    dateOf: (wiki) => resolveDate(wiki, options),
    onProblem: (wiki, date, message) => options.logFor(wiki, date)(message),
  });
  let obstacle: WikidumpError | undefined;
  for (const { wiki, date } of waiting) {
    try {
      const outcome = await claimBatches(wiki, { ...options, date });
      if (outcome.nothingToDo === undefined) return outcome;
    } catch (error) {
      options.signal.throwIfAborted();
      if (!isWikidumpError(error) || error.code === "MAINTENANCE") throw error;
      options.logFor(wiki, date)(`No batches are done: ${error.message}`);
      obstacle ??= error;
    }
  }
  if (obstacle !== undefined) throw obstacle;
  const nothingToDo = `No batches of ${options.job} wait for a worker, in any of ${wikis.length} wikis`;
  return { batchesDone: 0, failures: [], nothingToDo };
}
