/**
 * What the commands of a pipeline write to stderr: cut into lines, secrets struck out, the last lines kept for
 * messages.
 */
import { LineSplitter } from "./line-splitter.ts";

export interface StderrLogOptions {
  readonly commandCount: number;
  /** Number of lines to keep. */
  readonly tailLines: number;
  readonly redact: (text: string) => string;
  readonly onLine: ((line: string, commandIndex: number) => void) | undefined;
}

/** Push bytes of any command; ask for the last lines. */
export class StderrLog {
  readonly #options: StderrLogOptions;
  readonly #splitters: readonly LineSplitter[];
  readonly #tail: string[] = [];
  readonly #tails: readonly string[][];

  constructor(options: StderrLogOptions) {
    this.#options = options;
    const indexes = Array.from({ length: options.commandCount }, (_, index) => index);
    this.#tails = indexes.map(() => []);
    this.#splitters = indexes.map((index) => new LineSplitter((line) => this.#hear(line, index)));
  }

  /** Last lines of all commands together. */
  get tail(): readonly string[] {
    return this.#tail;
  }

  /** Last lines of each command. */
  get tails(): readonly (readonly string[])[] {
    return this.#tails;
  }

  /** Throws what `onLine` throws. */
  push(commandIndex: number, bytes: Uint8Array): void {
    this.#splitters[commandIndex]!.push(bytes);
  }

  /** Delivers last lines that have no end. */
  finish(): void {
    for (const splitter of this.#splitters) splitter.finish();
  }

  #hear(raw: string, index: number): void {
    const line = this.#options.redact(raw);
    for (const tail of [this.#tail, this.#tails[index]!]) {
      tail.push(line);
      if (tail.length > this.#options.tailLines) tail.shift();
    }
    this.#options.onLine?.(line, index);
  }
}
