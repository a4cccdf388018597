/**
 * `latest/` of a wiki: for each kind of file a link to its newest good copy, and a feed beside it.
 *
 *     latest/tewiki-latest-page.sql.gz          -> ../20260101/tewiki-20260101-page.sql.gz
 *     latest/tewiki-latest-page.sql.gz-rss.xml
 *
 * Differs from dumps (Python): a link is replaced by renaming over it, so that it is never gone; links to older runs go away
 * only when the job that replaces them has published its files, and a whole file is never replaced by parts of it.
 */

import { isWikidumpError, SourceError } from "../../errors.ts";
import { parseDumpFileName } from "../../dump/file-name.ts";
import { fileFacts, listDirectory, makeDirectory, removeFile } from "../../host/directory.ts";
import { replaceFile } from "../../host/replace-file.ts";
import { readSmallFile } from "../../host/small-file.ts";
import { linkFacts, replaceLink } from "../../host/symbolic-link.ts";
import { checksumFileName } from "./checksums.ts";
import { feedDate, renderFeed } from "./feed.ts";
import type { ReportSettings } from "./report-settings.ts";
import type { RunStatus } from "./run-status.ts";

export interface LatestLinksOptions {
  readonly settings: ReportSettings;
  /** The wiki's directory, in which its runs and `latest` are. */
  readonly runsDirectory: string;
}

/** What was done in `latest/`. */
export interface LatestLinksOutcome {
  /** Links that were made or turned. */
  readonly linked: readonly string[];
  /** Links and feeds that were removed. */
  readonly removed: readonly string[];
  /** What could not be done; everything else was done all the same. */
  readonly problems: readonly Error[];
}

const FEED_SUFFIX = "-rss.xml";

/**
 * Links files of a run which are published and good, and the run's checksum lists; then removes links of the same kinds to
 * older runs, links to nothing, and feeds without a link. `fileNames` are dated names. Links to newer runs stay.
 */
export async function linkLatest(
  status: RunStatus,
  fileNames: readonly string[],
  options: LatestLinksOptions,
): Promise<LatestLinksOutcome> {
  const latest = new LatestDirectory(status, options);
  await latest.open();
  for (const name of fileNames) await latest.attempt(() => latest.publish(name, { hasFeed: true }));
  // The lists of a run that has made nothing would take the place of good ones.
  for (const kind of fileNames.length === 0 ? [] : ["md5", "sha1"] as const) {
    await latest.attempt(() => latest.publish(checksumFileName(status, kind, "txt"), { hasFeed: false }));
  }
  await latest.attempt(() => latest.removeReplaced(fileNames));
  await latest.attempt(() => latest.removeDangling());
  return latest.outcome;
}

/** What a link in `latest/` points to. */
export interface LinkTarget {
  /** YYYYMMDD. */
  readonly date: string;
  readonly fileName: string;
}

/**
 * Removes links to files that are about to go, links to nothing, and feeds without a link: before a purge, so that no link
 * ever points to nothing.
 */
export async function unlinkLatest(
  run: Pick<RunStatus, "wiki" | "date">,
  isGoing: (target: LinkTarget) => boolean,
  options: LatestLinksOptions,
): Promise<LatestLinksOutcome> {
  const latest = new LatestDirectory(run, options);
  await latest.attempt(() => latest.removeLinks(isGoing));
  await latest.attempt(() => latest.removeDangling());
  return latest.outcome;
}

class LatestDirectory {
  readonly #run: Pick<RunStatus, "wiki" | "date"> & Partial<RunStatus>;
  readonly #options: LatestLinksOptions;
  readonly #directory: string;
  readonly #linked: string[] = [];
  readonly #removed: string[] = [];
  readonly #problems: Error[] = [];

  constructor(run: Pick<RunStatus, "wiki" | "date"> & Partial<RunStatus>, options: LatestLinksOptions) {
    this.#run = run;
    this.#options = options;
    this.#directory = `${options.runsDirectory}/latest`;
  }

