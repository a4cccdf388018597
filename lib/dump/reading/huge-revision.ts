/**
 * A revision that is too long for memory: it is read in pieces, long stretches of text are left out, and what is left is a revision
 * with the same fields and a shorter text.
 *
 * Used by `DumpSkimmer` alone, for the few revisions of many megabytes that do not lie in one chunk.
 */
import { ByteBuffer } from "../../bits/byte-buffer.ts";
import { DumpFormatError } from "../../errors.ts";
import {
  AMPERSAND,
  EXCLAMATION,
  GREATER_THAN,
  LESS_THAN,
  QUESTION,
  QUOTE,
  SEMICOLON,
  SLASH,
} from "../../xml/characters.ts";
import { decodeBytes } from "../../xml/entities.ts";
import { LazyRevision, type RevisionPlace } from "./revision-reader.ts";

/** So much of a stretch of text is kept: fields other than the text are shorter. */
const KEPT_TEXT_BYTES = 64 * 1024;
/** What is kept of a whole revision, at most. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;
/** "<text" and what follows it, or "<![CDATA[": enough of a tag to know it. */
const TAG_START_BYTES = 9;
const MAX_ENTITY_BYTES = 16;

const TEXT = 0;
const TAG = 1;
const QUOTED = 2;
/** Within a comment, a CDATA section or an instruction, up to ">" behind the right bytes. */
const SECTION = 3;

/** Takes the pieces of one revision. */
export class HugeRevision {
  readonly #kept = new ByteBuffer();
  #state = TEXT;
  #depth = 0;
  /** The start of the tag at hand, without "<". */
  #tag = "";
  /** The two bytes before the one at hand, for the ends of sections and of empty elements. */
  #before = 0;
  #beforeThat = 0;
  #isInText = false;
  #runBytes = 0;
  #textBytes = 0;
  #entity = "";
  readonly #place: RevisionPlace;

  constructor(place: RevisionPlace) {
    this.#place = place;
  }

  /** Reads one more piece. Throws DumpFormatError: BAD_ENTITY, TOO_LARGE for many megabytes of markup. */
  push(piece: Uint8Array): void {
    let keptUntil = 0;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at]!;
      if (this.#state === TEXT && byte !== LESS_THAN) {
        if (this.#isInText) this.#measure(byte);
        if (this.#runBytes++ >= KEPT_TEXT_BYTES) {
          if (keptUntil < at) this.#kept.append(piece.subarray(keptUntil, at));
          keptUntil = at + 1;
        }
      } else this.#step(byte);
    }
    this.#kept.append(piece.subarray(keptUntil));
    if (this.#kept.length <= MAX_KEPT_BYTES) return;
    const { byteOffset, pageId } = this.#place;
    const message =
      `The revision at byte ${byteOffset} of page ${pageId} has more than ${MAX_KEPT_BYTES} bytes of markup`;
    throw new DumpFormatError("TOO_LARGE", message, this.#place);
  }

  /** All pieces were pushed: the revision, without most of its text, and what its whole text is long. */
  finish(): { readonly revision: LazyRevision; readonly textByteLength: number } {
    const revision = new LazyRevision(this.#kept.take(), this.#place);
    return { revision, textByteLength: revision.textByteLength ?? this.#textBytes };
  }

  #step(byte: number): void {
    switch (this.#state) {
      case TEXT:
        this.#state = TAG;
        this.#tag = "";
        break;
      case TAG:
        if (byte === GREATER_THAN) this.#endTag();
        else if (byte === QUOTE) this.#state = QUOTED;
        else if (this.#tag.length < TAG_START_BYTES && this.#isSectionStart(byte)) return this.#startSection();
        break;
      case QUOTED:
        if (byte === QUOTE) this.#state = TAG;
        break;
      default:
        if (this.#isInText && this.#tag[1] === "[") this.#textBytes++;
        if (byte === GREATER_THAN && this.#isSectionEnd()) this.#state = TEXT;
    }
    this.#beforeThat = this.#before;
    this.#before = byte;
  }

  #isSectionStart(byte: number): boolean {
    this.#tag += String.fromCharCode(byte);
    return byte === QUESTION ? this.#tag.length === 1 : /^!(?:--|\[CDATA\[)$/.test(this.#tag);
  }

  #startSection(): void {
    this.#state = SECTION;
    this.#before = this.#beforeThat = 0;
    // "]]>" is counted before it is known to be the end.
    if (this.#isInText && this.#tag[1] === "[") this.#textBytes -= 3;
  }

  #isSectionEnd(): boolean {
    const first = this.#tag.charCodeAt(0);
    if (first === QUESTION) return this.#before === QUESTION;
    const sign = this.#tag.charCodeAt(1) === 0x2d ? 0x2d : 0x5d;
    return first === EXCLAMATION && this.#before === sign && this.#beforeThat === sign;
  }

  #endTag(): void {
    this.#state = TEXT;
    this.#runBytes = 0;
    if (this.#tag.charCodeAt(0) === SLASH) {
      this.#depth--;
      this.#isInText = false;
    } else if (this.#before !== SLASH) {
      this.#depth++;
      this.#isInText = this.#depth === 2 && /^text(?:\s|$)/.test(this.#tag);
    }
  }

  /** Counts what a byte of the text is decoded to. */
  #measure(byte: number): void {
    if (this.#entity === "") {
      if (byte === AMPERSAND) this.#entity = "&";
      // "\r\n" is one line end; a lone "\r" is one, too.
      else if (byte !== 0x0a || this.#before !== 0x0d) this.#textBytes++;
    } else {
      this.#entity += String.fromCharCode(byte);
      if (byte === SEMICOLON || this.#entity.length > MAX_ENTITY_BYTES) {
        const entity = new TextEncoder().encode(this.#entity);
        this.#textBytes += decodeBytes(entity, 0, entity.length).length;
        this.#entity = "";
      }
    }
    this.#before = byte;
  }
}
