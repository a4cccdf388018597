/**
 * Cuts up what is no well-formed XML, by lines: a tag counts where it stands alone on a line. Text with raw tags in it, which stops
 * whoever reads XML, is text here; so recompressxml has read dumps ever since.
 */
import { concatBytes } from "../../bits/bytes.ts";
import { DumpFormatError } from "../../errors.ts";
import type { LenientPart } from "./lenient-splitter.ts";

/** Where a splitter begins. */
export interface LinePlace {
  readonly isInPage: boolean;
  /** Whether the first byte begins a line. */
  readonly isAtLineStart: boolean;
}

const LINE_FEED = 0x0a;
const LESS_THAN = 0x3c;
/** A tag and its id fit into it; what is longer is text. */
const MAX_TAG_LINE_BYTES = 4096;
/** A title can be long, but not so long. */
const MAX_HEAD_BYTES = 16 * 1024 * 1024;
const decoder = new TextDecoder();

/** Push chunks, and take all parts of one before it changes; joined, the parts are the input. */
export class LineSplitter {
  #isInPage: boolean;
  #isContinued: boolean;
  /** The beginning of a line whose end is not there yet. */
  #carry: Uint8Array = new Uint8Array(0);
  /** Lines of a page before its id. */
  #head: Uint8Array[] | undefined;
  #headBytes = 0;

  constructor({ isInPage, isAtLineStart }: LinePlace) {
    this.#isInPage = isInPage;
    this.#isContinued = !isAtLineStart;
  }

  *push(chunk: Uint8Array): Generator<LenientPart, void, undefined> {
    const carry = this.#carry;
    const bytes = carry.length === 0 ? chunk : concatBytes([carry, chunk]);
    /** Lines from here on are text that was not given yet. */
    let textStart = 0;
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED) + 1; end > 0; end = bytes.indexOf(LINE_FEED, start) + 1) {
      const tag = this.#isContinued ? "" : tagOf(bytes.subarray(start, end));
      if (tag !== "" || this.#head !== undefined) {
        if (textStart < start) yield this.#text(bytes.subarray(textStart, start));
        yield* this.#line(bytes.subarray(start, end), tag);
        textStart = end;
      }
      this.#isContinued = false;
      start = end;
    }
    if (textStart < start) yield this.#text(bytes.subarray(textStart, start));
    yield* this.#keep(bytes.subarray(start));
  }

  /** What is left. The error tells that the input ended within a page. */
  *finish(): Generator<LenientPart, DumpFormatError | undefined, undefined> {
    const last = this.#carry;
    this.#carry = new Uint8Array(0);
    if (last.length > 0) yield* this.#line(last, this.#isContinued ? "" : tagOf(last));
    if (this.#head !== undefined) yield this.#takeHead("rest");
    return this.#isInPage
      ? new DumpFormatError("TRUNCATED", "The dump ends early, within a page", { byteOffset: 0 })
      : undefined;
  }

  *#keep(rest: Uint8Array): Generator<LenientPart, void, undefined> {
    if (rest.length <= MAX_TAG_LINE_BYTES) {
      this.#carry = rest.slice();
      return;
    }
    this.#carry = new Uint8Array(0);
    this.#isContinued = true;
    yield* this.#line(rest, "");
  }

  *#line(bytes: Uint8Array, tag: string): Generator<LenientPart, void, undefined> {
    if (tag === "page") {
      if (this.#head !== undefined) yield this.#takeHead("rest");
      this.#isInPage = true;
      this.#head = [];
    }
    if (this.#head !== undefined && tag !== "/page") {
      this.#head.push(bytes.slice());
      this.#headBytes += bytes.length;
      if (tag === "id" || tag === "revision" || this.#headBytes > MAX_HEAD_BYTES) yield this.#takeHead("page");
    } else if (tag === "/page" && this.#isInPage) {
      if (this.#head !== undefined) yield this.#takeHead("page");
      this.#isInPage = false;
      yield { type: "page-end", bytes };
    } else if (tag === "/siteinfo" && !this.#isInPage) yield { type: "header", bytes };
    else if (tag === "/mediawiki") {
      this.#isInPage = false;
      yield { type: "footer", bytes };
    } else yield this.#text(bytes);
  }

  #text(bytes: Uint8Array): LenientPart {
    return this.#isInPage ? { type: "other", bytes, isEnd: false } : { type: "rest", bytes };
  }

  #takeHead(type: "page" | "rest"): LenientPart {
    const bytes = concatBytes(this.#head!);
    this.#head = undefined;
    this.#headBytes = 0;
    return { type, bytes };
  }
}

/** The name of the tag that is alone on a line, behind blanks; of an id, the element. "" if there is none that matters. */
function tagOf(line: Uint8Array): string {
  let at = 0;
  while (line[at] === 0x20 || line[at] === 0x09) at++;
  if (line[at] !== LESS_THAN || line.length - at > MAX_TAG_LINE_BYTES) return "";
  const text = decoder.decode(line.subarray(at));
  if (text.startsWith("</mediawiki>")) return "/mediawiki";
  if (/^<id>\d+<\/id>\s*$/.test(text)) return "id";
  return /^<(page|\/page|revision|\/siteinfo)\s*>\s*$/.exec(text)?.[1] ?? "";
}
