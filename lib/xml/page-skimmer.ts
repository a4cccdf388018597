/**
 * Reads pages as MediaWiki writes them, without cutting them into parts: ids, times and lengths, and nothing else.  @kernel
 *
 * A road beside the splitter for whoever counts: one pass over bytes in memory, no object per part. It knows the plain layout only
 * (elements with text, elements in elements one level deep, attributes in double quotes). Whatever is different, or not whole in
 * the chunk, it leaves: the splitter then reads that page or revision, and says what is wrong if something is.
 *
 *     <page> <title>…</title> <ns>0</ns> <id>7</id> <redirect … /> <revision> <id>9</id> … <text bytes="5">…</text> </revision> </page>
 */
import { asciiBytes } from "../bits/bytes.ts";
import {
  AMPERSAND,
  APOSTROPHE,
  CARRIAGE_RETURN,
  EQUALS,
  GREATER_THAN,
  isBlank,
  isNamePart,
  isNameStart,
  LESS_THAN,
  LINE_FEED,
  QUOTE,
  SLASH,
} from "./characters.ts";

// No byte beyond the end of a chunk is read, though it would be `undefined` and right: engines throw their machine code away over it.

/** How far is looked byte by byte before a search is started. */
const NEAR_BYTES = 48;
const MAX_ID_DIGITS = 15;
const MAX_NAMESPACE_BYTES = 9;

const LOWER_M = 0x6d;
const LOWER_P = 0x70;
const LOWER_R = 0x72;
const LOWER_T = 0x74;
const LOWER_V = 0x76;
const MINUS = 0x2d;

const PAGE = asciiBytes("page");
const TITLE = asciiBytes("title");
const NS = asciiBytes("ns");
const ID = asciiBytes("id");
const REDIRECT = asciiBytes("redirect");
const RESTRICTIONS = asciiBytes("restrictions");
const REVISION = asciiBytes("revision");
const TIMESTAMP = asciiBytes("timestamp");
const TEXT = asciiBytes("text");
const BYTES = asciiBytes("bytes");
const SHA1 = asciiBytes("sha1");
const XML_SPACE = asciiBytes("xml:space");
const LOCATION = asciiBytes("location");
const CONTRIBUTOR = asciiBytes("contributor");
const CONTENT = asciiBytes("content");

/** Bits of `textAttributes`. */
export const HAS_BYTES = 1;
const HAS_SHA1 = 2;
const HAS_SPACE = 4;
const HAS_LOCATION = 8;
const HAS_ID = 16;
/** An attribute that stands twice, or is none of those above. */
export const HAS_OTHER = 32;
/** Texts of stubs say where the text lies. */
export const IS_STUB: number = HAS_LOCATION | HAS_ID;

/** What was read of the page and the revision at hand; positions are those in the chunk. */
export class PageSkimmer {
  pageId = 0;
  namespace = 0;
  isRedirect = false;
  redirectStart = 0;
  redirectEnd = 0;
  /** The place after the head and its line end. */
  headEnd = 0;
  titleStart = 0;
  titleEnd = 0;
  revisionId = 0;
  /** As a decimal number: 20261122151311; 0 if the revision has none. */
  timestamp = 0;
  /** Bytes of the text, as the dump states them; 0 if it does not. */
  textByteLength = 0;
  /** What stands between the tags of the text; -1 if the revision has none. */
  textStart = 0;
  textEnd = 0;
  /** Which attributes the text has: one bit for each `HAS_` constant. */
  textAttributes = 0;
  /** The SHA-1 that the text states, and the one that the revision does; -1 without. */
  textSha1Start = 0;
  textSha1End = 0;
  sha1Start = 0;
  sha1End = 0;
  hasContributor = false;
  /** There is what only a closer look can judge: contents of further slots, a second contributor or SHA-1. */
  isUncommon = false;
  /** The element that was read last: its name, what stands between its tags, and where its start tag ends. */
  #nameStart = 0;
  #nameEnd = 0;
  #tagEnd = 0;
  #contentStart = 0;
  #contentEnd = 0;

