/**
 * Finds tags in XML that arrives in chunks, without decoding any text.  @kernel
 *
 * A byte machine that can stop after any byte and go on with the next chunk: every byte is looked at once, nothing is copied but
 * names. Text is jumped over by searching for "<"; well-formed XML has none inside it. The names of open elements are kept, so
 * that an end tag must fit its start tag. Tags that lie deeper than `watchDepth` are followed but not reported, which is what
 * makes splitting fast: of a whole revision only its start tag and its end tag come out.
 *
 *     <mediawiki> 1 <page> 2 <revision> 3 <text> 4 </text> </revision> </page> </mediawiki>        numbers: depth
 */
import {
  APOSTROPHE,
  CARRIAGE_RETURN,
  EXCLAMATION,
  GREATER_THAN,
  isBlank,
  isNamePart,
  isNameStart,
  LESS_THAN,
  LINE_FEED,
  QUESTION,
  QUOTE,
  SLASH,
  SPACE,
} from "./characters.ts";

/** What `next` found. */
export type ScanResult = "more" | "start" | "end" | "empty" | "fault";

/** What can be wrong with markup. */
export type ScanFault =
  | "text"
  | "tag"
  | "declaration"
  | "quoted"
  | "nested-text"
  | "nested-page"
  | "mismatch"
  | "stray-end"
  | "deep"
  | "long-name";

/** How far is looked byte by byte before a search is started; also the longest name on the fast road. */
const NEAR_BYTES = 32;
const MAX_DEPTH = 256;
const MAX_NAME_BYTES = 1024;
const NAME_TEXT = [0x74, 0x65, 0x78, 0x74];
const NAME_PAGE = [0x70, 0x61, 0x67, 0x65];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const CDATA_OPENING = [0x5b, 0x43, 0x44, 0x41, 0x54, 0x41, 0x5b];
const COMMENT_CLOSING = [0x2d, 0x2d, 0x3e];
const CDATA_CLOSING = [0x5d, 0x5d, 0x3e];
const INSTRUCTION_CLOSING = [0x3f, 0x3e];

/** States of the machine, each with what was read when it is entered (`|` marks the place). */
const TEXT = 0; //         anything outside of markup
const OPENED = 1; //       <|
const NAME = 2; //         <n|   </|
const INSIDE = 3; //       <name |
const SLASHED = 4; //      <name /|
const QUOTED = 5; //       <name a="|
const DECLARATION = 6; //  <!|
const DASH = 7; //         <!-|
const CDATA_START = 8; //  <![|
const SKIPPING = 9; //     <!--|   <![CDATA[|   <?|

/** Follows tags through chunks; see the head of this file. */
export class TagScanner {
  /** Tags at most this deep are reported, and text there must be blank. */
  watchDepth = 2;
  /** Open elements after the tag that was just reported. */
  depth = 0;
  /** Byte offset of the "<" of the tag that was just reported, from the start of the input. */
  tagOffset = 0;
  fault: ScanFault = "tag";
  /** Where the next byte will be read, in the chunk. */
  position = 0;
  /** Byte offset of the chunk, from the start of the input. */
  chunkOffset = 0;
  #chunk: Uint8Array = new Uint8Array(0);
  #state = TEXT;
  /** Whether the tag at hand is an end tag. */
  isEndTag = false;
  #quote = 0;
  /** How much of a fixed sequence (byte order mark, "[CDATA[", a closing) was seen. */
  #matched = 0;
  #closing: readonly number[] = COMMENT_CLOSING;
  #hasCarriageReturn = false;
  /** Kept, for a chunk that was borrowed may have no memory any more when the next one comes. */
  #chunkLength = 0;
  /** Names of the open elements one after another, and after them the name of the tag at hand. */
  #names: Uint8Array = new Uint8Array(4096);
  #nameStarts: Int32Array = new Int32Array(MAX_DEPTH + 1);
  #nameStart = 0;
  #nameEnd = 0;

  /** Byte offset of the next byte, from the start of the input. */
  get byteOffset(): number {
    return this.chunkOffset + this.position;
  }

  /** Whether a tag or other markup has begun and not ended. */
  get isInMarkup(): boolean {
    return this.#state !== TEXT;
  }

  /** Takes the next chunk; the one before must have been read to its end. */
  load(chunk: Uint8Array): void {
    this.chunkOffset += this.#chunkLength;
    this.#chunk = chunk;
    this.#chunkLength = chunk.length;
    this.position = 0;
  }

