/**
 * `dumpspecialfiles.json`: every file of a run that is no dump file, with its size, or "missing".
 *
 * The list itself is not in the list: its size would depend on its size.
 */

import { checksumFileName } from "./checksums.ts";
import { fileUrl, type ReportSettings } from "./report-settings.ts";
import type { RunStatus } from "./run-status.ts";
import { REFERENCE_VERSION } from "./status-json.ts";

/** Names of the files of a run that are no dump files, in the order of the list. */
export function specialFileNames(settings: ReportSettings, run: Pick<RunStatus, "wiki" | "date">): string[] {
  return [
    settings.runPageName,
    "status.html",
    "dumpruninfo.txt",
    "dumpruninfo.json",
    "dumpstatus.json",
    "report.json",
    checksumFileName(run, "md5", "txt"),
    checksumFileName(run, "md5", "json"),
    checksumFileName(run, "sha1", "txt"),
    checksumFileName(run, "sha1", "json"),
    "notice.txt",
    "tableinfo.json",
    "pagerangeinfo.json",
    `${run.wiki}-${run.date}-runsettings.txt`,
  ];
}

/** The content of `dumpspecialfiles.json`; `sizes` has the bytes of each file that is there. */
export function renderSpecialFiles(
  settings: ReportSettings,
  status: RunStatus,
  sizes: ReadonlyMap<string, number>,
): string {
  const files = Object.fromEntries(
    specialFileNames(settings, status).map((name) => {
      const size = sizes.get(name);
      if (size === undefined) return [name, { status: "missing" }];
      return [name, { status: "present", size, ...(!status.isPrivate && { url: fileUrl(settings, status, name) }) }];
    }),
  );
  return `${JSON.stringify({ files, version: REFERENCE_VERSION })}\n`;
}
