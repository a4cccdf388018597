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
import { asciiBytes } from "../bits/bytes.ts";
import { requireBytes } from "../bits/require-bytes.ts";
import { unshared } from "../bits/unshared.ts";
import type { DumpFormatError } from "../errors.ts";
import type { DumpPart, DumpSplitterOptions } from "./dump-part.ts";
import { TagScanner } from "./scan.ts";
import { endError, headError, markupError } from "./splitter-errors.ts";
import type { MarkupFault, SplitterContext, SplitterPlace } from "./splitter-errors.ts";
import { findPageId } from "./page-id.ts";
import { PartBuffer } from "./part-buffer.ts";

export type { DumpPart, DumpSplitterOptions } from "./dump-part.ts";

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
  #context: SplitterContext;
  #settling: Settling = "none";
  readonly #buffer = new PartBuffer();
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

  /** Whether the next byte comes right after a header, a page or a revision: there the caller may `skip` some. */
  get isBetween(): boolean {
    if (this.#settling !== "none" || (this.#context !== "body" && this.#context !== "revisions")) return false;
    return this.#buffer.startOffset === this.#scanner.byteOffset && !this.#scanner.isInMarkup;
  }

  /** Passes over whole pages or revisions that the caller has read, or what leads into a page or out of it: of the chunk, or instead of pushing it. */
  skip(byteLength: number, pageId: number | undefined, to?: "revisions" | "body"): void {
    this.#scanner.skip(byteLength);
    this.#buffer.skip(byteLength);
    this.#pageId = pageId;
    if (to === "revisions") this.#scanner.enter(PAGE);
    else if (to === "body") this.#scanner.leave();
    this.#context = to ?? this.#context;
  }

  /** Cuts one more chunk. */
  *push(chunk: Uint8Array): Generator<DumpPart, void, undefined> {
    const scanner = this.#load(chunk);
    for (;;) {
      if (this.#settling !== "none") {
        if (!scanner.takeLineEnd()) break;
        yield* this.#settle();
      }
      const result = scanner.next();
      if (result === "more") break;
      if (result === "fault") {
        yield* this.#streamUntil(scanner.byteOffset, false);
        throw this.#failure(scanner.fault);
      }
      if (result === "end") yield* this.#endTag();
      else yield* this.#startTag(result === "empty");
    }
    yield* this.#streamUntil(scanner.byteOffset, false);
    if (this.#buffer.hold() > MAX_HEAD_BYTES) {
      throw this.#keep(headError(MAX_HEAD_BYTES, { byteOffset: this.#buffer.startOffset, pageId: this.#pageId }));
    }
    this.#isBusy = false;
  }

  /** Says that the input has ended, and cuts what is left. */
  *finish(): Generator<DumpPart, void, undefined> {
    const scanner = this.#load(new Uint8Array(0));
    if (this.#settling !== "none") yield* this.#settle();
    const end = scanner.byteOffset;
    const isDone = this.#context === "footer" || (this.#isFragment && this.#context === "body");
    if (!isDone || scanner.isInMarkup) throw this.#keep(endError(scanner, this.#place()));
    if (this.#context === "footer") yield { type: "footer", bytes: this.#buffer.take(end) };
    else if (this.#buffer.startOffset < end) yield { type: "other", bytes: this.#buffer.take(end), isEnd: true };
    this.#isBusy = false;
  }

  #load(chunk: Uint8Array): TagScanner {
    if (this.#error !== undefined) throw this.#error;
    if (this.#isBusy) throw new TypeError("The parts of the chunk before were not all taken");
    requireBytes(chunk, "A chunk of a dump");
    this.#isBusy = true;
    const bytes = unshared(chunk);
    this.#scanner.load(bytes);
    this.#buffer.load(bytes, this.#scanner.chunkOffset);
    return this.#scanner;
  }

  #failure(fault: MarkupFault): DumpFormatError {
    return this.#keep(markupError(this.#scanner, this.#place(), fault));
  }

  #keep(error: DumpFormatError): DumpFormatError {
    this.#error = error;
    return error;
  }

  #place(): SplitterPlace {
    return { context: this.#context, pageId: this.#pageId, unread: this.#buffer.takePreview() };
  }

  /** A start tag, or the tag of an empty element. */
  *#startTag(isEmpty: boolean): Generator<DumpPart, void, undefined> {
    switch (this.#context) {
      case "start":
      case "footer":
        return yield* this.#startRoot(isEmpty);
      case "header":
        return yield* this.#startFirstChild(isEmpty);
      case "body":
        return yield* this.#startChild(isEmpty);
      case "page":
        return yield* this.#startInHead(isEmpty);
      case "revisions":
        return this.#startInPage(isEmpty);
    }
    // Inside of siteinfo, a revision or an unknown element: part of it.
  }

  *#startRoot(isEmpty: boolean): Generator<DumpPart, void, undefined> {
    if (!this.#scanner.isNamed(MEDIAWIKI)) throw this.#failure("misplaced");
    if (this.#context === "footer") yield { type: "footer", bytes: this.#buffer.take(this.#settledOffset) };
    this.#context = "header";
    this.#settling = isEmpty ? "header" : "mark";
  }

  *#startFirstChild(isEmpty: boolean): Generator<DumpPart, void, undefined> {
    if (this.#scanner.isNamed(SITEINFO)) {
      this.#context = "siteinfo";
      if (isEmpty) this.#settling = "header";
      return;
    }
    yield { type: "header", bytes: this.#buffer.take(this.#settledOffset) };
    this.#context = "body";
    yield* this.#startChild(isEmpty);
  }

  *#startChild(isEmpty: boolean): Generator<DumpPart, void, undefined> {
    const scanner = this.#scanner;
    if (scanner.isNamed(PAGE)) {
      this.#context = "page";
      this.#pageId = undefined;
      this.#settling = isEmpty ? "page-end" : "mark";
      if (isEmpty) yield { type: "page", bytes: this.#buffer.take(scanner.byteOffset) };
    } else if (this.#isFragment && this.#buffer.startOffset === 0 && scanner.isNamed(MEDIAWIKI)) {
      if (!isEmpty) scanner.closeOutermost();
      this.#context = "header";
      this.#settling = isEmpty ? "header" : "mark";
    } else this.#startOther(isEmpty);
  }

  *#startInHead(isEmpty: boolean): Generator<DumpPart, void, undefined> {
    const scanner = this.#scanner;
    if (scanner.isNamed(REVISION) || scanner.isNamed(UPLOAD)) {
      yield this.#takePage();
      this.#startInPage(isEmpty);
      return;
    }
    this.#refusePage();
    if (isEmpty) this.#settling = "mark";
  }

  #startInPage(isEmpty: boolean): void {
    this.#refusePage();
    if (!this.#scanner.isNamed(REVISION)) return this.#startOther(isEmpty);
    this.#context = "revision";
    if (isEmpty) this.#settling = "part";
  }

  #startOther(isEmpty: boolean): void {
    this.#depthOfOther = this.#context === "revisions" ? 2 : 1;
    this.#context = "other";
    if (isEmpty) this.#settling = "part";
    else this.#scanner.watchDepth = this.#depthOfOther;
  }

  /** Inside of a page no other page begins, and no other dump. */
  #refusePage(): void {
    if (this.#scanner.isNamed(PAGE) || this.#scanner.isNamed(MEDIAWIKI)) throw this.#failure("misplaced");
  }

  *#endTag(): Generator<DumpPart, void, undefined> {
    const depth = this.#scanner.depth;
    switch (this.#context) {
      case "siteinfo":
        if (depth === 1) this.#settling = "header";
        return;
      case "header":
      case "body":
        if (this.#context === "header") yield { type: "header", bytes: this.#buffer.take(this.#settledOffset) };
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
    }
  }

  #takePage(): DumpPart {
    const bytes = this.#buffer.take(this.#settledOffset);
    this.#pageId = findPageId(bytes);
    this.#context = "revisions";
    return { type: "page", bytes };
  }

  /** The line end after a tag was seen: the scanner is at the end of a part, or of a child of a head. */
  *#settle(): Generator<DumpPart, void, undefined> {
    const settling = this.#settling;
    const end = this.#scanner.byteOffset;
    this.#settling = "none";
    this.#settledOffset = end;
    if (settling === "header") {
      // "<mediawiki … />" is a dump without pages.
      this.#context = this.#scanner.depth === 0 ? "footer" : "body";
      yield { type: "header", bytes: this.#buffer.take(end) };
    } else if (settling === "part") {
      const parts = this.#streamUntil(end, true, this.#context);
      this.#scanner.watchDepth = 2;
      this.#context = this.#scanner.depth === 2 ? "revisions" : "body";
      yield* parts;
    } else if (settling === "page-end") {
      this.#context = "body";
      yield { type: "page-end", bytes: this.#buffer.take(end) };
    }
  }

  /** Hands out what there is of a revision or an unknown element. */
  *#streamUntil(endOffset: number, isEnd: boolean, type = this.#context): Generator<DumpPart, void, undefined> {
    if (type !== "revision" && type !== "other") return;
    const buffer = this.#buffer;
    if (buffer.heldLength > 0) yield { type, bytes: buffer.takeHeld(), isEnd: false };
    if (endOffset <= buffer.startOffset && !isEnd) return;
    yield { type, bytes: buffer.takeFromChunk(endOffset), isEnd };
  }
}
