/**
 * A dump as lines, the way writeuptopageid and revsperpage read it: a tag counts where a line begins with it. So XML that is not
 * well-formed can be read, too. Unlike the old tools this knows comments and CDATA sections, and lines of any length.
 */
import { asciiBytes, concatBytes, indexOfBytes, startsWithBytes } from "../../../lib/bits/bytes.ts";
import { chunksOf } from "../../../lib/streams/stream-from.ts";

/** A line with its end, or a piece of a very long one. */
export interface DumpLine {
  readonly bytes: Uint8Array;
  /** What stands at the start of the line, behind blanks: "<page", "</page", "<id"; "" for anything else, and within comments. */
  readonly tag: string;
}

/** Longer lines come in pieces; only the first one can have a tag. */
const MAX_LINE_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const LESS_THAN = 0x3c;
const MAX_TAG_BYTES = 16;
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);
const SECTIONS = [["<!--", "-->"], ["<![CDATA[", "]]>"]].map(([start, end]) => ({
  start: new TextEncoder().encode(start),
  end: new TextEncoder().encode(end),
}));

/** The lines of each chunk; those of one chunk are read before the next is asked for. */
export async function* dumpLines(
  xml: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Iterable<DumpLine>, void, undefined> {
  const reader = new LineReader();
  for await (const chunk of chunksOf(xml)) {
    signal.throwIfAborted();
    yield reader.push(chunk);
  }
  yield reader.finish();
}

class LineReader {
  #carry: Uint8Array = new Uint8Array();
  #isContinued = false;
  /** The end of the comment or CDATA section that is open. */
  #sectionEnd: Uint8Array | undefined;

  *push(chunk: Uint8Array): Generator<DumpLine, void, undefined> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED) + 1; end > 0; end = chunk.indexOf(LINE_FEED, start) + 1) {
      const line = chunk.subarray(start, end);
      yield* this.#lines(this.#carry.length === 0 ? line : concatBytes([this.#carry, line]));
      this.#carry = new Uint8Array();
      this.#isContinued = false;
      start = end;
    }
    const rest = chunk.subarray(start);
    this.#carry = this.#carry.length === 0 ? rest.slice() : concatBytes([this.#carry, rest]);
    if (this.#carry.length < MAX_LINE_BYTES) return;
    yield* this.#lines(this.#carry);
    this.#carry = new Uint8Array();
    this.#isContinued = true;
  }

  *finish(): Generator<DumpLine, void, undefined> {
    if (this.#carry.length > 0) yield* this.#lines(this.#carry);
  }

  /** A line; two where a page ends and the next one begins. */
  *#lines(bytes: Uint8Array): Generator<DumpLine, void, undefined> {
    const isPlain = !this.#isContinued && this.#sectionEnd === undefined;
    this.#followSections(bytes);
    const tag = isPlain ? tagAt(bytes) : "";
    if (tag !== "</page" || !endsWith(bytes, PAGE_START)) return yield { bytes, tag };
    const start = indexOfBytes(bytes, PAGE_START);
    yield { bytes: bytes.subarray(0, start), tag };
    yield { bytes: bytes.subarray(start), tag: "<page" };
  }

  #followSections(bytes: Uint8Array): void {
    let at = 0;
    for (;;) {
      if (this.#sectionEnd !== undefined) {
        const end = indexOfBytes(bytes, this.#sectionEnd, at);
        if (end < 0) return;
        at = end + this.#sectionEnd.length;
        this.#sectionEnd = undefined;
      }
      at = bytes.indexOf(LESS_THAN, at);
      if (at < 0) return;
      if (bytes[at + 1] === 0x21) {
        this.#sectionEnd = SECTIONS.find(({ start }) => start.every((byte, i) => bytes[at + i] === byte))?.end;
      }
      at++;
    }
  }
}

function tagAt(bytes: Uint8Array): string {
  let at = startsWithBytes(bytes, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
  if (bytes[at] !== LESS_THAN) return "";
  let tag = "<";
  for (let i = at + 1; i < at + MAX_TAG_BYTES && i < bytes.length; i++) {
    const byte = bytes[i]!;
    const isName = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || (byte === 0x2f && i === at + 1);
    if (!isName) break;
    tag += String.fromCharCode(byte);
  }
  return tag;
}

/** The tag that begins a page. */
export const PAGE_START = asciiBytes("<page>");
const PAGE_END = asciiBytes("</page>");

/** Whether a page ends in a line: it begins with the end tag, or begins with another tag and ends with it. */
export function endsPage({ bytes, tag }: DumpLine): boolean {
  return tag === "</page" || (tag !== "" && endsWith(bytes, PAGE_END));
}

/** Whether a line has this at its end, before blanks. */
export function endsWith(line: Uint8Array, what: Uint8Array): boolean {
  let length = line.length;
  while (length > 0 && line[length - 1]! <= 0x20) length--;
  return startsWithBytes(line, what, length - what.length);
}

const END_TAG = new TextEncoder().encode("</");

/** The text between the first ">" of a line and the next end tag, or the end of the line. */
export function contentOf(bytes: Uint8Array): Uint8Array {
  const start = bytes.indexOf(0x3e) + 1;
  const end = indexOfBytes(bytes, END_TAG, start);
  if (end >= 0) return bytes.subarray(start, end);
  let length = bytes.length;
  while (length > start && (bytes[length - 1] === LINE_FEED || bytes[length - 1] === CARRIAGE_RETURN)) length--;
  return bytes.subarray(start, length);
}

/** The number in the element of a line; undefined if it is none. */
export function numberIn(bytes: Uint8Array): number | undefined {
  const text = new TextDecoder().decode(contentOf(bytes)).trim();
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}