  /** Reads the head of the page whose "<page>" comes at or after `from`, behind blanks. Gives the place of the first revision, or of "</page>"; -1: not plain. */
  head(chunk: Uint8Array, from: number): number {
    const end = chunk.length;
    let at = afterBlanks(chunk, from);
    if (at + 6 >= end || chunk[at] !== LESS_THAN || chunk[at + 5] !== GREATER_THAN || !hasBytes(chunk, at + 1, PAGE)) {
      return -1;
    }
    at += 6;
    this.pageId = -1;
    this.titleStart = -1;
    this.isRedirect = false;
    this.headEnd = -1;
    let hasNamespace = false;
    for (;;) {
      at = afterBlanks(chunk, at);
      if (at + 3 >= end || chunk[at] !== LESS_THAN) return -1;
      const first = chunk[at + 1];
      if (first === SLASH || (first === LOWER_R && chunk[at + 3] === LOWER_V)) {
        return this.pageId >= 0 && hasNamespace && this.titleStart >= 0 ? at : -1;
      }
      const after = this.#element(chunk, at);
      if (after < 0) return -1;
      const length = this.#nameEnd - this.#nameStart;
      if (length === 2 && hasBytes(chunk, at + 1, ID)) {
        if (this.pageId >= 0) return -1;
        this.pageId = digits(chunk, this.#contentStart, this.#contentEnd);
        if (this.pageId < 0) return -1;
      } else if (length === 2 && hasBytes(chunk, at + 1, NS)) {
        if (hasNamespace || !this.#readNamespace(chunk)) return -1;
        hasNamespace = true;
      } else if (length === 5 && hasBytes(chunk, at + 1, TITLE)) {
        if (this.titleStart >= 0) return -1;
        this.titleStart = this.#contentStart;
        this.titleEnd = this.#contentEnd;
      } else if (length === 8 && hasBytes(chunk, at + 1, REDIRECT)) {
        if (this.isRedirect) return -1;
        this.isRedirect = true;
        this.redirectStart = at;
        this.redirectEnd = this.#tagEnd;
        // <upload>, or what no head has.
      } else if (length !== 12 || !hasBytes(chunk, at + 1, RESTRICTIONS)) return -1;
      this.headEnd = afterLineEnd(chunk, after);
      at = after;
    }
  }

  /** Passes "</page>" and the line end after it. -1: something else comes, or the chunk ends too early to tell. */
  end(chunk: Uint8Array, from: number): number {
    const at = afterBlanks(chunk, from);
    if (
      at + 6 >= chunk.length || chunk[at] !== LESS_THAN || chunk[at + 1] !== SLASH || chunk[at + 6] !== GREATER_THAN
    ) return -1;
    if (!hasBytes(chunk, at + 2, PAGE)) return -1;
    return afterLineEnd(chunk, at + 7);
  }

  /** Reads the revision that comes at or after `from`, behind blanks. Gives the place after it and its line end; -1: not plain. */
  revision(chunk: Uint8Array, from: number): number {
    const end = chunk.length;
    let at = afterBlanks(chunk, from);
    if (
      at + 10 >= end || chunk[at] !== LESS_THAN || chunk[at + 9] !== GREATER_THAN || !hasBytes(chunk, at + 1, REVISION)
    ) return -1;
    at += 10;
    this.revisionId = -1;
    this.timestamp = 0;
    this.textByteLength = -1;
    this.textStart = this.textSha1Start = this.sha1Start = -1;
    this.textAttributes = 0;
    this.hasContributor = this.isUncommon = false;
    for (;;) {
      at = afterBlanks(chunk, at);
      if (at + 1 >= end || chunk[at] !== LESS_THAN) return -1;
      if (chunk[at + 1] === SLASH) break;
      const after = this.#element(chunk, at);
      if (after < 0) return -1;
      const length = this.#nameEnd - this.#nameStart;
      if (length === 2 && hasBytes(chunk, at + 1, ID)) {
        if (this.revisionId >= 0) return -1;
        this.revisionId = digits(chunk, this.#contentStart, this.#contentEnd);
        if (this.revisionId < 0) return -1;
      } else if (length === 9 && hasBytes(chunk, at + 1, TIMESTAMP)) {
        if (this.timestamp > 0) return -1;
        this.timestamp = timestampAt(chunk, this.#contentStart, this.#contentEnd);
        if (this.timestamp < 0) return -1;
      } else if (length === 4 && hasBytes(chunk, at + 1, TEXT)) {
        if (this.textStart >= 0 || !this.#readTextAttributes(chunk)) return -1;
        this.textStart = this.#contentStart;
        this.textEnd = this.#contentEnd;
      } else if (length === 4 && hasBytes(chunk, at + 1, SHA1)) {
        if (this.sha1Start >= 0) this.isUncommon = true;
        this.sha1Start = this.#contentStart;
        this.sha1End = this.#contentEnd;
      } else if (length === 11 && hasBytes(chunk, at + 1, CONTRIBUTOR)) {
        if (this.hasContributor) this.isUncommon = true;
        this.hasContributor = true;
      } else if (length === 7 && hasBytes(chunk, at + 1, CONTENT)) this.isUncommon = true;
      at = after;
    }
    if (
      this.revisionId < 0 || at + 10 >= end || chunk[at + 10] !== GREATER_THAN || !hasBytes(chunk, at + 2, REVISION)
    ) return -1;
    if (this.textByteLength < 0) this.textByteLength = 0;
    return afterLineEnd(chunk, at + 11);
  }

  /**
   * Reads the element whose "<" is at `at`: it holds text, or elements that hold text. Gives the place after it; -1: not plain. The
   * names of elements that need care where they stand are not plain either.
   */
  #element(chunk: Uint8Array, at: number): number {
    const close = this.#openTag(chunk, at);
    if (close <= 0) return close === 0 ? this.#tagEnd : -1;
    if (close + 1 >= chunk.length) return -1;
    if (chunk[close + 1] !== SLASH) return this.#elementOfElements(chunk, close);
    this.#contentEnd = close;
    return this.#closeTag(chunk, close, this.#nameStart, this.#nameEnd);
  }

  /** Reads the rest of an element that has another one at `first`. */
  #elementOfElements(chunk: Uint8Array, first: number): number {
    const nameStart = this.#nameStart;
    const nameEnd = this.#nameEnd;
    const contentStart = this.#contentStart;
    const tagEnd = this.#tagEnd;
    let to = first;
    while (chunk[to + 1] !== SLASH) {
      // A text holds no elements; nor does anything that has text in front of them.
      if (nameEnd - nameStart === 4 && chunk[nameStart] === LOWER_T) return -1;
      const inner = this.#openTag(chunk, to);
      if (inner < 0) return -1;
      if (inner + 1 >= chunk.length) return -1;
      to = inner === 0 ? this.#tagEnd : this.#closeTag(chunk, inner, this.#nameStart, this.#nameEnd);
      if (to < 0) return -1;
      to = afterBlanks(chunk, to);
      if (to + 1 >= chunk.length || chunk[to] !== LESS_THAN) return -1;
    }
    this.#nameStart = nameStart;
    this.#nameEnd = nameEnd;
    this.#tagEnd = tagEnd;
    this.#contentStart = contentStart;
    this.#contentEnd = to;
    return this.#closeTag(chunk, to, nameStart, nameEnd);
  }

  /** Reads a start tag and the text after it. Gives the place of the next "<"; 0 for an empty element; -1: not plain, or not whole. */
  #openTag(chunk: Uint8Array, at: number): number {
    const end = chunk.length;
    let i = at + 1;
    if (i >= end || !isNameStart(chunk[i]!)) return -1;
    this.#nameStart = i;
    do i++; while (i < end && isNamePart(chunk[i]!));
    this.#nameEnd = i;
    if (i >= end) return -1;
    const length = i - at - 1;
    const first = chunk[at + 1];
    // <page>, <mediawiki>
    if ((length === 4 && first === LOWER_P) || (length === 9 && first === LOWER_M)) return -1;
    let byte = chunk[i]!;
    if (byte !== GREATER_THAN) {
      if (byte !== SLASH && !isBlank(byte)) return -1;
      let isInQuotes = false;
      for (;; i++) {
        if (i === end) return -1;
        byte = chunk[i]!;
        if (byte === LESS_THAN) return -1;
        if (byte === QUOTE) isInQuotes = !isInQuotes;
        else if (isInQuotes) continue;
        else if (byte === GREATER_THAN) break;
        else if (byte === APOSTROPHE || (byte === SLASH && (i + 1 === end || chunk[i + 1] !== GREATER_THAN))) return -1;
      }
    }
    this.#tagEnd = ++i;
    this.#contentStart = i;
    if (chunk[i - 2] === SLASH) {
      this.#contentEnd = i;
      return 0;
    }
    const nearEnd = Math.min(end, i + NEAR_BYTES);
    while (i < nearEnd && chunk[i] !== LESS_THAN) i++;
    if (i === nearEnd) {
      i = chunk.indexOf(LESS_THAN, i);
      if (i < 0) return -1;
    }
    return i;
  }

  /** Passes the end tag at `at`, which must have the name of the start tag. */
  #closeTag(chunk: Uint8Array, at: number, nameStart: number, nameEnd: number): number {
    let to = at + 2;
    if (to + nameEnd - nameStart >= chunk.length || chunk[at + 1] !== SLASH) return -1;
    for (let i = nameStart; i < nameEnd; i++, to++) {
      if (chunk[to] !== chunk[i]) return -1;
    }
    return chunk[to] === GREATER_THAN ? to + 1 : -1;
  }

  #readNamespace(chunk: Uint8Array): boolean {
    const start = this.#contentStart;
    const isNegative = chunk[start] === MINUS;
    const value = digits(chunk, isNegative ? start + 1 : start, this.#contentEnd);
    this.namespace = isNegative && value > 0 ? -value : value;
    return value >= 0 && this.#contentEnd - start <= MAX_NAMESPACE_BYTES;
  }

  /**
   * The attributes of a text. False: something about them is not plain. A text that does not state its length must be measured, which
   * is not done here.
   */
  #readTextAttributes(chunk: Uint8Array): boolean {
    const end = this.#tagEnd - 1;
    this.textByteLength = -1;
    for (let at = this.#nameEnd;;) {
      const start = afterBlanks(chunk, at);
      if (start >= end || chunk[start] === SLASH) break;
      let nameEnd = start;
      while (isNamePart(chunk[nameEnd]!)) nameEnd++;
      if (start === at || !isNameStart(chunk[start]!) || chunk[nameEnd] !== EQUALS || chunk[nameEnd + 1] !== QUOTE) {
        return false;
      }
      let to = nameEnd + 2;
      while (chunk[to] !== QUOTE) if (chunk[to++] === AMPERSAND) return false;
      if (!this.#noteTextAttribute(chunk, start, nameEnd, to)) return false;
      at = to + 1;
    }
    if (this.textByteLength >= 0) return true;
    this.textByteLength = 0;
    return this.#contentStart === this.#contentEnd;
  }

  #noteTextAttribute(chunk: Uint8Array, start: number, nameEnd: number, valueEnd: number): boolean {
    const length = nameEnd - start;
    let which = HAS_OTHER;
    if (length === 5 && hasBytes(chunk, start, BYTES)) {
      which = HAS_BYTES;
      if (this.textByteLength >= 0) return false;
      this.textByteLength = digits(chunk, nameEnd + 2, valueEnd);
      if (this.textByteLength < 0) return false;
    } else if (length === 4 && hasBytes(chunk, start, SHA1)) {
      which = HAS_SHA1;
      this.textSha1Start = nameEnd + 2;
      this.textSha1End = valueEnd;
    } else if (length === 9 && hasBytes(chunk, start, XML_SPACE)) which = HAS_SPACE;
    else if (length === 8 && hasBytes(chunk, start, LOCATION)) which = HAS_LOCATION;
    else if (length === 2 && hasBytes(chunk, start, ID)) which = HAS_ID;
    this.textAttributes |= (this.textAttributes & which) === 0 ? which : HAS_OTHER;
    return true;
  }
}

