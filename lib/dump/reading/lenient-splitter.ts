/**
 * Cuts up a dump that need not be whole: header and footer may be missing, and from the first place on that is not well-formed it
 * is cut by lines.
 */
import { DumpFormatError } from "../../errors.ts";
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";
import { LineSplitter } from "./line-splitter.ts";

/** A part of a dump, or what could not be cut. */
export type LenientPart = DumpPart | { readonly type: "rest"; readonly bytes: Uint8Array };

/** A chunk of which not all was given back yet, and where it begins. */
interface Unread {
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
}

const LINE_FEED = 0x0a;

/** Like `DumpSplitter`; joined again, the parts are the input, whatever that is. */
export class LenientSplitter {
  readonly #splitter = new DumpSplitter({ isFragment: true });
  #chunks: Unread[] = [];
  #byteLength = 0;
  /** Bytes that were given back. */
  #given = 0;
  #lastByte = LINE_FEED;
  #isInPage = false;
  /** Where an element between pages began that has not ended. */
  #openAt: number | undefined;
  /** After a fault. */
  #lines: LineSplitter | undefined;
  #fault: DumpFormatError | undefined;

  /** What is not well-formed; or that the input ends early. */
  get fault(): DumpFormatError | undefined {
    return this.#fault;
  }

  /** After a fault: the byte at which an element between pages begins that never ends. What was meant for pages is part of it. */
  get unclosedAt(): number | undefined {
    return this.#fault === undefined ? undefined : this.#openAt;
  }

  /** Cuts one more chunk. Take all its parts before it changes, and before the next one. */
  *push(chunk: Uint8Array): Generator<LenientPart, void, undefined> {
    if (this.#lines !== undefined) {
      yield* this.#lines.push(chunk);
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
    if (this.#lines === undefined) yield* this.#cut(this.#splitter.finish());
    if (this.#lines === undefined) return;
    const end = yield* this.#lines.finish();
    if (end !== undefined && this.#fault?.code !== "TRUNCATED") this.#fault = end;
  }

  *#cut(parts: Generator<DumpPart, void, undefined>): Generator<LenientPart, void, undefined> {
    try {
      for (const part of parts) {
        if (part.type === "other" && !this.#isInPage) {
          this.#openAt = part.isEnd ? undefined : this.#openAt ?? this.#given;
        }
        this.#given += part.bytes.length;
        this.#lastByte = part.bytes.at(-1) ?? this.#lastByte;
        this.#isInPage = part.type === "page" || (this.#isInPage && part.type !== "page-end");
        yield part;
      }
    } catch (error) {
      if (!(error instanceof DumpFormatError)) throw error;
      this.#fault = error;
      this.#lines = new LineSplitter({ isInPage: this.#isInPage, isAtLineStart: this.#lastByte === LINE_FEED });
      for (const { byteOffset, bytes } of this.#chunks) {
        const start = Math.max(0, this.#given - byteOffset);
        if (start < bytes.length) yield* this.#lines.push(bytes.subarray(start));
      }
      this.#chunks = [];
    }
  }
}
