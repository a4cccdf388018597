/**
 * Checks the XML of a dump, which comes in chunks: that it is well-formed, that pages and revisions have what they must have, that page
 * ids rise, that texts are what is stated, that it ends.
 *
 * Behind a fault, and behind bytes that are lost, it goes on with the next page.
 */
import { DumpFormatError } from "../../errors.ts";
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";
import { checkPageHead, type Complain, hasNamespaces, withoutPlace } from "./check-heads.ts";
import type { ChunkOrigin, DumpLoss, DumpPlace, DumpProblemCode, PageEnd } from "./check-report.ts";
import { type CheckedRevision, RevisionChecker } from "./check-revision.ts";
import { countLines } from "./count-lines.ts";
import { DumpTail } from "../reading/dump-end.ts";
import { LineFinder } from "./line-finder.ts";
import { PageSeeker } from "./page-seeker.ts";
import { PageTally } from "./page-tally.ts";
import { PlainParts } from "./plain-parts.ts";
import { type ProblemList, rankOf } from "./problem-list.ts";
import { readSiteInfo } from "../reading/site-info.ts";
import { type Sha1Maker, TextDigester } from "./text-digest.ts";
import { TextPresence } from "./text-presence.ts";

const NOTHING = new Uint8Array(0);

/** Follows a document. A chunk is not needed any more when `push` returns. */
export class DocumentChecker {
  readonly tally: PageTally = new PageTally();
  lastGoodPage: PageEnd | undefined;
  schemaVersion: string | undefined;
  byteLength = 0;
  readonly #problems: ProblemList;
  readonly #lines = new LineFinder();
  readonly #tail = new DumpTail();
  readonly #revision: RevisionChecker;
  readonly #plain: PlainParts;
  /** Undefined while the next page is looked for. */
  #splitter: DumpSplitter | undefined = new DumpSplitter();
  /** Where the splitter's input begins, and the part at hand. */
  #splitterStart = 0;
  #partStart = 0;
  #partEnd = 0;
  #lastRestart = -1;
  readonly #seeker = new PageSeeker();
  #hasNamespaces = true;
  readonly #presence = new TextPresence();
  #origin: ChunkOrigin | undefined;
  #originStart = 0;
  /** Damage whose loss is not known yet. */
  #openLosses: number[] = [];
  #lossStart = 0;
  /** The bytes of the part at hand. */
  #part: Uint8Array = NOTHING;
  readonly #complain: Complain = (code, message, byteOffset) => {
    const place = this.#placeAt(this.#partStart + byteOffset);
    const part = this.#part.length > 0 ? this.#part : this.#revision.bytes;
    const line = this.#lines.lineAt(this.#partStart);
    // A part may have begun in an earlier chunk.
    const isHere = line !== undefined && byteOffset <= part.length;
    this.#add(code, message, isHere ? { ...place, line: line + countLines(part, 0, byteOffset) } : place);
  };

  constructor(problems: ProblemList, maker: Sha1Maker | undefined) {
    const digester = new TextDigester(maker);
    this.#problems = problems;
    this.#revision = new RevisionChecker(digester);
    this.#plain = new PlainParts(digester);
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array, origin?: ChunkOrigin | undefined): void {
    if (chunk.length === 0) return;
    const start = this.byteLength;
    this.byteLength += chunk.length;
    this.#origin = origin;
    this.#originStart = start;
    this.#lines.push(chunk);
    for (let from = 0; from < chunk.length;) {
      if (this.#splitter === undefined) from = this.#seek(chunk, from, start);
      if (this.#splitter === undefined) break;
      try {
        from += this.#passPlain(this.#splitter, chunk, start);
        for (const part of this.#splitter.push(chunk.subarray(from))) {
          this.#take(part);
          this.#passPlain(this.#splitter, chunk, start);
        }
        // The splitter asks the last chunk for its length, and this one may be in another thread by then.
        for (const part of this.#splitter.push(NOTHING)) this.#take(part);
        break;
      } catch (error) {
        if (!(error instanceof DumpFormatError)) throw error;
        from = this.#recover(error, start);
      }
    }
    this.#lines.endChunk(this.#partStart);
    this.#tail.push(chunk);
    this.#seeker.endChunk(chunk);
  }

  /** Bytes are missing here, because of the problem of this number. */
  lose(problemIndex: number): void {
    this.#dropPage(problemIndex);
    this.#seeker.start(0);
    this.#lossStart = this.byteLength;
  }

  /** What stands before the next byte, for problems with it. */
  place(): DumpPlace {
    return { byteOffset: this.byteLength, line: this.#lines.lineAt(this.byteLength), pageId: this.tally.pageId };
  }

  /** The last page that is whole, and the one in which the next byte is. */
  get neighbours(): { readonly afterPageId: number | undefined; readonly cutPageId: number | undefined } {
    return { afterPageId: this.tally.wholePageId, cutPageId: this.tally.pageId };
  }

  /** The document has ended. `isCut`: its end was told as a problem already. */
  finish(options: { readonly isCut: boolean }): void {
    try {
      for (const part of this.#splitter?.finish() ?? []) this.#take(part);
      this.#tail.requireEnd(this.tally.wholePageId);
    } catch (error) {
      if (!(error instanceof DumpFormatError)) throw error;
      // Behind a fault after which no page came, nothing is known of the end.
      if (!options.isCut && this.#openLosses.length === 0) this.#report(error.code, endMessage(error), this.byteLength);
    }
    this.#settleLosses(undefined, this.byteLength);
  }

  #take(part: DumpPart): void {
    const { type, bytes } = part;
    this.#partEnd += bytes.length;
    this.#part = type === "revision" ? NOTHING : bytes;
    if (type === "header") this.#readHeader(bytes);
    else if (type === "page") this.#takePage(bytes);
    else if (type === "page-end") this.#endPage();
    else if (type === "revision") {
      const checked = this.#revision.push(bytes, part.isEnd, this.#complain);
      // The next piece belongs to the same part.
      if (!part.isEnd) return;
      if (checked !== undefined) this.#noteRevision(checked.id, checked.text);
      this.#revision.reset();
    }
    this.#partStart = this.#partEnd;
  }

  #readHeader(bytes: Uint8Array): void {
    this.tally.startDocument();
    try {
      this.schemaVersion = readSiteInfo(bytes).schemaVersion;
      this.#hasNamespaces = hasNamespaces(this.schemaVersion);
    } catch (error) {
      this.#complainOf(error);
    }
  }

  /** Passes over what is plain and right, from where the splitter stands, if that is between two parts. Gives the number of bytes. */
  #passPlain(splitter: DumpSplitter, chunk: Uint8Array, start: number): number {
    const { tally } = this;
    const plain = this.#plain;
    const from = this.#partEnd;
    while (splitter.isBetween) {
      const at = this.#partEnd - start;
      if (!tally.isInPage) {
        const end = plain.head(chunk, at);
        if (end < 0 || !tally.isNextPage(plain.pageId)) break;
        splitter.skip(end - at, plain.pageId, "revisions");
        this.#startPage(plain.pageId);
        this.#partEnd = start + end;
      } else {
        const end = plain.revision(chunk, at);
        if (end < 0 || !tally.isNextRevision(plain.revisionId)) {
          const pageEnd = plain.pageEnd(chunk, at);
          if (pageEnd < 0) break;
          splitter.skip(pageEnd - at, tally.pageId, "body");
          this.#partEnd = start + pageEnd;
          this.#endPage();
        } else {
          splitter.skip(end - at, tally.pageId);
          this.#revision.id = plain.revisionId;
          this.#noteRevision(plain.revisionId, plain.text);
          this.#revision.id = undefined;
          this.#partEnd = start + end;
        }
      }
      this.#partStart = this.#partEnd;
    }
    return this.#partEnd - from;
  }

  #takePage(bytes: Uint8Array): void {
    this.tally.startPage();
    // What is wrong with a head is told when the page's id is known, which comes last in it.
    const complaints: Parameters<Complain>[] = [];
    let pageId: number | undefined;
    try {
      pageId = checkPageHead(bytes, this.#hasNamespaces, (...complaint) => void complaints.push(complaint));
    } catch (error) {
      this.#complainOf(error);
    }
    this.#startPage(pageId);
    for (const complaint of complaints) this.#complain(...complaint);
  }

  #startPage(pageId: number | undefined): void {
    this.tally.startPage();
    this.#revision.reset();
    this.#settleLosses(pageId, this.#partStart);
    const trouble = pageId === undefined ? undefined : this.tally.setPageId(pageId);
    if (trouble !== undefined) this.#report("ID_ORDER", trouble, this.#partStart);
  }

  #noteRevision(id: number | undefined, text: CheckedRevision["text"]): void {
    const trouble = this.tally.addRevision(id, text);
    if (trouble !== undefined) this.#report("REVISION_ORDER", trouble, this.#partStart);
    if (text === "absent" || text === "checked" || text === "unchecked") this.#notePresence(text !== "absent");
  }

  #notePresence(isThere: boolean): void {
    const told = this.#presence.note(isThere, () => this.#placeAt(this.#partStart));
    if (told !== undefined) this.#add("TEXT_MISSING", told.message, told.place);
  }

  #endPage(): void {
    const pageId = this.tally.endPage();
    if (pageId === undefined || this.#problems.errors > 0) return;
    const { blockIndex, bitOffset } = this.#origin ?? {};
    this.lastGoodPage = { pageId, endByteOffset: this.#partEnd, blockIndex, bitOffset };
  }

  /** Looks for the next page; gives where in the chunk the splitter goes on. */
  #seek(chunk: Uint8Array, from: number, start: number): number {
    const at = this.#seeker.find(chunk, from);
    if (at === undefined) return chunk.length;
    this.#splitter = new DumpSplitter({ isFragment: true });
    this.#splitterStart =
      this.#partStart =
      this.#partEnd =
      this.#lastRestart =
        start + at;
    if (at >= 0) return at;
    // The start of a tag makes no parts.
    for (const part of this.#splitter.push(PageSeeker.bytesBefore(at))) this.#take(part);
    return from;
  }

  /** After a fault of the XML: gives where in the chunk the search for a page begins. */
  #recover(error: DumpFormatError, start: number): number {
    const byteOffset = this.#splitterStart + error.byteOffset;
    const loss = { compressedBytes: 0, skippedBytes: 0, ...this.neighbours, nextPageId: undefined };
    this.#dropPage(this.#report(error.code, withoutPlace(error.message), byteOffset, loss));
    const from = Math.max(byteOffset, this.#lastRestart + 1);
    this.#lossStart = from;
    // The tag at fault may be a page's, and may begin at the end of the chunk before.
    this.#seeker.start(start - from);
    return Math.max(from - start, 0);
  }

  #dropPage(problemIndex: number): void {
    if (problemIndex >= 0) this.#openLosses.push(problemIndex);
    this.#splitter = undefined;
    this.tally.leavePage();
    this.#revision.reset();
  }

  #settleLosses(nextPageId: number | undefined, byteOffset: number): void {
    const skippedBytes = Math.max(0, byteOffset - this.#lossStart);
    for (const index of this.#openLosses) this.#problems.addLoss(index, { nextPageId, skippedBytes });
    this.#openLosses = [];
  }

  #complainOf(error: unknown): void {
    if (!(error instanceof DumpFormatError)) throw error;
    this.#complain(error.code, withoutPlace(error.message), error.byteOffset);
  }

  #report(code: DumpProblemCode, message: string, byteOffset: number, loss?: DumpLoss): number {
    return this.#add(code, message, this.#placeAt(byteOffset), loss);
  }

  #add(code: DumpProblemCode, message: string, place: DumpPlace, loss?: DumpLoss): number {
    return this.#problems.add({ ...rankOf(code), code, message, place, loss });
  }

  #placeAt(byteOffset: number): DumpPlace {
    const isHere = byteOffset >= this.#originStart;
    return {
      byteOffset,
      line: this.#lines.lineAt(byteOffset),
      blockIndex: isHere ? this.#origin?.blockIndex : undefined,
      bitOffset: isHere ? this.#origin?.bitOffset : undefined,
      pageId: this.tally.pageId,
      revisionId: this.#revision.id,
    };
  }
}

function endMessage(error: DumpFormatError): string {
  return error.code === "TRUNCATED" ? "The dump ends early, before </mediawiki>" : withoutPlace(error.message);
}
