/**
 * The pages that begin in a stretch of a dump's text, out of text that begins and ends anywhere.
 *
 *     … of a page</page> | <page>…</page> <page>…</page> <page>… | …</page> <page>…
 *                        ^ start                                  ^ end
 *     not ours             ours           ours           ours             not ours
 *
 * A page belongs to the stretch in which the "<" of its tag lies. So neighbouring stretches give each page once.
 */
import { concatBytes } from "../../bits/bytes.ts";
import { LESS_THAN } from "../../xml/characters.ts";
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";
import { cutTagOffset, indexOfPageTag } from "./page-heads.ts";

/** MediaWiki indents a page by two blanks; the text may begin between them and the tag. */
const INDENT = new Uint8Array([0x20, 0x20]);

/** Takes the text from the start of the stretch on. Without `end`, the stretch goes on to the end of the dump. */
export class PageWindow {
  #splitter: DumpSplitter | undefined;
  /** Blanks and the start of a tag at the end of what was dropped. */
  #carry: Uint8Array = new Uint8Array();
  #pushedLength = 0;
  /** Where in the text the next part begins. */
  #partOffset = 0;
  #endOffset = Infinity;
  #isInPage = false;
  #isDone = false;
  /** Pages that began. */
  pages = 0;

  /** Whether all pages of the stretch were given. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Says that the stretch ends behind what was pushed so far. What is pushed from now on completes its last page. */
  end(): void {
    if (this.#endOffset !== Infinity) return;
    this.#endOffset = this.#pushedLength;
    if (this.#splitter === undefined) this.#isDone = !this.#hasOpenTag();
  }

  /** The parts in the next bytes of the text; none once all pages are given. */
  *push(bytes: Uint8Array): Generator<DumpPart, void, undefined> {
    if (this.#isDone) return;
    const byteOffset = this.#pushedLength;
    this.#pushedLength += bytes.length;
    if (this.#splitter !== undefined) return yield* this.#own(this.#splitter.push(bytes));
    const joined = this.#carry.length === 0 ? bytes : concatBytes([this.#carry, bytes]);
    const joinedOffset = byteOffset - this.#carry.length;
    const tag = indexOfPageTag(joined);
    const start = startOfBlanks(joined, tag >= 0 ? tag : cutTagOffset(joined));
    if (tag < 0) {
      this.#carry = joined.slice(start);
      this.#isDone = this.#endOffset !== Infinity && !this.#hasOpenTag();
      return;
    }
    const isIndentCut = joinedOffset + start === 0 && tag < INDENT.length;
    this.#partOffset = joinedOffset + (isIndentCut ? tag - INDENT.length : start);
    this.#splitter = new DumpSplitter({ isFragment: true });
    const text = isIndentCut ? concatBytes([INDENT, joined.subarray(tag)]) : joined.subarray(start);
    yield* this.#own(this.#splitter.push(text));
  }

  /** What is left at the end of the dump. Throws DumpFormatError if it ends inside of a page. */
  *finish(): Generator<DumpPart, void, undefined> {
    if (!this.#isDone && this.#splitter !== undefined) yield* this.#own(this.#splitter.finish());
  }

  /** Whether no page of the stretch is open, given the last bytes that were pushed. */
  isBetweenPages(lastBytes: Uint8Array): boolean {
    const held = this.#pushedLength - this.#partOffset;
    if (this.#splitter === undefined || this.#isInPage || held > lastBytes.length) return false;
    return startOfBlanks(lastBytes, lastBytes.length) <= lastBytes.length - held;
  }

  /** Whether a tag that is cut begins in the stretch. */
  #hasOpenTag(): boolean {
    const at = this.#carry.indexOf(LESS_THAN);
    return at >= 0 && this.#pushedLength - this.#carry.length + at < this.#endOffset;
  }

  *#own(parts: Iterable<DumpPart>): Generator<DumpPart, void, undefined> {
    for (const part of parts) {
      const byteOffset = this.#partOffset;
      this.#partOffset += part.bytes.length;
      if (part.type === "page") {
        if (byteOffset + Math.max(0, indexOfPageTag(part.bytes)) >= this.#endOffset) {
          this.#isDone = true;
          return;
        }
        this.pages++;
        this.#isInPage = true;
      } else if (part.type === "page-end") this.#isInPage = false;
      // What stands between pages belongs to the stretch in which it begins.
      else if (!this.#isInPage && byteOffset >= this.#endOffset) {
        this.#isDone = true;
        return;
      }
      yield part;
    }
  }
}

/** Where the blanks begin that stand right before a position. */
export function startOfBlanks(bytes: Uint8Array, position: number): number {
  let start = position;
  while (start > 0 && (bytes[start - 1] === 0x20 || bytes[start - 1] === 0x09)) start--;
  return start;
}
