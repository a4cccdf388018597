/**
 * The progress lines of MediaWiki's dump scripts.
 *
 *     2026-11-22 15:17:38: tenwiki (ID 30598) 111 pages (1131.9|1131.9/sec all|curr), 200 revs (…), ETA … [max 683]
 *
 * One comes when the number of revisions is a multiple of --report, and one at the end unless it is one then: so the last line
 * states the revisions of the whole slice, and none comes when there are none. Pages are counted when they end, so a line may
 * state one too few.
 */

/** How far a script has come. */
export interface SliceReport {
  readonly pages: number;
  readonly revisions: number;
}

/** What a line of stderr reports, or undefined if it is no progress line. */
export function parseReport(line: string): SliceReport | undefined {
  const [, pages, revisions] = /: \S+ \(ID \d+\) (\d+) pages \(.*?\), (\d+) revs \(/.exec(line) ?? [];
  return pages === undefined ? undefined : { pages: Number(pages), revisions: Number(revisions) };
}
