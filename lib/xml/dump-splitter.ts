/**
 * Cuts the XML of a dump into header, page heads, revisions and footer, as bytes; joined again, the parts are the input.
 *
 * Sits on the tag scanner and below everything that reads dumps. Sans-I/O: chunks of any size go in, parts come out. Heads are
 * small and come whole; revisions and unknown elements may be huge and come in pieces, as views of the chunks.
 *
 *     header    <mediawiki …> … </siteinfo>⏎
 *     page          <page> … <id>1</id>⏎           blanks and comments before an element belong to its part
 *     revision          <revision> … </revision>⏎  the line end after it too
 *     page-end      </page>⏎
 *     footer    </mediawiki>⏎
 */
import { ByteBuffer } from "../bits/byte-buffer.ts";
import { asciiBytes } from "../bits/bytes.ts";
import { DumpFormatError } from "../errors.ts";
import { TagScanner } from "./scan.ts";
import { endError, markupError, type SplitterPlace } from "./splitter-errors.ts";
import { findPageId } from "./page-id.ts";

/** A part of a dump. See `DumpSplitter`. */
export type DumpPart =
  | { readonly type: "header"; readonly bytes: Uint8Array }
  | { readonly type: "page"; readonly bytes: Uint8Array }
  | { readonly type: "revision"; readonly bytes: Uint8Array; readonly isEnd: boolean }
  | { readonly type: "other"; readonly bytes: Uint8Array; readonly isEnd: boolean }
  | { readonly type: "page-end"; readonly bytes: Uint8Array }
  | { readonly type: "footer"; readonly bytes: Uint8Array };

/** Choices of a `DumpSplitter`. */
export interface DumpSplitterOptions {
  /**
   * The input may begin and end between pages, as a stream of a multistream dump does; there need be no header and no footer.
   * Default false.
   */
  readonly isFragment?: boolean;
}

/** Where the splitter is: which element the next byte belongs to. */
type Context = "start" | "header" | "siteinfo" | "body" | "page" | "revisions" | "revision" | "other" | "footer";

/** What is done when the line end after a tag was seen. */
type Settling = "none" | "mark" | "header" | "part" | "page-end";

const MEDIAWIKI = asciiBytes("mediawiki");
const SITEINFO = asciiBytes("siteinfo");
const PAGE = asciiBytes("page");
const REVISION = asciiBytes("revision");
const UPLOAD = asciiBytes("upload");

/** Heads and blanks are kept until they are whole; a real header has some kilobytes. */
const MAX_HEAD_BYTES = 16 * 1024 * 1024;

/**
 * Cuts the XML of a dump into parts.
 *
 * Push chunks and take every part of one chunk before you push the next. Pieces are views of the chunk where that is possible:
 * use or copy them before the chunk's memory is used for something else. A piece that ends a revision can be empty.
 *
 * Several dumps one after another are cut as one input. Throws DumpFormatError: NO_MEDIAWIKI (not a dump), BAD_TAG (not
 * well-formed, or text where none belongs), UNCLOSED_PAGE, TOO_LARGE (a head of more than 16 MiB), TRUNCATED (input ends early).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DumpSplitter } from "wikidump";
 *
 * const xml = "<mediawiki><page><id>7</id><revision><id>1</id></revision></page></mediawiki>";
 * const splitter = new DumpSplitter();
 * const types: string[] = [];
 * for (const part of splitter.push(new TextEncoder().encode(xml))) types.push(part.type);
 * for (const part of splitter.finish()) types.push(part.type);
 * assert.deepEqual(types, ["header", "page", "revision", "page-end", "footer"]);
 * ```
 */
export class DumpSplitter {
  readonly #scanner = new TagScanner();
  readonly #isFragment: boolean;
  #context: Context;
  #settling: Settling = "none";
  #chunk: Uint8Array = new Uint8Array(0);
  /** Bytes of earlier chunks that were not handed out yet. */
  #held = new ByteBuffer();
  /** Byte offset of the first byte that was not handed out. */
  #partOffset = 0;
  /** Up to here the bytes belong to the part that is being held; what follows belongs to the next one. */
  #settledOffset = 0;
  #depthOfOther = 0;
  #pageId: number | undefined;
  #isBusy = false;
  #error: DumpFormatError | undefined;

