/**
 * Cuts pages out of the XML of a dump that is read from somewhere in its middle: what lies before the first start of a page is
 * dropped, the rest goes through the splitter.
 */
import { concatBytes } from "../../bits/bytes.ts";
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";
import { cutTagOffset, indexOfPageTag } from "./page-heads.ts";

/** MediaWiki indents a page by two blanks; a block may begin between them and the tag. */
const INDENT = new Uint8Array([0x20, 0x20]);

/** Reads a dump from an arbitrary byte on. */
export class FragmentReader {
  #splitter: DumpSplitter | undefined;
  /** Blanks and the start of a tag at the end of what was dropped. */
  #carry: Uint8Array | undefined;

  /** The parts in the next bytes, from the first page on. */
  *push(bytes: Uint8Array): Generator<DumpPart, void, undefined> {
    if (this.#splitter !== undefined) return yield* this.#splitter.push(bytes);
    const isStart = this.#carry === undefined;
    const joined = this.#carry === undefined || this.#carry.length === 0 ? bytes : concatBytes([this.#carry, bytes]);
    const tag = indexOfPageTag(joined);
    const start = startOfBlanks(joined, tag >= 0 ? tag : cutTagOffset(joined));
    if (tag < 0) {
      this.#carry = joined.slice(start);
      return;
    }
    this.#splitter = new DumpSplitter({ isFragment: true });
    const isIndentCut = isStart && start === 0;
    yield* this.#splitter.push(isIndentCut ? concatBytes([INDENT, joined.subarray(tag)]) : joined.subarray(start));
  }

  /** What is left at the end of the dump. */
  *finish(): Generator<DumpPart, void, undefined> {
    if (this.#splitter !== undefined) yield* this.#splitter.finish();
  }
}

/** Where the blanks begin that stand right before a position. */
function startOfBlanks(bytes: Uint8Array, position: number): number {
  let start = position;
  while (start > 0 && (bytes[start - 1] === 0x20 || bytes[start - 1] === 0x09)) start--;
  return start;
}
