/**
 * Walks over the child elements in a piece of XML that is whole in memory: a page head, a revision, a header.
 *
 * The dump splitter has already checked that tags fit each other; the cursor relies on that and only finds where things are.
 * It throws DumpFormatError BAD_TAG where it cannot go on, with the byte offset in the piece.
 *
 *     <id>12</id>            tagStart=0, contentStart=tagEnd=4, contentEnd=6, elementEnd=11
 *     <minor />              tagStart=0, contentStart=contentEnd=elementEnd=tagEnd=9, isSelfClosed
 */
import { DumpFormatError } from "../errors.ts";
import { startsWithBytes } from "../bits/bytes.ts";
import {
  APOSTROPHE,
  EXCLAMATION,
  GREATER_THAN,
  isNamePart,
  isNameStart,
  LESS_THAN,
  QUESTION,
  QUOTE,
  SLASH,
} from "./characters.ts";

const COMMENT_OPENING = Uint8Array.of(0x2d, 0x2d);
const COMMENT_CLOSING = Uint8Array.of(0x2d, 0x2d, 0x3e);
const CDATA_OPENING = Uint8Array.of(0x5b, 0x43, 0x44, 0x41, 0x54, 0x41, 0x5b);
const CDATA_CLOSING = Uint8Array.of(0x5d, 0x5d, 0x3e);
const INSTRUCTION_CLOSING = Uint8Array.of(0x3f, 0x3e);

/** So far is looked byte by byte; a search that the engine does has its price. */
const NEAR_BYTES = 32;

/** Steps from one child element to the next; the fields describe the one at hand. */
export class ElementCursor {
  /** "<" of the start tag. */
  tagStart = 0;
  /** After ">" of the start tag. */
  tagEnd = 0;
  contentStart = 0;
  contentEnd = 0;
  /** After ">" of the end tag. */
  elementEnd = 0;
  isSelfClosed = false;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  #nameEnd = 0;

  /** Walks over the elements that begin at or after `start` and lie before `end`, side by side. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  isNamed(name: Uint8Array): boolean {
    return this.#nameEnd - this.tagStart - 1 === name.length && startsWithBytes(this.#bytes, name, this.tagStart + 1);
  }

  /** The name of the element at hand. */
  get name(): string {
    return new TextDecoder().decode(this.#bytes.subarray(this.tagStart + 1, this.#nameEnd));
  }

  /** Reads the next start tag and no more; its content is read next. False at the end, and before an end tag. */
  nextOpening(): boolean {
    const bytes = this.#bytes;
    for (;;) {
      const at = indexOfByte(bytes, LESS_THAN, this.#at, this.#end);
      if (at < 0) return false;
      const byte = at + 1 < this.#end ? bytes[at + 1]! : 0;
      if (byte === SLASH) {
        this.#at = at;
        return false;
      }
      if (byte !== EXCLAMATION && byte !== QUESTION) {
        this.#readTag(at);
        return true;
      }
      this.#at = this.#afterMarkup(at);
    }
  }

  /** Goes to the next element. False: there is no other. */
  next(): boolean {
    if (!this.nextOpening()) return false;
    if (this.isSelfClosed) return true;
    let depth = 1;
    const bytes = this.#bytes;
    let at = this.tagEnd;
    for (;;) {
      at = indexOfByte(bytes, LESS_THAN, at, this.#end);
      if (at < 0) throw brokenTag("An element that is not closed", this.tagStart);
      const byte = bytes[at + 1];
      if (byte === SLASH) {
        depth--;
        const tagEnd = indexOfByte(bytes, GREATER_THAN, at, this.#end) + 1;
        if (tagEnd === 0) throw brokenTag("A tag that is not closed", at);
        if (depth === 0) {
          this.contentEnd = at;
          this.elementEnd = this.#at = tagEnd;
          return true;
        }
        at = tagEnd;
      } else if (byte === EXCLAMATION || byte === QUESTION) at = this.#afterMarkup(at);
      else {
        at = tagEndOf(bytes, at, this.#end);
        if (bytes[at - 2] !== SLASH) depth++;
      }
    }
  }

  #readTag(at: number): void {
    const bytes = this.#bytes;
    let nameEnd = at + 1;
    if (nameEnd >= this.#end || !isNameStart(bytes[nameEnd]!)) throw brokenTag("A tag without a name", at);
    while (nameEnd < this.#end && isNamePart(bytes[nameEnd]!)) nameEnd++;
    this.#nameEnd = nameEnd;
    this.tagStart = at;
    this.tagEnd =
      this.contentStart =
      this.contentEnd =
      this.elementEnd =
      this.#at =
        tagEndOf(bytes, at, this.#end);
    this.isSelfClosed = bytes[this.tagEnd - 2] === SLASH;
  }

  /** After a comment, a CDATA section or a processing instruction. */
  #afterMarkup(at: number): number {
    const bytes = this.#bytes;
    const end = endOfMarkup(bytes, at, this.#end);
    if (end < 0) throw brokenTag("A comment or section that is not closed", at);
    return end;
  }
}

/** Position after the comment, CDATA section or processing instruction that begins at `at`; -1 if it is none, or not closed. */
export function endOfMarkup(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at + 1] === QUESTION) return afterBytes(bytes, INSTRUCTION_CLOSING, at + 2, end);
  if (startsWithBytes(bytes, COMMENT_OPENING, at + 2)) return afterBytes(bytes, COMMENT_CLOSING, at + 4, end);
  if (startsWithBytes(bytes, CDATA_OPENING, at + 2)) return afterBytes(bytes, CDATA_CLOSING, at + 9, end);
  return -1;
}

/** Position of a byte in `[from, end)`, or -1. Nothing after `end` is looked at. */
export function indexOfByte(bytes: Uint8Array, byte: number, from: number, end: number): number {
  const nearEnd = Math.min(end, from + NEAR_BYTES);
  let at = from;
  while (at < nearEnd && bytes[at] !== byte) at++;
  if (at < nearEnd) return at;
  if (at >= end) return -1;
  if (end === bytes.length) return bytes.indexOf(byte, at);
  const found = bytes.subarray(at, end).indexOf(byte);
  return found < 0 ? -1 : at + found;
}

/** Position after ">" of the start tag whose "<" is at `at`; ">" in quotes does not count. */
export function tagEndOf(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at + 1; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === GREATER_THAN) return i + 1;
    if (byte === QUOTE || byte === APOSTROPHE) {
      i = indexOfByte(bytes, byte, i + 1, end);
      if (i < 0) break;
    }
  }
  throw brokenTag("A tag that is not closed", at);
}

function afterBytes(bytes: Uint8Array, closing: Uint8Array, from: number, end: number): number {
  const last = closing[closing.length - 1]!;
  for (let at = indexOfByte(bytes, last, from, end); at >= 0; at = indexOfByte(bytes, last, at + 1, end)) {
    const start = at + 1 - closing.length;
    if (start >= from && startsWithBytes(bytes, closing, start)) return at + 1;
  }
  return -1;
}

function brokenTag(what: string, byteOffset: number): DumpFormatError {
  return new DumpFormatError("BAD_TAG", `${what}, at byte ${byteOffset} of the piece`, { byteOffset });
}
