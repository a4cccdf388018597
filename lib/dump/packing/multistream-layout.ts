/**
 * Which part of a dump stands in which stream of a multistream file: the one place that knows.
 *
 *     header · 100 pages · 100 pages · … · the rest, or nothing · footer · nothing
 *
 * So the reference's recompressxml writes them. Tools that join multistream files rely on it: the header is the first stream, and
 * the footer lies within the last 100 bytes. The stream before the footer is empty where the number of pages is a multiple
 * of 100; the empty one at the end is what the reference opens before it sees that its input has ended.
 */
import { readIndexHead } from "../index/index-head.ts";

/** Where plain bytes go to; a `StreamPacker` is one. */
export interface StreamTarget {
  /** Adds bytes to the stream at hand; they are the caller's again when the call returns. */
  add(bytes: Uint8Array): void;
  /** Ends the stream at hand, which may be empty. */
  endStream(): void;
}

/** A page, and the number of its stream, from 0. */
export interface PlacedPage {
  readonly streamIndex: number;
  readonly pageId: number;
  /** As the XML has it. */
  readonly title: string;
}

/** How pages are divided. */
export interface MultistreamLayoutOptions {
  /**
   * Pages in each stream.
   *
   * @default {100}
   */
  readonly pagesPerStream?: number | undefined;
  /** Leave the header out; an empty stream stands in its place. */
  readonly isHeaderLeftOut?: boolean | undefined;
  /** Leave the footer out, and what would follow it. */
  readonly isFooterLeftOut?: boolean | undefined;
  /** Go on in a file that has a header. */
  readonly isContinued?: boolean | undefined;
  /** Told of each page, for an index. */
  readonly onPage?: ((page: PlacedPage) => void) | undefined;
}

const LINE_FEED = 0x0a;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;

/** Puts the parts of a dump, which come in their order, into streams. */
export class MultistreamLayout {
  readonly #target: StreamTarget;
  readonly #options: MultistreamLayoutOptions;
  readonly #pagesPerStream: number;
  #streamCount = 0;
  #pagesInStream = 0;
  #pageCount = 0;
  /** Plain bytes in the stream at hand, and before it. */
  #streamBytes = 0;
  #bytesBefore = 0;
  #hasHeader: boolean;
  /** Nothing has come since the footer, which was left out. */
  #isAfterNoFooter = false;

  /** @throws {RangeError} if `pagesPerStream` is not a whole number of at least 1 */
  constructor(target: StreamTarget, options: MultistreamLayoutOptions = {}) {
    const { pagesPerStream = 100 } = options;
    if (!Number.isInteger(pagesPerStream) || pagesPerStream < 1) {
      throw new RangeError(`A stream has at least one page, not ${pagesPerStream}`);
    }
    this.#target = target;
    this.#options = options;
    this.#pagesPerStream = pagesPerStream;
    this.#hasHeader = options.isContinued ?? false;
  }

  get pageCount(): number {
    return this.#pageCount;
  }

  /** Streams that were ended. */
  get streamCount(): number {
    return this.#streamCount;
  }

  /** Plain bytes that came in so far, without what was left out. */
  get plainByteLength(): number {
    return this.#bytesBefore + this.#streamBytes;
  }

  /** A header. That of a second dump in the same input goes with the pages that follow it, as in the reference. */
  header(bytes: Uint8Array): void {
    const isFirst = !this.#hasHeader;
    if (!this.#options.isHeaderLeftOut) this.#write(bytes);
    if (isFirst) this.#endStream();
    this.#hasHeader = true;
  }

  /**
   * A page begins, and this is its head, which is still to be added. `byteOffset` is where it begins in the input, for errors.
   * Throws DumpFormatError BAD_ID.
   */
  beginPage(head: Uint8Array, byteOffset: number): void {
    this.#requireHeader();
    const { onPage } = this.#options;
    if (onPage !== undefined) onPage({ streamIndex: this.#streamCount, ...readIndexHead(head, byteOffset) });
  }

  /** The next bytes of a page, from its head on, or what stands between pages. */
  add(bytes: Uint8Array): void {
    this.#requireHeader();
    this.#write(bytes);
  }

  /** What could not be cut: it stays in the stream at hand. */
  addRest(bytes: Uint8Array): void {
    this.#write(bytes);
  }

  /** The page at hand is complete. */
  endPage(): void {
    this.#pageCount++;
    if (++this.#pagesInStream === this.#pagesPerStream) this.#endStream();
  }

  /** Ends the stream at hand, however many pages it has. */
  cut(): void {
    this.#endStream();
  }

  /** The end tag of the dump with the blanks around it. Only its line makes the footer's stream. */
  footer(bytes: Uint8Array): void {
    this.#requireHeader();
    const tag = bytes.indexOf(LESS_THAN);
    const lineStart = tag < 0 ? bytes.length : bytes.lastIndexOf(LINE_FEED, tag) + 1;
    if (lineStart > 0) this.#write(bytes.subarray(0, lineStart));
    this.#endStream();
    const lineEnd = bytes.indexOf(LINE_FEED, bytes.indexOf(GREATER_THAN, lineStart)) + 1;
    const end = lineEnd === 0 ? bytes.length : lineEnd;
    if (this.#options.isFooterLeftOut) this.#isAfterNoFooter = true;
    else {
      this.#write(bytes.subarray(lineStart, end));
      this.#endStream();
      if (end < bytes.length) this.#write(bytes.subarray(end));
    }
  }

  /** All has come. `hasEmptyEnd`: if the stream at hand is empty, it is written all the same. */
  end(hasEmptyEnd: boolean): void {
    if (this.#streamBytes > 0 || (hasEmptyEnd && !this.#isAfterNoFooter)) this.#endStream();
  }

  /** Pages without a header: an empty stream stands in its place. */
  #requireHeader(): void {
    if (this.#hasHeader) return;
    this.#endStream();
    this.#hasHeader = true;
  }

  #write(bytes: Uint8Array): void {
    this.#target.add(bytes);
    this.#streamBytes += bytes.length;
    this.#isAfterNoFooter = false;
  }

  #endStream(): void {
    this.#target.endStream();
    this.#streamCount++;
    this.#pagesInStream = 0;
    this.#bytesBefore += this.#streamBytes;
    this.#streamBytes = 0;
  }
}
