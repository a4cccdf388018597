/** A text file to which lines are appended, in order, without waiting for the disk. */
import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { sourceError } from "./system-error.ts";

export class LogFile {
  readonly path: string;
  #waiting = "";
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Appends a line. A log that cannot be written must not stop a dump: the failure is told by `close`. */
  add(line: string): void {
    this.#waiting += `${line}\n`;
    this.#writing ??= this.#write();
  }

  /** Waits for the disk. Throws SourceError if lines were lost. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #write(): Promise<void> {
    // Lines that come while the disk is busy go together.
    while (this.#waiting !== "" && this.#failure === undefined) {
      const lines = this.#waiting;
      this.#waiting = "";
      try {
        await mkdir(dirname(this.path), { recursive: true });
        await appendFile(this.path, lines);
      } catch (error) {
        this.#failure = sourceError(error, this.path, "write");
      }
    }
    this.#writing = undefined;
  }
}
