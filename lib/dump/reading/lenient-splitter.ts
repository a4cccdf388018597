/**
 * Cuts up a dump that need not be whole: header and footer may be missing, and from the first place that is not well-formed, or
 * within the page that the end of the input cuts, all is passed on as it is.
 */
import { DumpFormatError } from "../../errors.ts";
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";

/** A part of a dump, or what could not be cut. */
export type LenientPart = DumpPart | { readonly type: "rest"; readonly bytes: Uint8Array };

/** A chunk of which not all was given back yet, and where it begins. */
interface Unread {
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
}

/** Like `DumpSplitter`; joined again, the parts are the input, whatever that is. */
export class LenientSplitter {
  readonly #splitter = new DumpSplitter({ isFragment: true });
  #chunks: Unread[] = [];
  #byteLength = 0;
  /** Bytes that were given back. */
  #given = 0;
  #fault: DumpFormatError | undefined;

  /** What ended the cutting. */
  get fault(): DumpFormatError | undefined {
    return this.#fault;
  }

  /** Cuts one more chunk. Take all its parts before it changes, and before the next one. */
  *push(chunk: Uint8Array): Generator<LenientPart, void, undefined> {
    if (this.#fault !== undefined) {
      yield { type: "rest", bytes: chunk };
      return;
    }
    this.#chunks.push({ byteOffset: this.#byteLength, bytes: chunk });
    this.#byteLength += chunk.length;
    yield* this.#cut(this.#splitter.push(chunk));
    this.#keepUnread();
  }

  /** Chunks end within heads, of which a copy is kept: the memory of a chunk is its owner's again. */
  #keepUnread(): void {
    const unread = this.#chunks.filter(({ byteOffset, bytes }) => byteOffset + bytes.length > this.#given);
    const last = unread.pop();
    if (last !== undefined) {
      const start = Math.max(0, this.#given - last.byteOffset);
      unread.push({ byteOffset: last.byteOffset + start, bytes: last.bytes.slice(start) });
    }
    this.#chunks = unread;
  }

  /** What is left. */
  *finish(): Generator<LenientPart, void, undefined> {
    if (this.#fault === undefined) yield* this.#cut(this.#splitter.finish());
  }

  *#cut(parts: Generator<DumpPart, void, undefined>): Generator<LenientPart, void, undefined> {
    try {
      for (const part of parts) {
        this.#given += part.bytes.length;
        yield part;
      }
    } catch (error) {
      if (!(error instanceof DumpFormatError)) throw error;
      this.#fault = error;
      for (const { byteOffset, bytes } of this.#chunks) {
        const start = Math.max(0, this.#given - byteOffset);
        if (start < bytes.length) yield { type: "rest", bytes: bytes.subarray(start) };
      }
      this.#chunks = [];
    }
  }
}
