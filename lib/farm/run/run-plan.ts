/**
 * What a run consists of: the source of the wiki's content, the jobs, and how their files are cut.
 */
import { formatDumpFileName } from "../../dump/file-name.ts";
import { jobsOf } from "../jobs/catalogue.ts";
import type { JobDefinition, PublishedFile } from "../jobs/job.ts";
import { WHOLE_LAYOUT } from "../jobs/run-layout.ts";
import type { RunLayout } from "../jobs/run-layout.ts";
import type { WikiSource } from "../source/source.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import { openSource } from "./open-source.ts";

export class RunPlan {
  readonly wiki: Wiki;
  /** YYYYMMDD. */
  readonly date: string;
  readonly source: WikiSource;
  readonly jobs: readonly JobDefinition[];
  #layout: RunLayout;

  /** Used by `open`. */
  private constructor(wiki: Wiki, date: string, layout: RunLayout) {
    this.wiki = wiki;
    this.date = date;
    this.#layout = layout;
    this.source = openSource(wiki.name, wiki.settings);
    this.jobs = jobsOf(this.source, wiki.settings);
  }

  /** Finds out what the run consists of. Throws ConfigError for a source that the configuration does not say, and what the source says. */
  static async open(wiki: Wiki, date: string, _signal: AbortSignal): Promise<RunPlan> {
    return new RunPlan(wiki, date, WHOLE_LAYOUT);
  }

  /** As far as it is known. */
  get layout(): RunLayout {
    return this.#layout;
  }

  /** The files that a job of this run has, or will have. */
  filesOf(name: string): readonly PublishedFile[] {
    const job = this.jobs.find((one) => one.name === name);
    const pieces = job?.pieces(this.#layout) ?? [];
    const directory = runDirectory(this.wiki, this.date);
    return pieces.flatMap(({ outputs }) =>
      outputs.map((spec) => ({
        spec,
        path: `${directory}/${formatDumpFileName({ wiki: this.wiki.name, date: this.date, ...spec })}`,
      }))
    );
  }
}
