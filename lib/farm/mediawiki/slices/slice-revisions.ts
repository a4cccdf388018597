/**
 * Holds the two files of a slice of stubs against each other and against what php reported, before anybody gets to see them;
 * and keeps which revision of each page is the current one, as the second file has it.
 *
 * MediaWiki knows by page_latest which one that is. Neither time nor id tell: old revisions that were imported have new ids,
 * and times can be anything.
 */
import { DumpReader } from "../../../dump/reading/dump-reader.ts";
import { openFileStream } from "../../../host/read-file.ts";
import { isWikidumpError } from "../../../errors.ts";
import { sliceFault } from "./slice-files.ts";
import type { IdRange } from "./slice-plan.ts";
import type { SliceReport } from "./slice-report.ts";

/** The current revisions of a slice's pages: two lists of the same length, in the order of the file. */
export interface CurrentRevisions {
  readonly pageIds: readonly number[];
  readonly revisionIds: readonly number[];
  /** Pages that have revisions, none of which the second file has. */
  readonly withoutCurrent: readonly number[];
}

/** What is compared. */
export interface StubFiles {
  /** All revisions. */
  readonly history: string;
  /** The current ones. */
  readonly current: string;
  readonly pages: IdRange;
  readonly report: SliceReport | undefined;
}

/**
 * Reads both files. Throws SourceError READ when one is broken, when the history has not as many revisions as php reported, or
 * when a current revision is not in it.
 */
export async function readCurrentRevisions(files: StubFiles, signal: AbortSignal): Promise<CurrentRevisions> {
  const pageIds: number[] = [];
  const revisionIds: number[] = [];
  await readIds(files.current, signal, (pageId, revisionId) => {
    if (pageIds.at(-1) === pageId) throw sliceFault(files.current, `has two current revisions of page ${pageId}`);
    pageIds.push(pageId);
    revisionIds.push(revisionId);
  });
  const withoutCurrent: number[] = [];
  let revisions = 0;
  let found = 0;
  let lastPageId = 0;
  await readIds(files.history, signal, (pageId, revisionId) => {
    if (pageId < files.pages.first || pageId > files.pages.last) {
      throw sliceFault(files.history, `has page ${pageId}, which was not asked for`);
    }
    if (pageId !== lastPageId && pageIds[found] !== pageId) withoutCurrent.push(pageId);
    lastPageId = pageId;
    revisions++;
    if (pageIds[found] === pageId && revisionIds[found] === revisionId) found++;
  });
  const expected = files.report?.revisions ?? 0;
  if (revisions !== expected) {
    throw sliceFault(files.history, `has ${revisions} revisions, though php reported ${expected}`);
  }
  if (found < pageIds.length) {
    const which = `revision ${revisionIds[found]} of page ${pageIds[found]}`;
    throw sliceFault(files.current, `has ${which}, which ${files.history} has not`);
  }
  return { pageIds, revisionIds, withoutCurrent };
}

/** Tells of every revision in a file, in order. */
async function readIds(
  path: string,
  signal: AbortSignal,
  onRevision: (pageId: number, revisionId: number) => void,
): Promise<void> {
  const dump = new DumpReader({ isFragment: true });
  let pageId = 0;
  const take = (events: ReturnType<DumpReader["push"]>): void => {
    for (const event of events) {
      if (event.type === "page") pageId = event.page.id;
      else if (event.type === "revision") onRevision(pageId, event.revision.id);
    }
  };
  const reader = openFileStream(path, { signal, chunks: "borrowed" }).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) take(dump.push(next.value));
    take(dump.finish());
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    if (isWikidumpError(error) && !error.message.includes(path)) error.message = `${path}: ${error.message}`;
    throw error;
  }
}
