/**
 * What a run consists of: the source of the wiki's content, the jobs, and how their files are cut.
 */
import type { PageRange } from "../../dump/pages/page-range.ts";
import { formatDumpFileName } from "../../dump/file-name.ts";
import { readApiJobs } from "../config/api-jobs.ts";
import { readTableJobs } from "../config/table-jobs.ts";
import { type CatalogueFacts, jobsOf } from "../jobs/catalogue.ts";
import type { JobDefinition, PublishedFile } from "../jobs/job.ts";
import type { RunLayout } from "../jobs/run-layout.ts";
import { isInParts } from "../jobs/run-layout.ts";
import { readTableInfo, TABLE_INFO_NAME, writeTableInfo } from "../layout/table-info.ts";
import type { SourceDatabase, WikiSource } from "../source/source.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import { LayoutKeeper } from "./layout-keeper.ts";
import { openSource } from "./open-source.ts";
import { type PrefetchFrom, RunTexts, type TextPass } from "./text-source.ts";

export interface PlanOptions {
  readonly prefetch: PrefetchFrom;
  readonly textPass: TextPass;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export class RunPlan {
  readonly wiki: Wiki;
  /** YYYYMMDD. */
  readonly date: string;
  readonly source: WikiSource;
  #jobs: readonly JobDefinition[] = [];
  #keeper: LayoutKeeper | undefined;
  #tables: readonly string[] | undefined;

  /** Used by `open`. */
  private constructor(wiki: Wiki, date: string, options: PlanOptions) {
    this.wiki = wiki;
    this.date = date;
    this.source = openSource(wiki, {
      date,
      pagesOf: (part) => this.#pagesOf(part),
      textsOf: (part) =>
        new RunTexts({ ...options, wiki, date, stubs: () => this.filesOf("xmlstubsdump") }, part, this.#pagesOf(part)),
      log: options.log,
    });
  }

  /** Finds out what the run consists of. Throws ConfigError, and what the source says when it is asked. */
  static async open(wiki: Wiki, date: string, options: PlanOptions): Promise<RunPlan> {
    const plan = new RunPlan(wiki, date, options);
    plan.#keeper = await LayoutKeeper.open(wiki, date, { ...options, source: plan.source });
    plan.#jobs = jobsOf(plan.source, await plan.#facts(options));
    return plan;
  }

  get jobs(): readonly JobDefinition[] {
    return this.#jobs;
  }

  /** As far as it is known. */
  get layout(): RunLayout {
    return this.#keeper!.layout;
  }

  /** Writes down what decides the files of the run, once it has its directory. */
  async keep(): Promise<void> {
    await this.#keeper!.keep();
    if (this.#tables !== undefined) {
      await writeTableInfo(this.#tablesPath, this.#tables, this.wiki.settings.output.fileperms);
    }
  }

  /** The stubs are made anew: what follows from them is planned anew, too. */
  async forgetRanges(): Promise<void> {
    await this.#keeper!.forget();
  }

  /** Plans what follows from the stubs, when they are there. */
  async planByStubs(): Promise<void> {
    const stubs = this.filesOf("xmlstubsdump").filter(({ spec }) => spec.dumpName === "stub-meta-history");
    await this.#keeper!.plan(stubs.map(({ path }) => path));
  }

  /** The files that a job of this run has, or will have. */
  filesOf(name: string): readonly PublishedFile[] {
    const job = this.#jobs.find((one) => one.name === name);
    const pieces = job?.pieces(this.layout) ?? [];
    const directory = runDirectory(this.wiki, this.date);
    return pieces.flatMap(({ outputs }) =>
      outputs.map((spec) => ({
        spec,
        path: `${directory}/${formatDumpFileName({ wiki: this.wiki.name, date: this.date, ...spec })}`,
      }))
    );
  }

  /** The pages of a part; undefined for the whole wiki. */
  #pagesOf(part: number | undefined): PageRange | undefined {
    return part === undefined ? undefined : this.layout.parts.find((one) => one.part === part);
  }

  async #facts({ signal }: PlanOptions): Promise<CatalogueFacts> {
    const { settings, hasFlow } = this.wiki;
    const { database } = this.source;
    this.#tables = database === undefined ? undefined : await this.#findTables(database, signal);
    const tables = new Set(this.#tables);
    return {
      tableJobs: (await readTableJobs(settings.wiki.tablejobs)).filter(({ table }) => tables.has(table)),
      apiJobs: await readApiJobs(settings.wiki.apijobs),
      hasFlow,
      hasMultistream: settings.otherformats.multistream,
      // Of an export, only where it is asked for; the reference makes one of every MediaWiki.
      hasSevenZip: settings.wiki.source === "mediawiki" || settings.tools.sevenzip !== "",
      recombines: isInParts(this.layout) ? this.layout.recombines : undefined,
      skipJobs: settings.misc.skipJobs,
    };
  }

  /** As they were when the run began. */
  async #findTables(database: SourceDatabase, signal: AbortSignal): Promise<readonly string[]> {
    return await readTableInfo(this.#tablesPath) ?? await database.tables(signal);
  }

  get #tablesPath(): string {
    return `${runDirectory(this.wiki, this.date)}/${TABLE_INFO_NAME}`;
  }
}
