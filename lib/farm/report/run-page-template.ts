/**
 * The page of one run from an operator's own template (`report.html` in `[output] templatedir`), with the reference's
 * placeholders: `db date notice previous status checksum index items`.
 */

import { checksumFileName } from "./checksums.ts";
import { Html, html } from "./html.ts";
import { itemFragment, joinLines } from "./item-fragment.ts";
import { fillTemplate } from "./page-template.ts";
import { fileUrl, pathOf, type ReportSettings } from "./report-settings.ts";
import type { RunStatus } from "./run-status.ts";
import { statusSpan } from "./status-line.ts";
import { dashedDate } from "./timestamp.ts";

/** Fills `report.html`. Throws `SourceError` READ for a placeholder that is unknown. */
export function renderRunPageFromTemplate(
  settings: ReportSettings,
  status: RunStatus,
  template: { path: string; text: string },
): string {
  const items = [...status.jobs].reverse().map((job) => itemFragment(settings, status, job));
  return fillTemplate(template.text, {
    path: template.path,
    values: {
      db: html`${status.wiki}`,
      date: html`${status.date}`,
      notice: html`${status.notice}`,
      previous: previousRun(status),
      status: statusSpan(status),
      checksum: isInAttribute(template.text) ? md5Url(settings, status) : checksumLinks(settings, status),
      index: html`${settings.indexName}`,
      items: html`${joinLines(items)}`,
    },
  });
}

/** Older templates put the placeholder into an `href`, newer ones between tags; each gets what makes it right. */
function isInAttribute(template: string): boolean {
  return /=\s*["']\s*%\(checksum\)s/.test(template);
}

function md5Url(settings: ReportSettings, status: RunStatus): Html {
  return html`${fileUrl(settings, status, checksumFileName(status, "md5", "txt"))}`;
}

function checksumLinks(settings: ReportSettings, status: RunStatus): Html {
  const md5 = fileUrl(settings, status, checksumFileName(status, "md5", "txt"));
  const sha1 = fileUrl(settings, status, checksumFileName(status, "sha1", "txt"));
  return html`<a href="${md5}">(md5)</a>, <a href="${sha1}">(sha1)</a>`;
}

function previousRun({ previous }: RunStatus): Html {
  if (previous === undefined) return html`There is no earlier run of this wiki.`;
  const link = html`<a href="../${pathOf(previous.date)}/">${dashedDate(previous.date)}</a>`;
  return previous.isComplete
    ? html`The run before this one is of ${link}.`
    : html`The run before this one, of ${link}, is not complete.`;
}
