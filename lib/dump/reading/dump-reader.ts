/**
 * Reads a dump as events: its header, each page's head, each revision, as values and as the bytes they were read from.
 *
 * Sits on the splitter, and like it does no I/O. What writes a dump anew (the jobs of a run) copies the bytes and looks at the
 * values; what only reads can use `readDump`.
 */
import { DumpFormatError } from "../../errors.ts";
import { ByteBuffer } from "../../bits/byte-buffer.ts";
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";
import type { Namespace, PageHead, Revision, SiteInfo } from "./model.ts";
import { readPageHead } from "./page-head.ts";
import { LazyRevision, type TextPlace } from "./revision-reader.ts";
import { readSiteInfo } from "./site-info.ts";

export type { TextPlace } from "./revision-reader.ts";

/** One step through a dump. Joined in order, the `bytes` of all events are the input. */
export type DumpEvent =
  | { readonly type: "start"; readonly siteInfo: SiteInfo; readonly bytes: Uint8Array }
  | { readonly type: "page"; readonly page: PageHead; readonly bytes: Uint8Array }
  | {
    readonly type: "revision";
    readonly revision: Revision;
    readonly bytes: Uint8Array;
    /** All positions are -1 in a revision without `<text>`. */
    readonly text: TextPlace;
  }
  | { readonly type: "other"; readonly bytes: Uint8Array }
  | { readonly type: "page-end"; readonly bytes: Uint8Array }
  | { readonly type: "end"; readonly bytes: Uint8Array };

/** Choices of a `DumpReader`. */
export interface DumpReaderOptions {
  /** Longest revision, as it stands in the XML, that is put together in memory. Default 256 MiB. */
  readonly maxRevisionBytes?: number;
  /** See `DumpSplitterOptions`. There is no "start" event if there is no header. Default false. */
  readonly isFragment?: boolean;
  /** Namespaces for a fragment of a dump before schema 0.6, whose pages do not state theirs. */
  readonly namespaces?: readonly Namespace[];
}

const DEFAULT_MAX_REVISION_BYTES = 256 * 1024 * 1024;

/**
 * Reads a dump as events.
 *
 * Push chunks and take all events of one before you push the next. A revision that lies in one chunk is a view of it: leave the
 * chunk's memory alone as long as you use the revision. Throws DumpFormatError: those of `DumpSplitter`, BAD_ID for a page or
 * revision whose id is missing or no number, and TOO_LARGE for a revision above `maxRevisionBytes`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DumpReader } from "wikidump";
 *
 * const xml = `<mediawiki><page><title>A</title><ns>0</ns><id>7</id>
 *   <revision><id>1</id><timestamp>2026-01-01T00:00:00Z</timestamp><text>x &amp; y</text></revision></page></mediawiki>`;
 * const reader = new DumpReader();
 * for (const event of reader.push(new TextEncoder().encode(xml))) {
 *   if (event.type === "revision") assert.equal(event.revision.text(), "x & y");
 * }
 * reader.finish().next();
 * ```
 */
export class DumpReader {
  readonly #splitter: DumpSplitter;
  readonly #maxRevisionBytes: number;
  #namespaces: readonly Namespace[];
  #revision = new ByteBuffer();
  /** Bytes that were handed out or gathered, from the start of the input. */
  #byteOffset = 0;
  #pageId: number | undefined;
  #isInPage = false;
  #isSkipping = false;

  constructor(options: DumpReaderOptions = {}) {
    this.#splitter = new DumpSplitter({ isFragment: options.isFragment ?? false });
    this.#maxRevisionBytes = options.maxRevisionBytes ?? DEFAULT_MAX_REVISION_BYTES;
    this.#namespaces = options.namespaces ?? [];
  }

  /** Leaves out what is left of the page at hand: the next event is its "page-end". Its revisions are not put together. */
  skipPage(): void {
    if (!this.#isInPage) return;
    this.#isSkipping = true;
    this.#byteOffset += this.#revision.take().length;
  }

  /** Reads one more chunk. */
  *push(chunk: Uint8Array): Generator<DumpEvent, void, undefined> {
    for (const part of this.#splitter.push(chunk)) yield* this.#read(part);
  }

  /** Says that the input has ended. */
  *finish(): Generator<DumpEvent, void, undefined> {
    for (const part of this.#splitter.finish()) yield* this.#read(part);
  }

  *#read(part: DumpPart): Generator<DumpEvent, void, undefined> {
    const { type, bytes } = part;
    const start = this.#byteOffset;
    if (type === "revision") {
      if (this.#isSkipping) this.#byteOffset += bytes.length;
      else if (part.isEnd) yield this.#wholeRevision(bytes);
      else this.#gather(bytes);
      return;
    }
    this.#byteOffset += bytes.length;
    switch (type) {
      case "header": {
        const siteInfo = readSiteInfo(bytes);
        this.#namespaces = siteInfo.namespaces;
        yield { type: "start", siteInfo, bytes };
        return;
      }
      case "page": {
        this.#pageId = undefined;
        this.#isInPage = true;
        const page = readPageHead(bytes, start, this.#namespaces);
        this.#pageId = page.id;
        yield { type: "page", page, bytes };
        return;
      }
      case "other":
        if (!this.#isSkipping) yield { type: "other", bytes };
        return;
      case "page-end":
        this.#isInPage = false;
        this.#isSkipping = false;
        yield { type: "page-end", bytes };
        return;
      case "footer":
        yield { type: "end", bytes };
    }
  }

  #wholeRevision(lastPiece: Uint8Array): DumpEvent {
    let bytes = lastPiece;
    if (this.#revision.length > 0) {
      this.#gather(lastPiece);
      bytes = this.#revision.take();
    } else this.#checkLength(lastPiece.length);
    const place = { byteOffset: this.#byteOffset, pageId: this.#pageId };
    this.#byteOffset += bytes.length;
    const revision = new LazyRevision(bytes, place);
    return { type: "revision", revision, bytes, text: revision.textPlace };
  }

  #gather(piece: Uint8Array): void {
    this.#checkLength(this.#revision.length + piece.length);
    this.#revision.append(piece);
  }

  #checkLength(byteLength: number): void {
    if (byteLength <= this.#maxRevisionBytes) return;
    const place = { byteOffset: this.#byteOffset, pageId: this.#pageId };
    const message =
      `The revision at byte ${place.byteOffset} of page ${this.#pageId} has more than ${this.#maxRevisionBytes} bytes`;
    throw new DumpFormatError("TOO_LARGE", message, place, {
      remedy: "Raise maxRevisionBytes if there is memory for it",
    });
  }
}