  /** Passes over bytes that somebody else has read; no markup may be begun. Without a chunk at hand they are ones before the next. */
  skip(byteLength: number): void {
    if (this.position === this.#chunkLength) this.chunkOffset += byteLength;
    else this.position += byteLength;
  }

  /** Whether the tag that was just reported has this name. */
  isNamed(name: Uint8Array): boolean {
    return this.#hasName(this.#nameStart, this.#nameEnd, name);
  }

  /** The name of the tag at hand, for messages. */
  get name(): string {
    return new TextDecoder().decode(this.#names.subarray(this.#nameStart, this.#nameEnd));
  }

  /** The name of the innermost open element, for messages. */
  get openName(): string {
    if (this.depth === 0) return "";
    return new TextDecoder().decode(
      this.#names.subarray(this.#nameStarts[this.depth - 1]!, this.#nameStarts[this.depth]!),
    );
  }

  /** Acts as if a start tag had been read before the first byte. */
  open(name: Uint8Array): void {
    this.#names.set(name, 0);
    this.depth = 1;
    this.#nameStarts[1] = name.length;
  }

  /** Acts as if a start tag had been read here. */
  enter(name: Uint8Array): void {
    const start = this.#nameStarts[this.depth]!;
    this.#names.set(name, start);
    this.#nameStarts[++this.depth] = start + name.length;
  }

  /** Acts as if the end tag of the innermost element had been read here. */
  leave(): void {
    this.depth--;
  }

  /** Forgets the outermost of two open elements of the same name: the one that `open` made up. */
  closeOutermost(): void {
    this.depth = 1;
  }

  /** Steps over a line end right after a tag. False: more bytes are needed to know where it ends. */
  takeLineEnd(): boolean {
    const chunk = this.#chunk;
    if (this.position === chunk.length) return false;
    if (!this.#hasCarriageReturn && chunk[this.position] === CARRIAGE_RETURN) {
      this.#hasCarriageReturn = true;
      this.position++;
      if (this.position === chunk.length) return false;
    }
    if (chunk[this.position] === LINE_FEED) this.position++;
    this.#hasCarriageReturn = false;
    return true;
  }

  /** Reads up to the next tag that is worth reporting. After "fault" the scanner is of no more use; `position` is at the fault. */
  next(): ScanResult {
    const chunk = this.#chunk;
    const end = chunk.length;
    let at = this.position;
    while (at < end) {
      const byte = chunk[at]!;
      switch (this.#state) {
        case TEXT:
          if (this.depth > this.watchDepth) {
            at = this.#skipDeep(chunk, at);
            if (at === end) continue;
          } else if (byte !== LESS_THAN || this.#matched !== 0) {
            if (this.#matched === 0 && isBlank(byte)) at++;
            else if (this.depth === 0 && byte === BYTE_ORDER_MARK[this.#matched]) {
              this.#matched = (this.#matched + 1) % BYTE_ORDER_MARK.length;
              at++;
            } else return this.#stop("text", at);
            continue;
          }
          this.tagOffset = this.chunkOffset + at;
          this.#state = OPENED;
          at++;
          continue;
        case OPENED:
          this.#nameStart = this.#nameEnd = this.#nameStarts[this.depth]!;
          this.isEndTag = byte === SLASH;
          if (byte === SLASH) this.#state = NAME;
          else if (isNameStart(byte)) {
            this.#state = NAME;
            continue;
          } else if (byte === EXCLAMATION) this.#state = DECLARATION;
          else if (byte === QUESTION) this.#skipUntil(INSTRUCTION_CLOSING);
          else return this.#stop(this.#isInText() ? "nested-text" : "tag", at);
          at++;
          continue;
        case NAME: {
          const start = at;
          while (at < end && isNamePart(chunk[at]!)) at++;
          if (!this.#addToName(chunk, start, at)) return this.#stop("long-name", at);
          if (at === end) continue;
          if (this.#nameEnd === this.#nameStart || !isNameStart(this.#names[this.#nameStart]!)) {
            return this.#stop("tag", at);
          }
          this.#state = INSIDE;
          if (chunk[at] !== GREATER_THAN && chunk[at] !== SLASH && !isBlank(chunk[at])) return this.#stop("tag", at);
          continue;
        }
        case INSIDE:
          at++;
          if (byte === GREATER_THAN) {
            const result = this.isEndTag ? this.#closeElement() : this.#openElement();
            if (result === "more") continue;
            if (result !== "fault") this.position = at;
            return result;
          }
          if (byte === QUOTE || byte === APOSTROPHE) {
            this.#quote = byte;
            this.#state = QUOTED;
          } else if (byte === SLASH) this.#state = SLASHED;
          else if (byte === LESS_THAN) return this.#stop("tag", at - 1);
          continue;
        case SLASHED: {
          if (byte !== GREATER_THAN || this.isEndTag) return this.#stop("tag", at);
          at++;
          const result = this.#emptyElement();
          if (result === "more") continue;
          if (result !== "fault") this.position = at;
          return result;
        }
        case QUOTED:
          if (byte === this.#quote) this.#state = INSIDE;
          else if (byte === LESS_THAN) return this.#stop("quoted", at);
          at++;
          continue;
        case DECLARATION:
          if (byte === 0x2d) this.#state = DASH;
          else if (byte === CDATA_OPENING[0] && this.depth > this.watchDepth) {
            this.#state = CDATA_START;
            this.#matched = 1;
          } else return this.#stop("declaration", at);
          at++;
          continue;
        case DASH:
          if (byte !== 0x2d) return this.#stop("declaration", at);
          this.#skipUntil(COMMENT_CLOSING);
          at++;
          continue;
        case CDATA_START:
          if (byte !== CDATA_OPENING[this.#matched]) return this.#stop("declaration", at);
          this.#matched++;
          if (this.#matched === CDATA_OPENING.length) this.#skipUntil(CDATA_CLOSING);
          at++;
          continue;
        case SKIPPING:
          this.#matchClosing(byte);
          at++;
          continue;
      }
    }
    this.position = at;
    return "more";
  }

  /**
   * The fast road through elements that are not reported: from tag to tag while each is whole in the chunk and plain. Gives the
   * position of the first "<" that it leaves to the machine, or the end of the chunk.
   */
  #skipDeep(chunk: Uint8Array, from: number): number {
    const end = chunk.length;
    let at = from;
    for (;;) {
      const nearEnd = Math.min(end, at + NEAR_BYTES);
      while (at < nearEnd && chunk[at] !== LESS_THAN) at++;
      if (at === nearEnd) {
        at = chunk.indexOf(LESS_THAN, at);
        if (at < 0) return end;
      }
      if (at + 1 === end) return at;
      const after = chunk[at + 1] === SLASH ? this.#skipEndTag(chunk, at + 2) : this.#skipStartTag(chunk, at + 1);
      if (after < 0) return at;
      at = after;
    }
  }

  /** Closes the innermost element if its name stands at `at` and the next one out is not reported either; else -1. */
  #skipEndTag(chunk: Uint8Array, at: number): number {
    const depth = this.depth - 1;
    if (depth <= this.watchDepth) return -1;
    const names = this.#names;
    const nameStart = this.#nameStarts[depth]!;
    const nameEnd = this.#nameStarts[depth + 1]!;
    if (at + nameEnd - nameStart >= chunk.length) return -1;
    let to = at;
    for (let i = nameStart; i < nameEnd; i++, to++) {
      if (names[i] !== chunk[to]) return -1;
    }
    if (chunk[to] !== GREATER_THAN) return -1;
    this.depth = depth;
    return to + 1;
  }

  /** Opens the element whose name stands at `at`, or passes it if it is empty; -1 if the tag is not whole or not plain. */
  #skipStartTag(chunk: Uint8Array, at: number): number {
    const names = this.#names;
    const depth = this.depth;
    const nameStart = this.#nameStarts[depth]!;
    const roomEnd = Math.min(chunk.length, at + NEAR_BYTES, at + names.length - nameStart);
    if (at >= roomEnd || !isNameStart(chunk[at]!) || depth === MAX_DEPTH) return -1;
    let nameEnd = nameStart;
    let from = at;
    while (from < roomEnd && isNamePart(chunk[from]!)) names[nameEnd++] = chunk[from++]!;
    if (from === roomEnd) return -1;
    const byte = chunk[from];
    if (byte === GREATER_THAN) return this.#skipOpened(nameStart, nameEnd) ? from + 1 : -1;
    if (byte !== SPACE && byte !== SLASH) return -1;
    const tagEnd = plainTagEnd(chunk, from);
    if (tagEnd < 0) return -1;
    if (chunk[tagEnd - 2] === SLASH) return this.#isInText() ? -1 : tagEnd;
    return this.#skipOpened(nameStart, nameEnd) ? tagEnd : -1;
  }

  #skipOpened(nameStart: number, nameEnd: number): boolean {
    if (this.#isInText() || this.#isNestedPage(nameStart, nameEnd)) return false;
    this.depth++;
    this.#nameStarts[this.depth] = nameEnd;
    return true;
  }

  #stop(fault: ScanFault, at: number): "fault" {
    this.fault = fault;
    this.position = at;
    return "fault";
  }

  #skipUntil(closing: readonly number[]): void {
    this.#closing = closing;
    this.#matched = 0;
    this.#state = SKIPPING;
  }

  /** One step towards "-->", "]]>" or "?>"; "--->" and "]]]>" close too. */
  #matchClosing(byte: number): void {
    const closing = this.#closing;
    if (byte === closing[this.#matched]) {
      this.#matched++;
      if (this.#matched === closing.length) {
        this.#matched = 0;
        this.#state = TEXT;
      }
    } else if (byte !== closing[0]) this.#matched = 0;
    else if (this.#matched < closing.length - 1) this.#matched = 1;
  }

  #addToName(chunk: Uint8Array, start: number, end: number): boolean {
    const nameEnd = this.#nameEnd + end - start;
    if (nameEnd - this.#nameStart > MAX_NAME_BYTES) return false;
    if (nameEnd > this.#names.length) {
      const grown = new Uint8Array(2 * nameEnd);
      grown.set(this.#names.subarray(0, this.#nameEnd));
      this.#names = grown;
    }
    const names = this.#names;
    for (let from = start, to = this.#nameEnd; from < end; from++, to++) names[to] = chunk[from]!;
    this.#nameEnd = nameEnd;
    return true;
  }

  #hasName(start: number, end: number, name: ArrayLike<number>): boolean {
    if (end - start !== name.length) return false;
    const names = this.#names;
    for (let i = 0; i < name.length; i++) {
      if (names[start + i] !== name[i]) return false;
    }
    return true;
  }

  /** A page within the children of a page: one that was not closed. Unknown elements outside of pages may hold what they like. */
  #isNestedPage(nameStart: number, nameEnd: number): boolean {
    return this.watchDepth === 2 && this.#hasName(nameStart, nameEnd, NAME_PAGE);
  }

  #isInText(): boolean {
    const depth = this.depth;
    return depth > this.watchDepth && this.#hasName(this.#nameStarts[depth - 1]!, this.#nameStarts[depth]!, NAME_TEXT);
  }

  /** After ">" of a start tag. */
  #openElement(): ScanResult {
    const parentDepth = this.depth;
    if (parentDepth > 2) {
      if (this.#isNestedPage(this.#nameStart, this.#nameEnd)) return this.#stopAtTag("nested-page");
      if (this.#isInText()) return this.#stopAtTag("nested-text");
    }
    if (parentDepth === MAX_DEPTH) return this.#stopAtTag("deep");
    this.depth = parentDepth + 1;
    this.#nameStarts[parentDepth + 1] = this.#nameEnd;
    this.#state = TEXT;
    return parentDepth <= this.watchDepth ? "start" : "more";
  }

  /** After "/>". */
  #emptyElement(): ScanResult {
    if (this.#isInText()) return this.#stopAtTag("nested-text");
    this.#state = TEXT;
    return this.depth <= this.watchDepth ? "empty" : "more";
  }

  /** After ">" of an end tag: it must be that of the innermost open element. */
  #closeElement(): ScanResult {
    if (this.depth === 0) return this.#stopAtTag("stray-end");
    const names = this.#names;
    const openStart = this.#nameStarts[this.depth - 1]!;
    const tagStart = this.#nameStart;
    const length = tagStart - openStart;
    if (this.#nameEnd - tagStart !== length) return this.#stopAtTag("mismatch");
    for (let i = 0; i < length; i++) {
      if (names[openStart + i] !== names[tagStart + i]) return this.#stopAtTag("mismatch");
    }
    this.depth--;
    this.#state = TEXT;
    return this.depth <= this.watchDepth ? "end" : "more";
  }

  #stopAtTag(fault: ScanFault): "fault" {
    return this.#stop(fault, this.tagOffset - this.chunkOffset);
  }
}

/** Position after ">" of a tag whose name ends at `from`; -1 if it is not in the chunk or anything is odd. */
function plainTagEnd(chunk: Uint8Array, from: number): number {
  const end = chunk.length;
  let quote = 0;
  for (let at = from; at < end; at++) {
    const byte = chunk[at]!;
    if (byte === LESS_THAN) return -1;
    if (quote !== 0) {
      if (byte === quote) quote = 0;
    } else if (byte === QUOTE || byte === APOSTROPHE) quote = byte;
    else if (byte === GREATER_THAN) return at + 1;
    else if (byte === SLASH && (at + 1 === end || chunk[at + 1] !== GREATER_THAN)) return -1;
  }
  return -1;
}