  get outcome(): LatestLinksOutcome {
    return { linked: this.#linked, removed: this.#removed, problems: this.#problems };
  }

  async open(): Promise<void> {
    await this.attempt(() => makeDirectory(this.#directory));
  }

  /** One step; its failure is kept, and the next step is tried. */
  async attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (!isWikidumpError(error)) throw error;
      this.#problems.push(error);
    }
  }

  async publish(fileName: string, { hasFeed }: { hasFeed: boolean }): Promise<void> {
    const { wiki, date } = this.#run;
    if (!fileName.startsWith(`${wiki}-${date}-`)) return;
    const path = `${this.#options.runsDirectory}/${date}/${fileName}`;
    if (await fileFacts(path) === undefined) return;
    const linkName = `${wiki}-latest-${fileName.slice(`${wiki}-${date}-`.length)}`;
    if (!await this.#turnLink(linkName, `../${date}/${fileName}`)) return;
    if (hasFeed) await this.#replaceFeed(`${linkName}${FEED_SUFFIX}`, fileName);
  }

  /** Whether the link points to this run now. */
  async #turnLink(linkName: string, target: string): Promise<boolean> {
    const path = `${this.#directory}/${linkName}`;
    const found = await linkFacts(path);
    if (found.kind === "other") throw notALink(path);
    if (found.kind === "link") {
      if (found.target === target) return true;
      const isNewer = (dateOfTarget(found.target) ?? "") > this.#run.date;
      if (isNewer && await fileFacts(path) !== undefined) return false;
    }
    await replaceLink(path, target);
    this.#linked.push(linkName);
    return true;
  }

  async #replaceFeed(feedName: string, fileName: string): Promise<void> {
    const path = `${this.#directory}/${feedName}`;
    const before = await readSmallFile(path);
    if (before !== undefined && (feedDate(before) ?? "") > this.#run.date) return;
    const job = this.#run.jobs?.find((one) => one.files.some((file) => file.name === fileName));
    const publishedAt = job?.updated ?? this.#run.updatedAt ?? new Date();
    const feed = renderFeed(this.#options.settings, this.#run, { fileName, publishedAt });
    if (feed !== before) await replaceFile(path, feed, { mode: this.#options.settings.fileMode });
  }

  /** Links to older runs of the kinds which this run has now: parts that there are no more of, other page ranges. */
  async removeReplaced(fileNames: readonly string[]): Promise<void> {
    const kinds = new Set(fileNames.map(kindOfFile));
    const current = new Set(fileNames);
    for (const [linkName, target] of await this.#links()) {
      const date = dateOfTarget(target);
      const fileName = target.slice(target.lastIndexOf("/") + 1);
      if (date === undefined || date >= this.#run.date || current.has(fileName)) continue;
      if (kinds.has(kindOfFile(fileName))) await this.#remove(linkName);
    }
  }

  async removeLinks(isGoing: (target: LinkTarget) => boolean): Promise<void> {
    for (const [linkName, target] of await this.#links()) {
      const date = dateOfTarget(target);
      const fileName = target.slice(target.lastIndexOf("/") + 1);
      if (date !== undefined && isGoing({ date, fileName })) await this.#remove(linkName);
    }
  }

  async removeDangling(): Promise<void> {
    for (const [linkName, target] of await this.#links()) {
      if (dateOfTarget(target) === undefined) continue;
      if (await fileFacts(`${this.#directory}/${linkName}`) === undefined) await this.#remove(linkName);
    }
    const names = new Set(await listDirectory(this.#directory));
    for (const name of names) {
      if (!name.endsWith(FEED_SUFFIX) || !name.startsWith(`${this.#run.wiki}-`)) continue;
      if (!names.has(name.slice(0, -FEED_SUFFIX.length))) await this.#remove(name);
    }
  }

  async #links(): Promise<[name: string, target: string][]> {
    const links: [string, string][] = [];
    for (const name of await listDirectory(this.#directory)) {
      if (!name.startsWith(`${this.#run.wiki}-`)) continue;
      const found = await linkFacts(`${this.#directory}/${name}`);
      if (found.kind === "link") links.push([name, found.target]);
    }
    return links;
  }

  async #remove(name: string): Promise<void> {
    await removeFile(`${this.#directory}/${name}`);
    this.#removed.push(name);
  }
}

/** The date of the run that one of our links points to; undefined for a link of somebody else. */
function dateOfTarget(target: string): string | undefined {
  return /^\.\.\/(\d{8})\/[^/]+$/.exec(target)?.[1];
}

/** Files of one kind replace each other from run to run. Parts and ranges are one kind, the whole file is another. */
function kindOfFile(fileName: string): string {
  const parsed = parseDumpFileName(fileName);
  if (parsed === undefined) return fileName;
  const { dumpName, type, extension, part, range } = parsed;
  const size = part === undefined && range === undefined ? "whole" : "pieces";
  return [dumpName, type, extension, size].join(" ");
}

function notALink(path: string): SourceError {
  return new SourceError("EXISTS", `${path} is in the way: a link was to be made there, but it is not a link`, path, {
    remedy: "Move it away; the next run makes the link",
  });
}
