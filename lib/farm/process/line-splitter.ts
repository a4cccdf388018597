/**
 * Bytes in pieces of any size to lines of text: UTF-8 is decoded across the pieces, and a line may end with LF, CR LF,
 * or CR (progress lines). Lines without end are cut, so that memory stays bounded.
 */

/** Longest line, in UTF-16 units; what is longer comes in pieces. */
const MAX_LINE_LENGTH = 16 * 1024;

/** Push bytes, get lines. */
export class LineSplitter {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #onLine: (line: string) => void;
  #rest = "";
  #endedWithCr = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(bytes: Uint8Array): void {
    this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Delivers the last line if it has no end. */
  finish(): void {
    this.#take(this.#decoder.decode());
    if (this.#rest !== "") this.#onLine(this.#rest);
    this.#rest = "";
  }

  #take(text: string): void {
    if (text === "") return;
    // The LF of a CR LF that was cut in two belongs to the line that was delivered already.
    const start = this.#endedWithCr && text.startsWith("\n") ? 1 : 0;
    this.#endedWithCr = text.endsWith("\r");
    const lines = (this.#rest + text.slice(start)).split(/\r\n|\n|\r/);
    this.#rest = lines.pop()!;
    for (const line of lines) this.#deliver(line);
    while (this.#rest.length > MAX_LINE_LENGTH) {
      this.#onLine(this.#rest.slice(0, MAX_LINE_LENGTH));
      this.#rest = this.#rest.slice(MAX_LINE_LENGTH);
    }
  }

  #deliver(line: string): void {
    for (let start = 0; start === 0 || start < line.length; start += MAX_LINE_LENGTH) {
      this.#onLine(line.slice(start, start + MAX_LINE_LENGTH));
    }
  }
}
