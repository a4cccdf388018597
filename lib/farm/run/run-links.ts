/** The links in `latest/` that follow from a run. The files are published; a link that cannot be made does not undo that, and is told of once. */
import {
  type LatestLinksOptions,
  type LatestLinksOutcome,
  linkLatest,
  type LinkTarget,
  unlinkLatest,
} from "../report/latest-links.ts";
import type { JobStatus, RunStatus } from "../report/run-status.ts";
import { reportSettingsOf } from "../report-settings-of.ts";
import type { Wiki } from "../wiki.ts";

export class RunLinks {
  readonly #options: LatestLinksOptions;
  readonly #log: (line: string) => void;
  readonly #told = new Set<string>();

  constructor(wiki: Wiki, log: (line: string) => void) {
    this.#options = { settings: reportSettingsOf(wiki.settings), runsDirectory: wiki.runsDirectory };
    this.#log = log;
  }

  /** Links files of the run, and its checksum lists. */
  async link(status: RunStatus, names: readonly string[]): Promise<void> {
    this.#tell(await linkLatest(status, names, this.#options));
  }

  /** Links of all jobs that are done, and of the checksum lists. */
  async refresh(status: RunStatus): Promise<void> {
    const done = status.jobs.filter((job) => job.state === "done");
    await this.link(status, done.flatMap((job: JobStatus) => job.files.map((file) => file.name)));
  }

  /** Takes links away. */
  async unlink(status: RunStatus, isGoing: (linked: LinkTarget) => boolean): Promise<void> {
    this.#tell(await unlinkLatest(status, isGoing, this.#options));
  }

  #tell({ problems }: LatestLinksOutcome): void {
    for (const { message } of problems) {
      if (!this.#told.has(message)) this.#log(message);
      this.#told.add(message);
    }
  }
}
