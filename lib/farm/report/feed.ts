/**
 * The RSS feed of one file in `latest/`: one item, for the run which the link points to.
 */

import { escapeMarkup, markup } from "./markup.ts";
import { absoluteUrl, type ReportSettings } from "./report-settings.ts";
import type { RunStatus } from "./run-status.ts";

/** What a feed tells about. */
export interface FeedEntry {
  /** Dated name of the file. */
  readonly fileName: string;
  /** When the file was published. */
  readonly publishedAt: Date;
}

/**
 * The content of a feed. The `<link>` ends in the run's date, which is how the age of a feed is told.
 */
export function renderFeed(settings: ReportSettings, run: Pick<RunStatus, "wiki" | "date">, entry: FeedEntry): string {
  const runUrl = absoluteUrl(settings, run.wiki, run.date);
  const fileUrl = absoluteUrl(settings, run.wiki, run.date, entry.fileName);
  const description = `<a href="${escapeMarkup(fileUrl)}">${escapeMarkup(entry.fileName)}</a>`;
  const title = entry.fileName.replace(`${run.wiki}-${run.date}-`, "");
  return String(markup`<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0">
  <channel>
    <title>${title}</title>
    <link>${runUrl}</link>
    <description>Dumps of ${run.wiki}: ${title}</description>
    <item>
      <title>${runUrl}</title>
      <link>${runUrl}</link>
      <description>${description}</description>
      <guid isPermaLink="false">${fileUrl}</guid>
      <pubDate>${entry.publishedAt.toUTCString()}</pubDate>
    </item>
  </channel>
</rss>
`);
}

/** The date of the run that a feed tells about, or undefined if the text is no feed of a dump. */
export function feedDate(text: string): string | undefined {
  return /<link>[^<]*\/(\d{8})\/?<\/link>/.exec(text)?.[1];
}