function hasBytes(chunk: Uint8Array, at: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (chunk[at + i] !== bytes[i]) return false;
  return true;
}

function afterBlanks(chunk: Uint8Array, from: number): number {
  const end = chunk.length;
  let at = from;
  while (at < end && isBlank(chunk[at])) at++;
  return at;
}

/** -1: the chunk ends before it is known where the line does. */
function afterLineEnd(chunk: Uint8Array, from: number): number {
  const end = chunk.length;
  const at = from < end && chunk[from] === CARRIAGE_RETURN ? from + 1 : from;
  if (at >= end) return -1;
  return chunk[at] === LINE_FEED ? at + 1 : at;
}

/** Decimal digits and nothing else as a number, or -1. */
function digits(chunk: Uint8Array, start: number, end: number): number {
  if (start >= end || end - start > MAX_ID_DIGITS) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = chunk[at]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** "2026-11-22T15:13:11Z" as 20261122151311, or -1. */
function timestampAt(chunk: Uint8Array, start: number, end: number): number {
  if (end - start !== 20) return -1;
  if (chunk[start + 4] !== MINUS || chunk[start + 7] !== MINUS || chunk[start + 10] !== 0x54) return -1;
  if (chunk[start + 13] !== 0x3a || chunk[start + 16] !== 0x3a || chunk[start + 19] !== 0x5a) return -1;
  const date = digits(chunk, start, start + 4) * 10_000 + pair(chunk, start + 5) * 100 + pair(chunk, start + 8);
  const time = pair(chunk, start + 11) * 10_000 + pair(chunk, start + 14) * 100 + pair(chunk, start + 17);
  // Anything that is no digit makes a part negative beyond what the others can make good.
  return date >= 0 && time >= 0 ? date * 1_000_000 + time : -1;
}

function pair(chunk: Uint8Array, at: number): number {
  const tens = chunk[at]! - 0x30;
  const ones = chunk[at + 1]! - 0x30;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1e12 : tens * 10 + ones;
}
