/**
 * How many revisions and bytes of text the pages of a run have, from its stubs: what page ranges are planned with.
 *
 * Pages come in batches of ten, as the reference counts them: over all files together, so that a batch may have the last pages of one
 * part and the first of the next. Nothing is kept: memory does not grow with the wiki.
 */
import { DumpSkimmer } from "../../dump/reading/dump-skimmer.ts";
import type { PageSummary } from "../../dump/reading/page-summary.ts";
import { DumpFormatError, isWikidumpError } from "../../errors.ts";
import { gunzipStream } from "../../host/gzip.ts";
import { openFileStream } from "../../host/read-file.ts";
import { chunksOf } from "../../streams/stream-from.ts";

/** Pages of a batch. */
const BATCH_PAGES = 10;

/** Some pages, counted. */
export interface PageCount {
  /** Id of the last of them. */
  readonly lastPageId: number;
  readonly revisionCount: number;
  /** Bytes of text of all revisions, as the stubs state them. */
  readonly byteLength: number;
}

/** Up to ten pages that follow each other. */
export interface PageBatch extends PageCount {
  /** Each of them; none where the batch was read back from a file of counts (revinfo.ts). */
  readonly pages: readonly PageCount[];
}

/**
 * Counts the pages of gzipped stubs of the whole history: one file, or the parts in their order. The last batch ends at the last
 * page of the wiki.
 *
 * Throws SourceError, GzipError and DumpFormatError with the path of the file; ID_ORDER where page ids do not rise. What
 * was counted before comes first.
 */
export async function* countPages(
  stubPaths: readonly string[],
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<readonly PageBatch[], void, undefined> {
  const gatherer = new BatchGatherer();
  for (const path of stubPaths) {
    try {
      yield* countFile(path, gatherer, options.signal);
    } catch (error) {
      throw named(error, path);
    }
  }
  const rest = gatherer.finish();
  if (rest.length > 0) yield rest;
}

async function* countFile(
  path: string,
  gatherer: BatchGatherer,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly PageBatch[], void, undefined> {
  const skimmer = new DumpSkimmer((page) => gatherer.add(page));
  const stored = openFileStream(path, signal === undefined ? {} : { signal });
  for await (const chunk of chunksOf(stored.pipeThrough(gunzipStream({ path })))) {
    skimmer.push(chunk);
    const batches = gatherer.take();
    if (batches.length > 0) yield batches;
  }
  skimmer.finish();
}

/** Puts pages into batches. */
class BatchGatherer {
  #pages: PageCount[] = [];
  #batches: PageBatch[] = [];
  #lastPageId = -1;

  add({ id, revisions, textBytes }: PageSummary): void {
    if (id <= this.#lastPageId) throw notRising(id, this.#lastPageId);
    this.#lastPageId = id;
    this.#pages.push({ lastPageId: id, revisionCount: revisions, byteLength: textBytes });
    if (this.#pages.length === BATCH_PAGES) this.#endBatch();
  }

  /** The batches that are full. */
  take(): readonly PageBatch[] {
    const batches = this.#batches;
    if (batches.length > 0) this.#batches = [];
    return batches;
  }

  /** All that is left. */
  finish(): readonly PageBatch[] {
    if (this.#pages.length > 0) this.#endBatch();
    return this.take();
  }

  #endBatch(): void {
    const pages = this.#pages;
    this.#pages = [];
    let revisionCount = 0;
    let byteLength = 0;
    for (const page of pages) {
      revisionCount += page.revisionCount;
      byteLength += page.byteLength;
    }
    this.#batches.push({ lastPageId: this.#lastPageId, revisionCount, byteLength, pages });
  }
}

function notRising(pageId: number, previousId: number): DumpFormatError {
  const message = `Page ${pageId} follows page ${previousId} in the stubs, expected rising page ids`;
  return new DumpFormatError("ID_ORDER", message, { byteOffset: 0, pageId }, {
    remedy: "Make the stubs anew: --job xmlstubsdump --cleanup",
  });
}

/** The same error, with the file's name in front of its message. */
function named(error: unknown, path: string): unknown {
  if (isWikidumpError(error) && !error.message.includes(path)) error.message = `${path}: ${error.message}`;
  return error;
}
