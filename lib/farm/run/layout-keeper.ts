/**
 * How the files of a run are cut, from the configuration, from what an earlier invocation decided, and from the stubs.
 *
 * What was decided once holds for the run: its settings stand in `runsettings.txt`, its page ranges in `pagerangeinfo.json`. So a
 * rerun makes the files that the first invocation would have made, whatever the configuration says by then.
 */
import { parseDumpFileName } from "../../dump/file-name.ts";
import { removeFile } from "../../host/directory.ts";
import { readSmallFile } from "../../host/small-file.ts";
import { readRunOf } from "../earlier-run.ts";
import { WHOLE_LAYOUT } from "../jobs/run-layout.ts";
import type { RunLayout } from "../jobs/run-layout.ts";
import { logParts } from "../layout/log-parts.ts";
import {
  PAGE_RANGE_INFO_NAME,
  plannedRanges,
  readPageRangeInfo,
  writePageRangeInfo,
} from "../layout/page-range-info.ts";
import type { PartRange } from "../layout/part-range.ts";
import { partsOfSizes } from "../layout/parts.ts";
import { planRanges, type RangeSet } from "../layout/plan-ranges.ts";
import { revinfoName } from "../layout/scratch-names.ts";
import { loadRunSettings, parseRunSettings, type RunSettings } from "../layout/run-settings.ts";
import type { WikiSource } from "../source/source.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";

export interface LayoutOptions {
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

const RANGE_SETS: readonly RangeSet[] = ["articles", "meta-current", "meta-history"];

export class LayoutKeeper {
  readonly #wiki: Wiki;
  readonly #date: string;
  readonly #options: LayoutOptions;
  #settings: RunSettings;
  #layout: RunLayout = WHOLE_LAYOUT;

  /** Used by `open`. */
  private constructor(wiki: Wiki, date: string, options: LayoutOptions) {
    this.#wiki = wiki;
    this.#date = date;
    this.#options = options;
    this.#settings = wiki.settings.chunks;
  }

  /** Works out what can be known before the stubs are there. Writes nothing. */
  static async open(wiki: Wiki, date: string, options: LayoutOptions & { source: WikiSource }): Promise<LayoutKeeper> {
    const keeper = new LayoutKeeper(wiki, date, options);
    const kept = await readSmallFile(keeper.#settingsPath);
    keeper.#settings = (kept === undefined ? undefined : parseRunSettings(kept)) ?? wiki.settings.chunks;
    if (keeper.#settings.chunksEnabled) keeper.#layout = await keeper.#cut(options.source);
    return keeper;
  }

  get layout(): RunLayout {
    return this.#layout;
  }

  /** Writes down the settings that decide, once the run has its directory. */
  async keep(): Promise<void> {
    const { fileperms } = this.#wiki.settings.output;
    const { notice } = await loadRunSettings(this.#settingsPath, this.#settings, fileperms);
    if (notice !== undefined) this.#options.log(notice);
  }

  /** Plans the page ranges by the stubs, if there are to be any and they are not planned yet. */
  async plan(stubPaths: readonly string[]): Promise<void> {
    if (this.#layout.ranges !== "known only later") return;
    const { revsPerJob, maxrevbytes, revinfostash } = this.#wiki.settings.chunks;
    const { log, signal } = this.#options;
    const { ranges, notices } = await planRanges({
      stubPaths,
      parts: this.#layout.parts,
      limits: { revsPerJob, maxRevBytes: maxrevbytes },
      ...(revinfostash && { revinfoPath: this.#revinfoPath }),
      signal,
    });
    for (const notice of notices) log(notice);
    await writePageRangeInfo(this.#rangesPath, ranges, this.#wiki.settings.output.fileperms);
    this.#layout = { ...this.#layout, ranges };
  }

  /** Forgets the page ranges, of which the wiki may have outgrown the last one. */
  async forget(): Promise<void> {
    if (this.#layout.ranges === "none") return;
    await removeFile(this.#rangesPath);
    await removeFile(this.#revinfoPath);
    this.#layout = { ...this.#layout, ranges: "known only later" };
  }

  async #cut(source: WikiSource): Promise<RunLayout> {
    const { pagesPerChunkHistory, chunksForPagelogs, checkpointTime, recombineHistory, recombineMetaCurrent } =
      this.#settings;
    const { signal } = this.#options;
    const parts = await this.#settledParts(
      partsOfSizes(pagesPerChunkHistory, await source.lastPageId(signal), "pagesPerChunkHistory"),
    );
    const { documents } = source;
    const sizes = { count: chunksForPagelogs, sizes: this.#wiki.settings.chunks.logitemsPerPagelogs };
    return {
      parts,
      logParts: documents === undefined ? WHOLE_LAYOUT.logParts : logParts(sizes, await documents.lastLogId(signal)),
      ranges: checkpointTime !== 0 ? await this.#plannedRanges(parts) ?? "known only later" : "none",
      recombines: { history: recombineHistory, metaCurrent: recombineMetaCurrent },
    };
  }

  /** The wiki may have grown since the stubs of this run were made: then their parts are all there are. */
  async #settledParts(parts: readonly PartRange[]): Promise<readonly PartRange[]> {
    const { status } = await readRunOf(this.#wiki, this.#date);
    const stubs = status?.jobs.find(({ name, state }) => name === "xmlstubsdump" && state === "done");
    const count = Math.max(0, ...stubs?.files.map(({ name }) => parseDumpFileName(name)?.part ?? 0) ?? []);
    if (count === 0 || count >= parts.length) return parts;
    return parts.slice(0, count).map((part, index) => (index + 1 === count ? { ...part, last: Infinity } : part));
  }

  async #plannedRanges(parts: readonly PartRange[]): Promise<Exclude<RunLayout["ranges"], string> | undefined> {
    const place = { wiki: this.#wiki.name, job: "" };
    const info = await readPageRangeInfo(this.#rangesPath, place);
    const planned = RANGE_SETS.map((set) => [set, plannedRanges(info, set, { parts, place })] as const);
    if (planned.some(([, ranges]) => ranges === undefined)) return undefined;
    return Object.fromEntries(planned) as unknown as Exclude<RunLayout["ranges"], string>;
  }

  get #prefix(): string {
    return `${this.#wiki.name}-${this.#date}`;
  }

  get #settingsPath(): string {
    return `${runDirectory(this.#wiki, this.#date)}/${this.#prefix}-runsettings.txt`;
  }

  get #revinfoPath(): string {
    return `${this.#wiki.tempDirectory}/${revinfoName({ wiki: this.#wiki.name, date: this.#date })}`;
  }

  get #rangesPath(): string {
    return `${runDirectory(this.#wiki, this.#date)}/${PAGE_RANGE_INFO_NAME}`;
  }
}