  constructor(options: DumpSplitterOptions = {}) {
    this.#isFragment = options.isFragment ?? false;
    this.#context = this.#isFragment ? "body" : "start";
    if (this.#isFragment) this.#scanner.open(MEDIAWIKI);
  }

  /** Bytes that were pushed and looked at so far. */
  get byteOffset(): number {
    return this.#scanner.offset;
  }

  /** Cuts one more chunk. */
  *push(chunk: Uint8Array): Generator<DumpPart, void, undefined> {
    this.#enter();
    const scanner = this.#scanner;
    scanner.load(chunk);
    this.#chunk = chunk;
    for (;;) {
      if (this.#settling !== "none") {
        if (!scanner.takeLineEnd()) break;
        yield* this.#settle();
      }
      const result = scanner.next();
      if (result === "more") break;
      if (result === "fault") {
        yield* this.#streamUntil(scanner.offset, false);
        throw this.#fail(markupError(scanner, this.#place(), scanner.fault));
      }
      if (result === "start") yield* this.#startTag(false);
      else if (result === "empty") yield* this.#startTag(true);
      else yield* this.#endTag();
    }
    yield* this.#streamUntil(scanner.offset, false);
    this.#hold();
    this.#isBusy = false;
  }

  /** Says that the input has ended, and cuts what is left. */
  *finish(): Generator<DumpPart, void, undefined> {
    this.#enter();
    this.#chunk = new Uint8Array(0);
    this.#scanner.load(this.#chunk);
    if (this.#settling !== "none") yield* this.#settle();
    const isDone = this.#context === "footer" || (this.#isFragment && this.#context === "body");
    if (!isDone || this.#scanner.isInMarkup) throw this.#fail(endError(this.#scanner, this.#place()));
    if (this.#context === "footer") yield { type: "footer", bytes: this.#take(this.#scanner.offset) };
    else if (this.#partOffset < this.#scanner.offset) {
      yield { type: "other", bytes: this.#take(this.#scanner.offset), isEnd: true };
    }
    this.#isBusy = false;
  }

  #enter(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#isBusy) throw new TypeError("The parts of the chunk before were not all taken");
    this.#isBusy = true;
  }

  #fail(error: DumpFormatError): DumpFormatError {
    this.#error = error;
    this.#isBusy = false;
    return error;
  }

  #place(): SplitterPlace {
    const scanner = this.#scanner;
    return {
      context: this.#context,
      pageId: this.#pageId,
      unread: this.#held.length === 0
        ? this.#chunk.subarray(this.#partOffset - scanner.base)
        : this.#peek(),
    };
  }

  #peek(): Uint8Array {
    const held = this.#held.take();
    this.#held.append(held);
    this.#held.append(this.#chunk.subarray(0, 64));
    return this.#held.take();
  }

  *#startTag(isEmpty: boolean): Generator<DumpPart, void, undefined> {
    const scanner = this.#scanner;
    switch (this.#context) {
      case "start":
      case "footer":
        if (!scanner.isNamed(MEDIAWIKI)) throw this.#fail(markupError(scanner, this.#place(), "misplaced"));
        if (this.#context === "footer") yield { type: "footer", bytes: this.#take(this.#settledOffset) };
        this.#context = "header";
        this.#settling = isEmpty ? "header" : "mark";
        return;
      case "header":
        if (scanner.isNamed(SITEINFO)) {
          this.#context = "siteinfo";
          if (isEmpty) this.#settling = "header";
          return;
        }
        yield { type: "header", bytes: this.#take(this.#settledOffset) };
        this.#context = "body";
        return yield* this.#startTag(isEmpty);
      case "body":
        if (scanner.isNamed(PAGE)) {
          this.#context = "page";
          this.#pageId = undefined;
          this.#settling = "mark";
          if (!isEmpty) return;
          yield { type: "page", bytes: this.#take(scanner.offset) };
          this.#settling = "page-end";
        } else if (this.#isFragment && this.#partOffset === 0 && scanner.isNamed(MEDIAWIKI)) {
          if (!isEmpty) scanner.closeOutermost();
          this.#context = "header";
          this.#settling = isEmpty ? "header" : "mark";
        } else yield* this.#startOther(isEmpty);
        return;
      case "page":
        if (scanner.isNamed(PAGE) || scanner.isNamed(MEDIAWIKI)) throw this.#fail(markupError(scanner, this.#place(), "misplaced"));
        if (scanner.isNamed(REVISION) || scanner.isNamed(UPLOAD)) {
          yield this.#takePage();
          return yield* this.#startTag(isEmpty);
        }
        if (isEmpty) this.#settling = "mark";
        return;
      case "revisions":
        if (scanner.isNamed(PAGE) || scanner.isNamed(MEDIAWIKI)) throw this.#fail(markupError(scanner, this.#place(), "misplaced"));
        if (!scanner.isNamed(REVISION)) return yield* this.#startOther(isEmpty);
        this.#context = "revision";
        if (isEmpty) this.#settling = "part";
        return;
      default:
        // Inside of siteinfo, a revision or an unknown element: part of it.
        return;
    }
  }

  *#startOther(isEmpty: boolean): Generator<DumpPart, void, undefined> {
    const isInPage = this.#context === "revisions";
    this.#depthOfOther = isInPage ? 2 : 1;
    this.#context = "other";
    if (isEmpty) this.#settling = "part";
    else this.#scanner.watchDepth = this.#depthOfOther;
    yield* [];
  }

  *#endTag(): Generator<DumpPart, void, undefined> {
    const depth = this.#scanner.depth;
    switch (this.#context) {
      case "siteinfo":
        if (depth === 1) this.#settling = "header";
        return;
      case "header":
        yield { type: "header", bytes: this.#take(this.#settledOffset) };
        this.#context = "footer";
        this.#settling = "mark";
        return;
      case "body":
        this.#context = "footer";
        this.#settling = "mark";
        return;
      case "page":
        if (depth === 1) {
          yield this.#takePage();
          this.#settling = "page-end";
        } else this.#settling = "mark";
        return;
      case "revisions":
        this.#settling = "page-end";
        return;
      case "revision":
        if (depth === 2) this.#settling = "part";
        return;
      default:
        if (depth === this.#depthOfOther) this.#settling = "part";
        return;
    }
  }

  #takePage(): DumpPart {
    const bytes = this.#take(this.#settledOffset);
    this.#pageId = findPageId(bytes);
    this.#context = "revisions";
    return { type: "page", bytes };
  }

  /** The line end after a tag was seen: the scanner is at the end of a part, or of a child of a head. */
  *#settle(): Generator<DumpPart, void, undefined> {
    const settling = this.#settling;
    const end = this.#scanner.offset;
    this.#settling = "none";
    this.#settledOffset = end;
    if (settling === "header") {
      // "<mediawiki … />" is a dump without pages.
      this.#context = this.#scanner.depth === 0 ? "footer" : "body";
      yield { type: "header", bytes: this.#take(end) };
    } else if (settling === "part") {
      yield* this.#streamUntil(end, true);
      this.#scanner.watchDepth = 2;
      this.#context = this.#scanner.depth === 2 ? "revisions" : "body";
    } else if (settling === "page-end") {
      yield { type: "page-end", bytes: this.#take(end) };
      this.#context = "body";
    }
  }

  /** Hands out what there is of a revision or an unknown element. */
  *#streamUntil(endOffset: number, isEnd: boolean): Generator<DumpPart, void, undefined> {
    const type = this.#context;
    if (type !== "revision" && type !== "other") return;
    if (this.#held.length > 0) {
      const bytes = this.#held.take();
      this.#partOffset += bytes.length;
      yield { type, bytes, isEnd: false };
    }
    const base = this.#scanner.base;
    const end = Math.max(endOffset, this.#partOffset);
    if (end === this.#partOffset && !isEnd) return;
    const bytes = this.#chunk.subarray(this.#partOffset - base, end - base);
    this.#partOffset = end;
    yield { type, bytes, isEnd };
  }

  /** Hands out everything before a byte offset, as one array. */
  #take(endOffset: number): Uint8Array {
    const base = this.#scanner.base;
    const start = this.#partOffset;
    this.#partOffset = endOffset;
    if (this.#held.length === 0) return this.#chunk.subarray(start - base, endOffset - base);
    if (endOffset > base) this.#held.append(this.#chunk.subarray(0, endOffset - base));
    const held = this.#held.take();
    const length = endOffset - start;
    if (length < held.length) this.#held.append(held.subarray(length));
    return held.subarray(0, length);
  }

  /** Keeps what the next chunk will decide about. */
  #hold(): void {
    const base = this.#scanner.base;
    const rest = this.#chunk.subarray(Math.max(0, this.#partOffset - base));
    if (this.#held.length + rest.length > MAX_HEAD_BYTES) {
      const place = { byteOffset: this.#partOffset, pageId: this.#pageId };
      throw this.#fail(new DumpFormatError("TOO_LARGE", `A head or blank stretch of more than ${MAX_HEAD_BYTES} bytes`, place));
    }
    this.#held.append(rest);
  }
}
