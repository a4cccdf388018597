/**
 * The reading that gives stubs: every page and revision of a wiki, or of a part of it, without texts, as dumpBackup.php writes
 * them, byte for byte.
 */
import { CommandError } from "../../../errors.ts";
import { type DumpEvent, DumpReader } from "../../../dump/reading/dump-reader.ts";
import { openFileStream } from "../../../host/read-file.ts";
import type { Reading, ReadingOptions, ReadingSummary, SourceConsumer } from "../../source/source.ts";
import type { WikiDatabase } from "../database.ts";
import { type CurrentRevisions, readCurrentRevisions } from "./slice-revisions.ts";
import { sliceFault, type SliceFile } from "./slice-files.ts";
import { STUB_SLICES } from "./slice-kind.ts";
import { type IdRange, type PlannedSlice, planSlices, sliceWidth } from "./slice-plan.ts";
import { makeSlices, type SliceSettings } from "./slice-queue.ts";
import type { SliceReport } from "./slice-report.ts";
import { StubFeed } from "./stub-feed.ts";

/** Pages between two looks at the clock for the progress line. */
const PAGES_PER_REPORT = 100;
/** A slice whose revisions take longer to count is made smaller without knowing. */
const COUNT_TIMEOUT_MS = 60_000;

export interface StubReadingOptions extends SliceSettings {
  readonly database: Pick<WikiDatabase, "maxIds" | "countRevisions" | "pagesWithoutCurrent">;
  /** Pages of a part, both ids included; to the last one of the wiki without `last`. All pages without it. */
  readonly pages?: { readonly first: number; readonly last?: number | undefined };
  /** [stubs] maxrevs: most revisions in a slice. */
  readonly maxRevisions: number;
  /** [stubs] minpages: a slice is never smaller than so many pages. */
  readonly minPages: number;
}

/** Reads stubs by slices. */
export class StubReading implements Reading {
  readonly #options: StubReadingOptions;

  constructor(options: StubReadingOptions) {
    this.#options = options;
  }

  async run(consumers: readonly SourceConsumer[], options: ReadingOptions): Promise<ReadingSummary> {
    const { signal } = options;
    const feed = new StubFeed();
    const progress = new StubProgress(feed, options.onProgress);
    const dump = new DumpReader();
    const slices = makeSlices(await this.#plan(signal), this.#options, {
      kind: STUB_SLICES,
      signal,
      check: async (files, slice, report) => await this.#check(files, { slice, report, signal }),
      onReport: (firstId, report) => progress.report(firstId, report),
    });
    for await (const { first, files, checked } of slices) {
      progress.forget(first);
      feed.startSlice(checked);
      const reader = openFileStream(files[0]!.path, { signal }).getReader();
      try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          await handOutAll(dump.push(next.value), { consumers, feed, progress, signal });
        }
      } catch (error) {
        await reader.cancel().catch(() => undefined);
        throw error;
      }
    }
    await handOutAll(dump.finish(), { consumers, feed, progress, signal });
    progress.tell();
    return { pages: feed.pages, revisions: feed.revisions, notices: feed.notices };
  }

  /**
   * A page without current revision is in the second file by no means. But a page may also be missing there because the file
   * lost it, so the database is asked.
   */
  async #check(files: readonly SliceFile[], of: CheckedSlice): Promise<CurrentRevisions> {
    const { slice, report, signal } = of;
    const [history, current] = files.map(({ path }) => path) as [string, string];
    const found = await readCurrentRevisions({ history, current, pages: slice, report }, signal);
    if (found.withoutCurrent.length === 0) return found;
    const known = await this.#options.database.pagesWithoutCurrent(slice, signal);
    const lost = found.withoutCurrent.filter((pageId) => !known.has(pageId));
    if (lost.length > 0) throw sliceFault(current, `lacks ${lost.length} pages, the first one is page ${lost[0]}`);
    return found;
  }

  async #plan(signal: AbortSignal): Promise<AsyncGenerator<PlannedSlice, void, undefined>> {
    const { database, pages, maxRevisions, minPages } = this.#options;
    const { pageId, revisionId } = await database.maxIds(signal);
    const range = { first: pages?.first ?? 1, last: Math.min(pages?.last ?? pageId, pageId) };
    const width = sliceWidth(range, { ...STUB_SLICES.widths, isWholeWiki: pages === undefined });
    // There are no more revisions than ids of revisions.
    if (revisionId <= maxRevisions) return planSlices(range, width);
    const count = async (slice: IdRange): Promise<number | undefined> => {
      try {
        return await database.countRevisions(slice, { signal, timeoutMs: COUNT_TIMEOUT_MS });
      } catch (error) {
        if (error instanceof CommandError && error.code === "TIMEOUT") return undefined;
        throw error;
      }
    };
    return planSlices(range, width, { maxRevisions, minPages, count });
  }
}

interface CheckedSlice {
  readonly slice: PlannedSlice;
  readonly report: SliceReport | undefined;
  readonly signal: AbortSignal;
}

interface HandingOut {
  readonly consumers: readonly SourceConsumer[];
  readonly feed: StubFeed;
  readonly progress: StubProgress;
  readonly signal: AbortSignal;
}

async function handOutAll(events: Iterable<DumpEvent>, to: HandingOut): Promise<void> {
  for (const event of events) {
    const converted = to.feed.convert(event);
    for (const consumer of to.consumers) {
      const behind = consumer.take(converted);
      if (behind !== undefined) await behind;
    }
    if (converted.type !== "page-end") continue;
    to.signal.throwIfAborted();
    if (to.feed.pages % PAGES_PER_REPORT === 0) to.progress.tell();
  }
}

/** What was handed out and what php reports of the slices in the making, as one progress that never goes back. */
class StubProgress {
  readonly #feed: StubFeed;
  readonly #onProgress: ReadingOptions["onProgress"];
  readonly #inTheMaking = new Map<number, SliceReport>();
  #pages = 0;
  #revisions = 0;

  constructor(feed: StubFeed, onProgress: ReadingOptions["onProgress"]) {
    this.#feed = feed;
    this.#onProgress = onProgress;
  }

  report(firstId: number, report: SliceReport): void {
    this.#inTheMaking.set(firstId, report);
    this.tell();
  }

  /** The slice is being handed out, and counted there. */
  forget(firstId: number): void {
    this.#inTheMaking.delete(firstId);
  }

  tell(): void {
    let { pages, revisions } = this.#feed;
    for (const report of this.#inTheMaking.values()) {
      pages += report.pages;
      revisions += report.revisions;
    }
    this.#pages = Math.max(this.#pages, pages);
    this.#revisions = Math.max(this.#revisions, revisions);
    this.#onProgress({
      pages: this.#pages,
      revisions: this.#revisions,
      pageId: this.#feed.lastPageId,
      bytesRead: 0,
      bytesTotal: undefined,
    });
  }
}
