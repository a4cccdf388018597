/**
 * What a run consists of: the source of the wiki's content, the jobs, and how their files are cut.
 */
import { formatDumpFileName } from "../../dump/file-name.ts";
import { readApiJobs } from "../config/api-jobs.ts";
import { readTableJobs } from "../config/table-jobs.ts";
import { type CatalogueFacts, jobsOf } from "../jobs/catalogue.ts";
import type { JobDefinition, PublishedFile } from "../jobs/job.ts";
import { WHOLE_LAYOUT } from "../jobs/run-layout.ts";
import type { RunLayout } from "../jobs/run-layout.ts";
import type { WikiSource } from "../source/source.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import { openSource } from "./open-source.ts";

export interface PlanOptions {
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export class RunPlan {
  readonly wiki: Wiki;
  /** YYYYMMDD. */
  readonly date: string;
  readonly source: WikiSource;
  #jobs: readonly JobDefinition[] = [];
  #layout: RunLayout = WHOLE_LAYOUT;

  /** Used by `open`. */
  private constructor(wiki: Wiki, date: string, options: PlanOptions) {
    this.wiki = wiki;
    this.date = date;
    this.source = openSource(wiki, {
      date,
      pagesOf: (part) => this.#layout.parts.find(({ number }) => number === part),
      textsOf: () => {
        throw new TypeError("not yet");
      },
      log: options.log,
    });
  }

  /** Finds out what the run consists of. Throws ConfigError, and what the source says when it is asked. */
  static async open(wiki: Wiki, date: string, options: PlanOptions): Promise<RunPlan> {
    const plan = new RunPlan(wiki, date, options);
    plan.#jobs = jobsOf(plan.source, await plan.#facts(options));
    return plan;
  }

  get jobs(): readonly JobDefinition[] {
    return this.#jobs;
  }

  /** As far as it is known. */
  get layout(): RunLayout {
    return this.#layout;
  }

  /** The files that a job of this run has, or will have. */
  filesOf(name: string): readonly PublishedFile[] {
    const job = this.#jobs.find((one) => one.name === name);
    const pieces = job?.pieces(this.#layout) ?? [];
    const directory = runDirectory(this.wiki, this.date);
    return pieces.flatMap(({ outputs }) =>
      outputs.map((spec) => ({
        spec,
        path: `${directory}/${formatDumpFileName({ wiki: this.wiki.name, date: this.date, ...spec })}`,
      }))
    );
  }

  async #facts({ signal }: PlanOptions): Promise<CatalogueFacts> {
    const { settings, hasFlow } = this.wiki;
    const { database } = this.source;
    const tables = new Set(database === undefined ? [] : await database.tables(signal));
    return {
      tableJobs: (await readTableJobs(settings.wiki.tablejobs)).filter(({ table }) => tables.has(table)),
      apiJobs: await readApiJobs(settings.wiki.apijobs),
      hasFlow,
      hasMultistream: settings.otherformats.multistream,
      skipJobs: settings.misc.skipJobs,
    };
  }
}
