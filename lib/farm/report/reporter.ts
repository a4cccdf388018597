/**
 * The one writer of a run's status files: takes the latest `RunStatus`, renders all files from it, and replaces those whose
 * content changed.
 *
 * Updates may come as often as they like: at most about one round of writing per second is made, the latest value wins, and
 * no two rounds overlap. Every file is replaced whole, so that no reader ever sees half of one.
 */

import { steadyMs } from "../../host/clock.ts";
import { fileFacts } from "../../host/directory.ts";
import { replaceFile } from "../../host/replace-file.ts";
import { readSmallFile } from "../../host/small-file.ts";
import { checksumFileName, renderChecksumJson, renderChecksumText } from "./checksums.ts";
import type { ReportSettings } from "./report-settings.ts";
import { renderRunInfoJson, renderRunInfoText } from "./run-info.ts";
import { renderRunPage } from "./run-page.ts";
import { renderRunPageFromTemplate } from "./run-page-template.ts";
import type { RunStatus } from "./run-status.ts";
import { renderSpecialFiles, specialFileNames } from "./special-files.ts";
import { renderDumpStatus, renderReportJson } from "./status-json.ts";
import { renderStatusHtml } from "./status-line.ts";

export interface RunReporterOptions {
  readonly settings: ReportSettings;
  /** The run's directory of published files; it must exist. */
  readonly runDirectory: string;
  /** Least time between the starts of two rounds of writing. */
  readonly minimumIntervalMs?: number;
  /**
   * Told of every failure at once: files that could not be written, a page template that cannot be used. A round that failed
   * is tried again with the next update, and `flush` rejects if it fails then, too.
   */
  readonly onFailure?: (error: Error) => void;
}

/**
 * Writes the files of one run.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, readFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { RunReporter } from "./reporter.ts";
 * import type { RunStatus } from "./run-status.ts";
 *
 * const runDirectory = await mkdtemp(join(tmpdir(), "example-"));
 * const settings = {
 *   webRoot: "https://dumps.example/d", indexName: "index.html", runPageName: "index.html",
 *   templateDirectory: undefined, fileMode: 0o644,
 * };
 * const status: RunStatus = {
 *   wiki: "tewiki", date: "20260101", isPrivate: false, isClosed: false, phase: "running",
 *   startedAt: new Date(0), updatedAt: new Date(0), notice: "", previous: undefined, jobs: [],
 * };
 * const reporter = new RunReporter({ settings, runDirectory });
 * reporter.update(status);
 * await reporter.flush();
 * assert.match(await readFile(join(runDirectory, "status.html"), "utf8"), /Dump in progress/);
 * ```
 */
export class RunReporter {
  readonly #settings: ReportSettings;
  readonly #runDirectory: string;
  readonly #minimumIntervalMs: number;
  readonly #onFailure: (error: Error) => void;
  /** What each file holds, as far as this reporter wrote it. */
  readonly #written = new Map<string, string>();
  #template: { path: string; text: string } | undefined | "unread" = "unread";
  #latest: RunStatus | undefined;
  #waiting: RunStatus | undefined;
  #round: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastStartMs = -Infinity;
  #failure: Error | undefined;
  #isClosed = false;

  constructor(options: RunReporterOptions) {
    this.#settings = options.settings;
    this.#runDirectory = options.runDirectory;
    this.#minimumIntervalMs = options.minimumIntervalMs ?? 1000;
    this.#onFailure = options.onFailure ?? (() => {});
  }

  /** The failure of the last round, if it failed. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Takes the state to be shown; returns at once. */
  update(status: RunStatus): void {
    if (this.#isClosed) return;
    this.#latest = status;
    this.#waiting = status;
    this.#schedule();
  }

  /**
   * Writes the latest state now, and waits until it is on disk.
   *
   * @throws {SourceError} if a file could not be written
   */
  async flush(): Promise<void> {
    await this.#round;
    if (this.#failure !== undefined && !this.#isClosed) this.#waiting ??= this.#latest;
    while (this.#round !== undefined || this.#waiting !== undefined) {
      if (this.#round === undefined) this.#start();
      await this.#round;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Writes nothing more, not even what was waiting, and waits until the round at work is over: for a run whose lock is lost,
   * whose files are somebody else's now. Never rejects.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#round;
  }

  #schedule(): void {
    if (this.#round !== undefined || this.#timer !== undefined) return;
    const waitMs = Math.max(0, this.#lastStartMs + this.#minimumIntervalMs - steadyMs());
    this.#timer = setTimeout(() => this.#start(), waitMs);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const status = this.#waiting;
    if (status === undefined) return;
    this.#waiting = undefined;
    this.#lastStartMs = steadyMs();
    this.#round = this.#write(status).then(
      () => this.#failure = undefined,
      (error: Error) => this.#fail(error),
    ).then(() => {
      this.#round = undefined;
      if (this.#waiting !== undefined) this.#schedule();
    });
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#onFailure(error);
  }

  async #write(status: RunStatus): Promise<void> {
    const files: [name: string, content: string][] = [
      // First what says which files are good, so that a crash in between never makes more of a run than it is.
      ["dumpstatus.json", renderDumpStatus(this.#settings, status)],
      ["dumpruninfo.txt", renderRunInfoText(status)],
      ["dumpruninfo.json", renderRunInfoJson(status)],
      ["report.json", renderReportJson(this.#settings, status)],
      [checksumFileName(status, "md5", "txt"), renderChecksumText(status, "md5")],
      [checksumFileName(status, "md5", "json"), renderChecksumJson(status, "md5")],
      [checksumFileName(status, "sha1", "txt"), renderChecksumText(status, "sha1")],
      [checksumFileName(status, "sha1", "json"), renderChecksumJson(status, "sha1")],
      [this.#settings.runPageName, await this.#renderPage(status)],
      ["status.html", renderStatusHtml(this.#settings, status)],
    ];
    for (const [name, content] of files) await this.#replace(name, content);
    const sizes = await this.#specialFileSizes(status);
    await this.#replace("dumpspecialfiles.json", renderSpecialFiles(this.#settings, status, sizes));
  }

  async #replace(name: string, content: string): Promise<void> {
    if (this.#written.get(name) === content) return;
    await replaceFile(`${this.#runDirectory}/${name}`, content, { mode: this.#settings.fileMode });
    this.#written.set(name, content);
  }

  async #specialFileSizes(status: RunStatus): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for (const name of specialFileNames(this.#settings, status)) {
      const facts = await fileFacts(`${this.#runDirectory}/${name}`);
      if (facts !== undefined) sizes.set(name, facts.byteLength);
    }
    return sizes;
  }

  /** With the operator's template if there is one that works; a broken one is told of once, and our own page is used. */
  async #renderPage(status: RunStatus): Promise<string> {
    try {
      if (this.#template === "unread") this.#template = await this.#readTemplate();
      if (this.#template !== undefined) return renderRunPageFromTemplate(this.#settings, status, this.#template);
    } catch (error) {
      this.#template = undefined;
      this.#onFailure(error as Error);
    }
    return renderRunPage(this.#settings, status);
  }

  async #readTemplate(): Promise<{ path: string; text: string } | undefined> {
    if (this.#settings.templateDirectory === undefined) return undefined;
    const path = `${this.#settings.templateDirectory}/report.html`;
    const text = await readSmallFile(path);
    return text === undefined ? undefined : { path, text };
  }
}
