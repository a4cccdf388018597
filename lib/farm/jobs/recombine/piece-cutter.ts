/**
 * Cuts the XML of one piece into header, body and footer, and checks on the way that it is one whole dump that may follow the pieces before
 * it: its pages rise, are beyond those that came, and lie in its range; its header is of the same wiki.
 */
import { equalBytes } from "../../../bits/bytes.ts";
import { joinNeighbours } from "../../../dump/reading/join-parts.ts";
import type { SiteInfo } from "../../../dump/reading/model.ts";
import { readSiteInfo } from "../../../dump/reading/site-info.ts";
import { type DumpPart, DumpSplitter } from "../../../xml/dump-splitter.ts";
import { findPageId } from "../../../xml/page-id.ts";
import type { Piece } from "./piece.ts";
import { unfitError } from "./unfit-error.ts";

/** Some bytes of a piece, as large as they came. Together, in order, they are the piece. */
export interface CutBytes {
  readonly section: "header" | "body" | "footer";
  readonly bytes: Uint8Array;
}

/** What the pieces so far had: they are read one after another, with one of these. */
export class PieceOrder {
  header: { readonly bytes: Uint8Array; readonly siteInfo: SiteInfo; readonly name: string } | undefined;
  lastPageId = -1;
  lastLogId = -1;
}

export interface PieceCutterOptions {
  readonly order: PieceOrder;
  readonly log?: ((line: string) => void) | undefined;
  readonly onPage?: ((pageId: number) => void) | undefined;
}

/** The start of a log item, up to its number. */
const LOG_ID = /^\s*<logitem>\s*<id>(\d{1,15})<\/id>/;
const LOG_HEAD_BYTES = 256;

export class PieceCutter {
  readonly #piece: Piece;
  readonly #options: PieceCutterOptions;
  readonly #splitter = new DumpSplitter();
  #hasHeader = false;
  #hasFooter = false;
  #isInPage = false;
  /** What was seen of the start of the log item at hand. */
  #logHead = "";

  constructor(piece: Piece, options: PieceCutterOptions) {
    this.#piece = piece;
    this.#options = options;
  }

  /** Cuts one more chunk. Throws SourceError UNFIT, DumpFormatError. */
  push(chunk: Uint8Array): readonly CutBytes[] {
    return this.#cut(this.#splitter.push(chunk));
  }

  /** Says that the piece has ended. Throws DumpFormatError if it is cut. */
  finish(): readonly CutBytes[] {
    return this.#cut(this.#splitter.finish());
  }

  #cut(parts: Iterable<DumpPart>): readonly CutBytes[] {
    const cuts: CutBytes[] = [];
    let body: Uint8Array | undefined;
    for (const part of parts) {
      this.#check(part);
      if (part.type === "header" || part.type === "footer") {
        if (body !== undefined) cuts.push({ section: "body", bytes: body });
        body = undefined;
        cuts.push({ section: part.type, bytes: part.bytes });
      } else if (part.bytes.length > 0) {
        const joined = body === undefined ? part.bytes : joinNeighbours(body, part.bytes);
        if (joined === undefined) cuts.push({ section: "body", bytes: body! });
        body = joined ?? part.bytes;
      }
    }
    if (body !== undefined) cuts.push({ section: "body", bytes: body });
    return cuts;
  }

  #check(part: DumpPart): void {
    switch (part.type) {
      case "header":
        return this.#checkHeader(part.bytes);
      case "footer":
        this.#hasFooter = true;
        return;
      case "page":
        this.#isInPage = true;
        return this.#checkPage(part.bytes);
      case "page-end":
        this.#isInPage = false;
        return;
      case "other":
        if (!this.#isInPage) this.#checkLogItem(part.bytes, part.isEnd);
    }
  }

  #checkHeader(bytes: Uint8Array): void {
    if (this.#hasHeader || this.#hasFooter) throw unfitError(this.#piece.path, "it holds more than one dump");
    this.#hasHeader = true;
    const { order, log } = this.#options;
    const siteInfo = readSiteInfo(bytes);
    if (order.header === undefined) {
      order.header = { bytes: bytes.slice(), siteInfo, name: this.#piece.name };
      return;
    }
    if (equalBytes(bytes, order.header.bytes)) return;
    const first = order.header.siteInfo;
    for (const key of ["schemaVersion", "dbName", "language"] as const) {
      if (siteInfo[key] === first[key]) continue;
      const what = `its header has ${key} ${siteInfo[key] ?? "(none)"}, and that of ${order.header.name} has`;
      throw unfitError(this.#piece.path, `${what} ${first[key] ?? "(none)"}`);
    }
    // The wiki's settings may change while it is being dumped.
    log?.(`${this.#piece.name}: its header differs from that of ${order.header.name}, which is kept`);
  }

  #checkPage(head: Uint8Array): void {
    const pageId = findPageId(head);
    const { order, onPage } = this.#options;
    const { path, range } = this.#piece;
    if (pageId === undefined) throw unfitError(path, `a page after page ${order.lastPageId} has no id`);
    if (pageId <= order.lastPageId) {
      throw unfitError(path, `page ${pageId} comes after page ${order.lastPageId}: pages must rise, over all pieces`);
    }
    if (range !== undefined && (pageId < range.first || pageId > range.last)) {
      throw unfitError(path, `page ${pageId} is outside of its range, ${range.first} to ${range.last}`);
    }
    order.lastPageId = pageId;
    onPage?.(pageId);
  }

  #checkLogItem(bytes: Uint8Array, isEnd: boolean): void {
    if (this.#logHead.length < LOG_HEAD_BYTES) {
      this.#logHead += new TextDecoder("latin1").decode(bytes.subarray(0, LOG_HEAD_BYTES));
    }
    if (!isEnd) return;
    const found = LOG_ID.exec(this.#logHead);
    this.#logHead = "";
    if (found === null) return;
    const { order } = this.#options;
    const logId = Number(found[1]);
    if (logId <= order.lastLogId) {
      throw unfitError(
        this.#piece.path,
        `log item ${logId} comes after ${order.lastLogId}: items must rise, over all pieces`,
      );
    }
    order.lastLogId = logId;
  }
}
