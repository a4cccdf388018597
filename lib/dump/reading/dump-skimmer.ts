/**
 * Counts pages and revisions, as fast as XML can be looked at: plain pages by `PageSkimmer`, all else by the splitter.
 *
 *     chunk   |…end of a page</page>|<page>…</page><page>…</page>|<page>…start of a page|
 *                 splitter                 skimmer                  splitter, told to skip the revisions that the skimmer read
 */
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";
import { PageSkimmer } from "../../xml/page-skimmer.ts";
import type { Namespace, SiteInfo } from "./model.ts";
import { findTitle, readPageHead } from "./page-head.ts";
import { GrowingSummary, type PageSummary, timestampNumber } from "./page-summary.ts";
import { RevisionGatherer } from "./revision-gatherer.ts";
import { readSiteInfo } from "./site-info.ts";

/**
 * Reads a dump and tells of every page, in the order of the dump, when it ends. What it tells is used again for the next page, and
 * titles are views of the chunk: copy what you want to keep.
 *
 * Throws the DumpFormatErrors of `DumpReader`, except that no revision is too large.
 */
export class DumpSkimmer {
  /** The header of the dump, once it was read; that of the first dump if there are several. */
  siteInfo: SiteInfo | undefined;
  /** Bytes of XML that were counted. */
  byteOffset = 0;
  #inputOffset = 0;
  readonly #onPage: (page: PageSummary) => void;
  readonly #splitter = new DumpSplitter();
  readonly #skimmer = new PageSkimmer();
  readonly #gatherer = new RevisionGatherer();
  #namespaces: readonly Namespace[] = [];
  /** Used again and again for plain pages. */
  #plain = new GrowingSummary();
  /** The page at hand, between its head and its end. */
  #page: GrowingSummary | undefined;
  /** What the skimmer read of a page that it could not finish, and up to which byte of the dump. */
  #ahead: { readonly page: GrowingSummary; readonly endOffset: number } | undefined;
  #lastPageId: number | undefined;

  constructor(onPage: (page: PageSummary) => void) {
    this.#onPage = onPage;
  }

  /** Reads one more chunk. */
  push(chunk: Uint8Array): void {
    const splitter = this.#splitter;
    const chunkOffset = this.#inputOffset;
    this.#inputOffset += chunk.length;
    const skipped = splitter.isBetween ? this.#skim(chunk, chunkOffset) : 0;
    const rest = skipped === 0 ? chunk : chunk.subarray(skipped);
    for (const part of splitter.push(rest)) {
      this.#take(part);
      if (splitter.isBetween) this.#skim(chunk, chunkOffset);
    }
  }

  /** Says that the input has ended. */
  finish(): void {
    for (const part of this.#splitter.finish()) this.#take(part);
  }

  /** Reads what is plain from here on, and gives the number of bytes. The splitter stands between pages or revisions. */
  #skim(chunk: Uint8Array, chunkOffset: number): number {
    const from = this.byteOffset - chunkOffset;
    const to = this.#page === undefined
      ? this.#skimPages(chunk, from, chunkOffset)
      : this.#skimRevisions(chunk, this.#jump(from, chunkOffset), this.#page);
    if (to === from) return 0;
    if (this.#page !== undefined) this.#page.xmlBytes += to - from;
    this.byteOffset += to - from;
    this.#splitter.skip(to - from, this.#lastPageId);
    return to - from;
  }

  /** Over the revisions that were read already, when the page could not be finished. */
  #jump(from: number, chunkOffset: number): number {
    const endOffset = this.#ahead?.endOffset ?? 0;
    this.#ahead = undefined;
    return Math.max(from, endOffset - chunkOffset);
  }

  #skimPages(chunk: Uint8Array, from: number, chunkOffset: number): number {
    const skimmer = this.#skimmer;
    for (let at = from;;) {
      const headEnd = skimmer.head(chunk, at);
      if (headEnd < 0) return at;
      const page = this.#plain;
      page.reset();
      page.id = skimmer.pageId;
      page.namespace = skimmer.namespace;
      page.isRedirect = skimmer.isRedirect;
      page.setTitle(chunk, skimmer.titleStart, skimmer.titleEnd);
      const revisionsEnd = this.#skimRevisions(chunk, headEnd, page);
      const end = skimmer.end(chunk, revisionsEnd);
      if (end < 0) {
        if (page.revisions > 0) {
          this.#ahead = { page, endOffset: chunkOffset + revisionsEnd };
          this.#plain = new GrowingSummary();
        }
        return at;
      }
      page.xmlBytes = end - at;
      at = end;
      this.#lastPageId = page.id;
      this.#onPage(page);
    }
  }

  #skimRevisions(chunk: Uint8Array, from: number, page: GrowingSummary): number {
    const skimmer = this.#skimmer;
    for (let at = from;;) {
      const end = skimmer.revision(chunk, at);
      if (end < 0) return at;
      page.add(skimmer.revisionId, skimmer.timestamp, skimmer.textByteLength);
      at = end;
    }
  }

  #take(part: DumpPart): void {
    const { type, bytes } = part;
    const byteOffset = this.byteOffset;
    this.byteOffset += bytes.length;
    if (type === "header") {
      const siteInfo = readSiteInfo(bytes);
      this.#namespaces = siteInfo.namespaces;
      this.siteInfo ??= siteInfo;
    } else if (type === "page") this.#startPage(bytes, byteOffset);
    else if (type === "revision" && this.#ahead === undefined) this.#takeRevision(bytes, byteOffset, part.isEnd);
    const page = this.#page;
    if (page === undefined) return;
    page.xmlBytes += bytes.length;
    if (type !== "page-end") return;
    this.#page = undefined;
    this.#onPage(page);
  }

  #startPage(bytes: Uint8Array, byteOffset: number): void {
    const head = readPageHead(bytes, byteOffset, this.#namespaces);
    this.#lastPageId = head.id;
    const page = this.#ahead?.page ?? new GrowingSummary();
    page.id = head.id;
    page.namespace = head.namespace;
    page.isRedirect = head.isRedirect;
    const title = findTitle(bytes);
    // The page may go on after this chunk: what is kept must not be a view.
    page.setTitle(bytes.slice(title.start, title.end), 0, title.end - title.start);
    this.#page = page;
  }

  #takeRevision(piece: Uint8Array, byteOffset: number, isEnd: boolean): void {
    const page = this.#page!;
    const skimmer = this.#skimmer;
    if (isEnd && !this.#gatherer.isWaiting && skimmer.revision(piece, 0) === piece.length) {
      page.add(skimmer.revisionId, skimmer.timestamp, skimmer.textByteLength);
      return;
    }
    const whole = this.#gatherer.take(piece, isEnd, { byteOffset, pageId: page.id });
    if (whole === undefined) return;
    const { revision, textByteLength } = whole;
    page.add(revision.id, timestampNumber(revision.timestamp), textByteLength);
  }
}
