/** What a worker says: every line to stderr, and to the run's log file in the private tree where that is wanted. */
import { LogFile } from "../host/log-file.ts";
import { formatTimestamp } from "./report/timestamp.ts";
import { privateRunDirectory } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";

export interface WorkerLogOptions {
  /** Prints a line; must not be waited for. */
  readonly print: (line: string) => void;
  readonly target: "terminal" | "terminal-and-file";
}

export class WorkerLog {
  readonly #options: WorkerLogOptions;
  #file: LogFile | undefined;

  constructor(options: WorkerLogOptions) {
    this.#options = options;
  }

  /** The log of one run: a function that takes lines. */
  open(wiki: Wiki, date: string): (line: string) => void {
    if (this.#options.target === "terminal-and-file") {
      this.#file = new LogFile(`${privateRunDirectory(wiki, date)}/${wiki.settings.output.logfile}`);
    }
    return (line) => {
      const stamped = `${formatTimestamp(new Date())}: ${wiki.name} ${line}`;
      this.#options.print(stamped);
      this.#file?.add(stamped);
    };
  }

  /** Waits until the log file is written. Throws SourceError if it could not be. */
  async close(): Promise<void> {
    await this.#file?.close();
  }
}
