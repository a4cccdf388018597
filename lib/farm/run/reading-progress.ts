/** The progress of a reading in one line, for status pages, logs and the terminal. */
import type { ReadingProgress } from "../source/source.ts";

/** Such as "1200 pages, 5310 revisions, page id 1893, 45 % read". */
export function formatProgress(progress: ReadingProgress): string {
  const { pages, revisions, pageId, bytesRead, bytesTotal } = progress;
  const share = bytesTotal === undefined || bytesTotal === 0
    ? ""
    : `, ${Math.floor((100 * bytesRead) / bytesTotal)} % read`;
  return `${pages} pages, ${revisions} revisions, page id ${pageId}${share}`;
}
