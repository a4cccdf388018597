/**
 * The page of one run from an operator's own template (`report.html` in `[output] templatedir`), with the reference's
 * placeholders: `db date notice previous status checksum index items`.
 */

import { checksumFileName } from "./checksums.ts";
import { type Markup, markup } from "./markup.ts";
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
      db: markup`${status.wiki}`,
      date: markup`${status.date}`,
      notice: markup`${status.notice}`,
      previous: previousRun(status),
      status: statusSpan(status),
      checksum: isInAttribute(template.text) ? md5Url(settings, status) : checksumLinks(settings, status),
      index: markup`${settings.indexName}`,
      items: markup`${joinLines(items)}`,
    },
  });
}

/** Older templates put the placeholder into an `href`, newer ones between tags; each gets what makes it right. */
function isInAttribute(template: string): boolean {
  return /=\s*["']\s*%\(checksum\)s/.test(template);
}

function md5Url(settings: ReportSettings, status: RunStatus): Markup {
  return markup`${fileUrl(settings, status, checksumFileName(status, "md5", "txt"))}`;
}

function checksumLinks(settings: ReportSettings, status: RunStatus): Markup {
  const md5 = fileUrl(settings, status, checksumFileName(status, "md5", "txt"));
  const sha1 = fileUrl(settings, status, checksumFileName(status, "sha1", "txt"));
  return markup`<a href="${md5}">(md5)</a>, <a href="${sha1}">(sha1)</a>`;
}

function previousRun({ previous }: RunStatus): Markup {
  if (previous === undefined) return markup`There is no earlier run of this wiki.`;
  const link = markup`<a href="../${pathOf(previous.date)}/">${dashedDate(previous.date)}</a>`;
  return previous.isComplete
    ? markup`The run before this one is of ${link}.`
    : markup`The run before this one, of ${link}, is not complete.`;
}
