/**
 * The pieces of a wiki's settings that renderings need, with units and shapes of their own, so that `report` does not
 * know the configuration.
 */

import type { RunStatus } from "./run-status.ts";

export interface ReportSettings {
  /** `[output] webroot`, such as `https://dumps.example/d`. */
  readonly webRoot: string;
  /** `[output] index`, the file name of the global index. */
  readonly indexName: string;
  /** `[output] perdumpindex`, the file name of a run's page. */
  readonly runPageName: string;
  /** `[output] templatedir`, or undefined where it is not set. */
  readonly templateDirectory: string | undefined;
  /** `[output] fileperms`, such as 0o640. */
  readonly fileMode: number;
}

/** What identifies a run in names and links. */
export type RunIdentity = Pick<RunStatus, "wiki" | "date" | "isPrivate" | "isClosed">;

/**
 * The path of the web root, which is what links of one host need: `https://dumps.example/d/` gives `/d`.
 * A web root without a host counts as a path already.
 */
export function webPath(webRoot: string): string {
  const path = URL.canParse(webRoot) ? new URL(webRoot).pathname : `/${webRoot.replace(/^\/+/, "")}`;
  return path.replace(/\/+$/, "");
}

/** The link to a file of a run, relative to the host: `/d/tewiki/20260101/name`. */
export function fileUrl(settings: ReportSettings, run: RunIdentity, fileName: string): string {
  return `${webPath(settings.webRoot)}/${pathOf(run.wiki, run.date, fileName)}`;
}

/** The full address of a run or of one of its files, for feeds and mail, which are read elsewhere. */
export function absoluteUrl(settings: ReportSettings, ...segments: readonly string[]): string {
  return `${settings.webRoot.replace(/\/+$/, "")}/${pathOf(...segments)}`;
}

/** Names as one path in a link; each name is escaped by itself. */
export function pathOf(...segments: readonly string[]): string {
  return segments.map(encodeURIComponent).join("/");
}
