/**
 * One worker: dumps the wiki that is named, or the first in the order of need that nobody else is dumping.
 */
import { isWikidumpError, JobError, LockError } from "../../errors.ts";
import type { WikidumpError } from "../../errors.ts";
import type { FarmConfig } from "../config/farm-config.ts";
import { initialStatus } from "./initial-status.ts";
import { selectJobs } from "./job-selection.ts";
import { runWiki } from "./run.ts";
import type { RunOptions, RunOutcome } from "./run-options.ts";
import { isDue, orderByNeed, readHistory } from "../selection.ts";
import type { WikiHistory } from "../selection.ts";
import { planLines } from "./plan-lines.ts";
import { resolveDate } from "./resolve-date.ts";
import { RunPlan } from "./run-plan.ts";
import { makeWiki } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import { tellAdministrator } from "../tell-administrator.ts";
import { readWikiLists } from "../wiki-lists.ts";
import type { WikiLists } from "../wiki-lists.ts";

/** `date`: YYYYMMDD, or "last" for the date of the wiki's latest run (today if there is none). */
export interface WorkerOptions extends Omit<RunOptions, "date" | "log"> {
  readonly date: string;
  readonly today: Date;
  /** YYYYMMDD: wikis with a run of this date or later are left out, unless it was aborted. */
  readonly cutoff: string | undefined;
  /** As it was given on the command line, for the mail about a failed run. */
  readonly configfile: string | undefined;
  /** Makes the log of a run; it gets every line. */
  readonly logFor: (wiki: Wiki, date: string) => (line: string) => void;
  /** A plan also shows the commands that would be run. */
  readonly showsCommands?: boolean;
}

/** What automatic choice came to: a run, or the reason why there was none. */
export type WorkerOutcome = RunOutcome | { readonly nothingToDo: string };

export class FarmWorker {
  readonly #config: FarmConfig;
  readonly #lists: WikiLists;

  /** Used by `open`. */
  private constructor(config: FarmConfig, lists: WikiLists) {
    this.#config = config;
    this.#lists = lists;
  }

  /** Reads the lists of wikis. Throws SourceError for one that cannot be read. */
  static async open(config: FarmConfig): Promise<FarmWorker> {
    return new FarmWorker(config, await readWikiLists(config.forWiki()));
  }

  /** The wiki of that name. Throws JobError UNKNOWN_WIKI for one that the lists do not have. */
  wiki(name: string): Wiki {
    const entry = this.#lists.wikis.find((wiki) => wiki.name === name);
    if (entry === undefined) {
      throw new JobError("UNKNOWN_WIKI", `There is no wiki ${name} in the farm`, { wiki: name }, {
        remedy: "Check the name, and that dblist has it and skipdblist does not",
      });
    }
    return makeWiki(name, this.#config.forWiki(name), entry);
  }

  /** Dumps a wiki. What fails after the run has begun, the administrator hears by mail. */
  async dump(wiki: Wiki, options: WorkerOptions): Promise<RunOutcome> {
    const date = await resolveDate(wiki, options);
    const log = options.logFor(wiki, date);
    const run = { wiki, date, failures: new Map<string, unknown>(), stoppedBy: undefined };
    const telling = { configfile: options.configfile, secrets: this.#config.secrets, log };
    let hasBegun = false;
    const onBegin = (): void => {
      hasBegun = true;
      options.onBegin?.();
    };
    try {
      const outcome = await runWiki(wiki, { ...options, date, log, onBegin });
      await tellAdministrator({ ...run, failures: outcome.failures }, telling);
      return outcome;
    } catch (error) {
      if (hasBegun) await tellAdministrator({ ...run, stoppedBy: error }, telling);
      throw error;
    }
  }

  /**
   * Dumps the first wiki in the order of need whose run can begin. One with something in its way is told of, and never keeps
   * the others from being dumped; if all that are left are such, this throws what is in the way of the first.
   */
  async dumpNext(options: WorkerOptions): Promise<WorkerOutcome> {
    const candidates = await this.#candidates(options);
    let locked = 0;
    let obstacle: WikidumpError | undefined;
    for (const { wiki } of candidates) {
      options.signal.throwIfAborted();
      const outcome = await this.#attempt(wiki, options);
      if (!isWikidumpError(outcome)) return outcome;
      if (outcome instanceof LockError && outcome.code === "HELD") {
        locked++;
        continue;
      }
      options.logFor(wiki, await resolveDate(wiki, options))(`Not dumped: ${outcome.message}`);
      obstacle ??= outcome;
    }
    if (obstacle !== undefined) throw obstacle;
    const total = this.#lists.wikis.length;
    const rest = total - candidates.length;
    return {
      nothingToDo: `No wiki to dump: of ${total}, ${locked} are locked by other workers and ${rest} are not due`,
    };
  }

  /** What a run would do, one line each. Writes nothing. */
  async plan(wiki: Wiki, options: WorkerOptions): Promise<readonly string[]> {
    const date = await resolveDate(wiki, options);
    const plan = await RunPlan.open(wiki, date, { ...options, log: () => undefined });
    const { jobs: known } = await initialStatus(wiki, date, plan);
    const stateOf = (name: string) => known.find((job) => job.name === name)!;
    const jobs = selectJobs(plan.jobs, options.selection, stateOf);
    const head = `Would dump ${wiki.name} on ${date} from ${plan.source.description}`;
    return [head, ...await planLines(plan, jobs, options)];
  }

  /** The outcome of a run, or the error for which it could not begin. */
  async #attempt(wiki: Wiki, options: WorkerOptions): Promise<RunOutcome | WikidumpError> {
    let hasBegun = false;
    try {
      return await this.dump(wiki, { ...options, onBegin: () => hasBegun = true });
    } catch (error) {
      if (hasBegun || !isWikidumpError(error) || error.code === "MAINTENANCE") throw error;
      return error;
    }
  }

  async #candidates(options: WorkerOptions): Promise<readonly WikiHistory[]> {
    const wikis = this.#lists.wikis.map(({ name }) => this.wiki(name));
    const histories = await Promise.all(wikis.map((wiki) => readHistory(wiki, options.today)));
    const ordered = this.#config.forWiki().misc.fixeddumporder ? histories : orderByNeed(histories);
    return ordered.filter((history) => {
      if (options.cutoff !== undefined && !isDue(history, options.cutoff)) return false;
      const isSameRun = options.date === "last" || history.latestDate === options.date;
      return !(options.selection.skipsDone && isSameRun && history.isComplete);
    });
  }
}
