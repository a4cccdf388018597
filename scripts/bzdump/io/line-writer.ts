/** Writes lines in pieces of some length: a system call per line would cost more than the work. */
import type { OutputSink } from "../../../lib/host/terminal.ts";

const PIECE_LENGTH = 64 * 1024;

export class LineWriter {
  readonly #sink: OutputSink;
  #piece = "";

  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  /** A promise to wait for, or undefined when more can come at once. */
  write(line: string): Promise<void> | undefined {
    this.#piece += `${line}\n`;
    return this.#piece.length < PIECE_LENGTH ? undefined : this.flush();
  }

  /** Writes what is left; call it at the end, also after an error. */
  async flush(): Promise<void> {
    const piece = this.#piece;
    this.#piece = "";
    if (piece !== "") await this.#sink.write(piece);
  }
}
