/**
 * The copying of writeuptopageid: which line of a dump goes to which copy.
 */
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { DumpFormatError } from "../../../lib/errors.ts";
import { DUMP_END } from "../../../lib/dump/reading/dump-end.ts";
import { joinNeighbours } from "../../../lib/dump/reading/join-parts.ts";
import { type DumpLine, dumpLines, endsPage, endsWith, numberIn, PAGE_START } from "./dump-lines.ts";
import type { PageCopy } from "./page-copy.ts";

export interface CopyPagesOptions {
  readonly hasHeader: boolean;
  readonly hasFooter: boolean;
  readonly signal: AbortSignal;
}

/** Copies header, pages and footer. A page goes to the first copy that wants it. Throws DumpFormatError and what the stream fails with. */
export async function copyPages(
  xml: ReadableStream<Uint8Array>,
  copies: readonly PageCopy[],
  { hasHeader, hasFooter, signal }: CopyPagesOptions,
): Promise<void> {
  const router = new CopyRouter(copies, hasHeader);
  for await (const lines of dumpLines(xml, signal)) {
    for (const [copy, bytes] of router.pieces(lines)) await copy.write(bytes);
    if (router.isDone) break;
  }
  router.finish();
  if (hasFooter) { for (const copy of copies) await copy.write(DUMP_END); }
}

/** All or the first letters of the end tag: nothing is lost with the rest of it. */
function endsDump(tag: string): boolean {
  return tag.startsWith("</") && "</mediawiki".startsWith(tag);
}

type Piece = readonly [copy: PageCopy, bytes: Uint8Array];

/** What is kept of a header, or of a page before its id. */
const MAX_HEAD_BYTES = 16 * 1024 * 1024;
const LINE_FEED = 0x0a;
const LESS_THAN = 0x3c;

class CopyRouter {
  /** No later page is wanted, if ids rise; the old tool did not look further either. */
  isDone = false;
  readonly #copies: readonly PageCopy[];
  readonly #highestEnd: number;
  readonly #hasHeader: boolean;
  #state: "start" | "header" | "between" | "head" | "page" = "start";
  /** Lines of a header, or of a page before its id. */
  #head: Uint8Array[] = [];
  #headBytes = 0;
  #header: Uint8Array | undefined;
  /** The copies before this one have their header: the old tool took one after another. */
  #reached = 0;
  #copy: PageCopy | undefined;
  #pageId: number | undefined;
  /** The line that was read last stands between pages, and is the beginning of markup. */
  #isCut = false;

  constructor(copies: readonly PageCopy[], hasHeader: boolean) {
    this.#copies = copies;
    this.#hasHeader = hasHeader;
    this.#highestEnd = Math.max(...copies.map(({ range }) => range.end));
  }

  /** The bytes to write; neighbours that go the same way come as one. */
  *pieces(lines: Iterable<DumpLine>): Generator<Piece, void, undefined> {
    let run: Piece | undefined;
    for (const line of lines) {
      for (const piece of this.#read(line)) {
        const joined = run !== undefined && run[0] === piece[0] ? joinNeighbours(run[1], piece[1]) : undefined;
        if (joined === undefined && run !== undefined) yield run;
        run = joined === undefined ? piece : [piece[0], joined];
      }
      if (this.isDone) break;
    }
    if (run !== undefined) yield run;
  }

  /** Throws DumpFormatError TRUNCATED if the dump ends within a header, a page, or a line behind it. */
  finish(): void {
    if (this.isDone || this.#state === "start" || (this.#state === "between" && !this.#isCut)) return;
    const page = this.#state === "between" ? "the line behind page" : "page";
    const where = this.#state === "header" ? "its header" : `${page} ${this.#pageId ?? "(id unknown)"}`;
    throw new DumpFormatError("TRUNCATED", `The dump ends early, within ${where}`, {
      byteOffset: 0,
      pageId: this.#pageId,
    });
  }

  *#read(line: DumpLine): Generator<Piece, void, undefined> {
    const { bytes, tag } = line;
    this.#isCut = false;
    // An end tag may have been missed; within a text no line is like this one.
    if (tag === "<page" && this.#state !== "head" && (this.#state !== "page" || endsWith(bytes, PAGE_START))) {
      if (this.#state === "header") yield* this.#endHeader();
      this.#state = "head";
      this.#pageId = undefined;
    }
    switch (this.#state) {
      case "start":
        if (tag !== "<mediawiki") return;
        this.#state = "header";
        return this.#keep(bytes);
      case "header":
        this.#keep(bytes);
        if (tag === "</siteinfo") yield* this.#endHeader();
        return;
      case "head":
        this.#keep(bytes);
        if (tag === "<id") yield* this.#startPage(bytes);
        else if (endsPage(line)) throw new DumpFormatError("BAD_ID", "A page has no id", { byteOffset: 0 });
        return;
      case "page":
        if (this.#copy !== undefined) yield [this.#copy, bytes];
        if (endsPage(line)) this.#state = "between";
        return;
      case "between":
        // What follows a page goes with it, unless it is another document, or the beginning of a line that was cut.
        if (tag === "</mediawiki" || tag === "<mediawiki") this.#copy = undefined;
        if (bytes.at(-1) !== LINE_FEED) this.#isCut = bytes.includes(LESS_THAN) && !endsDump(tag);
        else if (this.#copy !== undefined) yield [this.#copy, bytes];
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#headBytes += bytes.length;
    if (this.#headBytes > MAX_HEAD_BYTES) {
      throw new DumpFormatError("TOO_LARGE", `A head of more than ${MAX_HEAD_BYTES} bytes`, { byteOffset: 0 });
    }
    this.#head.push(bytes.slice());
  }

  #takeHead(): Uint8Array {
    const head = concatBytes(this.#head);
    this.#head = [];
    this.#headBytes = 0;
    return head;
  }

  *#endHeader(): Generator<Piece, void, undefined> {
    this.#state = "between";
    const header = this.#takeHead();
    this.#header ??= this.#hasHeader ? header : new Uint8Array();
    yield* this.#reach(0);
  }

  *#startPage(idLine: Uint8Array): Generator<Piece, void, undefined> {
    const pageId = numberIn(idLine);
    if (pageId === undefined) throw new DumpFormatError("BAD_ID", "A page has no readable id", { byteOffset: 0 });
    const head = this.#takeHead();
    this.#state = "page";
    this.#pageId = pageId;
    this.isDone = pageId >= this.#highestEnd;
    const wanted = this.#copies.findIndex(({ range }) => range.start <= pageId && pageId < range.end);
    let reached = wanted;
    while (reached + 1 < this.#copies.length && pageId >= this.#copies[Math.max(0, reached)]!.range.end) reached++;
    yield* this.#reach(reached);
    this.#copy = this.#copies[wanted];
    if (this.#copy !== undefined) yield [this.#copy, head];
  }

  /** The headers of the copies up to this one. */
  *#reach(index: number): Generator<Piece, void, undefined> {
    for (; this.#reached <= index; this.#reached++) {
      const copy = this.#copies[this.#reached]!;
      if (this.#header !== undefined && this.#header.length > 0) yield [copy, this.#header];
    }
  }
}
