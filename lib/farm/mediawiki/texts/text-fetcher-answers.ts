/**
 * Reads what fetchText.php writes: for each address that it was asked, in order,
 *
 *     tt:63⏎       the address ("tt:" is put before a bare number)
 *     119⏎         bytes of the text; -1: there is no such text
 *     …            so many bytes, with no line end after them
 */

/** One answer; no text: there is none at the address. */
export interface TextAnswer {
  readonly address: string;
  readonly text: Uint8Array | undefined;
}

/** Longest line: addresses are short, but who knows what a broken program prints. */
const MAX_LINE_BYTES = 4096;
/** Longest text. MediaWiki's own limit is some megabytes. */
const MAX_TEXT_BYTES = 512 * 1024 * 1024;
const LINE_FEED = 0x0a;
const decoder = new TextDecoder();

/** Chunks of any size in, answers out. Throws Error for what is no answer; nothing can be pushed after that. */
export class TextFetcherAnswers {
  #line: number[] = [];
  #address: string | undefined;
  #text: Uint8Array | undefined;
  #fill = 0;

  /** Whether all that came was whole answers. */
  get isBetween(): boolean {
    return this.#address === undefined && this.#line.length === 0;
  }

  /** The answers that this chunk completes. They do not refer to the chunk's memory. */
  *push(chunk: Uint8Array): Generator<TextAnswer, void, undefined> {
    for (let at = 0; at < chunk.length;) {
      if (this.#text === undefined) {
        const end = chunk.indexOf(LINE_FEED, at);
        this.#gather(chunk.subarray(at, end < 0 ? chunk.length : end));
        if (end < 0) return;
        at = end + 1;
        this.#endLine();
      } else {
        const part = chunk.subarray(at, at + this.#text.length - this.#fill);
        this.#text.set(part, this.#fill);
        this.#fill += part.length;
        at += part.length;
      }
      yield* this.#complete();
    }
  }

  #gather(piece: Uint8Array): void {
    for (const byte of piece) this.#line.push(byte);
    if (this.#line.length > MAX_LINE_BYTES) {
      throw new Error(`it printed ${show(this.#takeLine())} where a line was due`);
    }
  }

  #takeLine(): string {
    const line = decoder.decode(Uint8Array.from(this.#line));
    this.#line = [];
    return line;
  }

  #endLine(): void {
    const line = this.#takeLine();
    if (this.#address === undefined) {
      this.#address = line;
      return;
    }
    if (!/^(?:-1|[0-9]{1,12})$/.test(line)) {
      throw new Error(`it printed ${show(this.#address)} and ${show(line)} where an address and a length were due`);
    }
    const byteLength = Number(line);
    if (byteLength > MAX_TEXT_BYTES) throw new Error(`it says that ${this.#address} has ${line} bytes`);
    this.#fill = 0;
    this.#text = new Uint8Array(Math.max(byteLength, 0));
    // An absent text is told by a fill that no text has.
    if (byteLength < 0) this.#fill = -1;
  }

  *#complete(): Generator<TextAnswer, void, undefined> {
    const text = this.#text;
    const address = this.#address;
    if (text === undefined || address === undefined || (this.#fill >= 0 && this.#fill < text.length)) return;
    const isAbsent = this.#fill < 0;
    this.#address = undefined;
    this.#text = undefined;
    yield { address, text: isAbsent ? undefined : text };
  }
}

function show(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
