/**
 * Text as it stands in XML, to plain UTF-8 and back.
 *
 *     a &lt; b &amp;amp; &#x1F600;⇄ a < b &amp; 😀
 *
 * Decoding also does what else XML asks of a reader of content: line ends become "\n" (a return that is meant is written
 * "&#13;"), comments vanish, CDATA sections are taken as they are. MediaWiki writes neither of the two last.
 */
import { DumpFormatError } from "../errors.ts";
import { asciiBytes, concatBytes, startsWithBytes } from "../bits/bytes.ts";
import { AMPERSAND, CARRIAGE_RETURN, EXCLAMATION, HASH, LESS_THAN, LINE_FEED, SEMICOLON } from "./characters.ts";
import { endOfMarkup, indexOfByte } from "./element.ts";

/** Takes decoded bytes. They must be used or copied before it returns: the memory is used again. */
export type ByteSink = (bytes: Uint8Array) => void;

/** Decoded text is handed on in pieces of this size where it has to be copied. */
const SCRATCH_BYTES = 64 * 1024;
/** "&#x10FFFF;" with some leading zeros: what is longer is no entity. */
const MAX_ENTITY_BYTES = 16;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const CDATA_OPENING_BYTES = 9;
const CDATA_CLOSING_BYTES = 3;
const LOWER_X = 0x78;

/**
 * Decodes the text in `[start, end)` of `bytes` and hands it to `sink` piece by piece, so that it can be hashed or written
 * without a copy of the whole. Text without entities is handed on as one view of `bytes`.
 *
 * Throws DumpFormatError BAD_ENTITY for an entity that XML does not know, BAD_TAG for a raw "<"; offsets are those in `bytes`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeEntities } from "./entities.ts";
 *
 * const bytes = new TextEncoder().encode("1 &lt; 2");
 * let text = "";
 * decodeEntities(bytes, 0, bytes.length, (piece) => text += new TextDecoder().decode(piece));
 * assert.equal(text, "1 < 2");
 * ```
 */
export function decodeEntities(bytes: Uint8Array, start: number, end: number, sink: ByteSink): void {
  if (isPlain(bytes, start, end)) {
    if (start < end) sink(bytes.subarray(start, end));
    return;
  }
  const writer = new Writer(new Uint8Array(Math.min(end - start, SCRATCH_BYTES)), sink);
  decodeInto(bytes, start, end, writer);
  writer.flush();
}

/** The decoded text as bytes of its own. Errors as for `decodeEntities`. */
export function decodeBytes(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  if (isPlain(bytes, start, end)) return bytes.slice(start, end);
  // Decoding never makes text longer: the shortest reference of a character is at least as long as the character.
  const writer = new Writer(new Uint8Array(end - start), () => {});
  decodeInto(bytes, start, end, writer);
  return writer.bytes.subarray(0, writer.length);
}

/** The decoded text as a string. Errors as for `decodeEntities`. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  const plain = isPlain(bytes, start, end) ? bytes.subarray(start, end) : decodeBytes(bytes, start, end);
  return decoder.decode(plain);
}

const LONG_NAMES: readonly (readonly [Uint8Array, number])[] = [
  [asciiBytes("quot"), 0x22],
  [asciiBytes("amp"), AMPERSAND],
  [asciiBytes("apos"), 0x27],
];

const ESCAPES: ReadonlyMap<number, Uint8Array> = new Map([
  [AMPERSAND, asciiBytes("&amp;")],
  [LESS_THAN, asciiBytes("&lt;")],
  [0x3e, asciiBytes("&gt;")],
  [0x22, asciiBytes("&quot;")],
]);
const NONCHARACTER_LEAD = 0xef;
const REPLACEMENT = Uint8Array.of(0xef, 0xbf, 0xbd);

/**
 * Writes plain UTF-8 as text of XML, with the four escapes that MediaWiki uses: `&lt; &gt; &amp; &quot;`.
 *
 * Characters that XML cannot hold at all (controls, U+FFFE, U+FFFF) become U+FFFD, as in MediaWiki's own dumps. A return becomes `&#13;`, because a
 * raw one would be read back as a line feed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodeEntities } from "./entities.ts";
 *
 * const encoded = encodeEntities(new TextEncoder().encode('<b class="x">'));
 * assert.equal(new TextDecoder().decode(encoded), "&lt;b class=&quot;x&quot;&gt;");
 * ```
 */
export function encodeEntities(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  let copied = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === NONCHARACTER_LEAD && isNoncharacter(bytes, at)) {
      pieces.push(bytes.subarray(copied, at), REPLACEMENT);
      copied = at + 3;
      continue;
    }
    if (byte > 0x3e || (byte !== 0x22 && byte >= 0x20 && byte !== AMPERSAND && byte < LESS_THAN)) continue;
    const escape = escapeOf(byte);
    if (escape === undefined) continue;
    if (copied < at) pieces.push(bytes.subarray(copied, at));
    pieces.push(escape);
    copied = at + 1;
  }
  pieces.push(bytes.subarray(copied));
  return concatBytes(pieces);
}

/** U+FFFE and U+FFFF, the two characters above ASCII that XML does not allow. */
function isNoncharacter(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === 0xbf && bytes[at + 2]! >= 0xbe;
}

const ESCAPED_RETURN = asciiBytes("&#13;");

function escapeOf(byte: number): Uint8Array | undefined {
  if (byte >= 0x20) return ESCAPES.get(byte);
  if (byte === CARRIAGE_RETURN) return ESCAPED_RETURN;
  return byte === LINE_FEED || byte === 0x09 ? undefined : REPLACEMENT;
}

/** Whether decoding leaves the text as it is. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  return indexOfByte(bytes, AMPERSAND, start, end) < 0 && indexOfByte(bytes, CARRIAGE_RETURN, start, end) < 0 &&
    indexOfByte(bytes, LESS_THAN, start, end) < 0;
}

function decodeInto(bytes: Uint8Array, start: number, end: number, writer: Writer): void {
  for (let at = start; at < end;) {
    at = writer.copyPlain(bytes, at, end);
    if (at < end) at = decodeSpecial(bytes, at, end, writer);
  }
}

/** Decodes what begins at `at` ("&", "<" or a return) and gives the position after it. */
function decodeSpecial(bytes: Uint8Array, at: number, end: number, writer: Writer): number {
  const byte = bytes[at];
  if (byte === CARRIAGE_RETURN) {
    writer.put(LINE_FEED);
    return at + 1 < end && bytes[at + 1] === LINE_FEED ? at + 2 : at + 1;
  }
  if (byte === AMPERSAND) return decodeEntity(bytes, at, end, writer);
  const after = endOfMarkup(bytes, at, end);
  if (after < 0) throw new DumpFormatError("BAD_TAG", `An unescaped "<" in text, at byte ${at}`, { byteOffset: at });
  const isSection = bytes[at + 1] === EXCLAMATION && bytes[at + 2] !== 0x2d;
  if (isSection) copySection(bytes, at + CDATA_OPENING_BYTES, after - CDATA_CLOSING_BYTES, writer);
  return after;
}

function copySection(bytes: Uint8Array, start: number, end: number, writer: Writer): void {
  for (let at = start; at < end; at++) {
    const isReturn = bytes[at] === CARRIAGE_RETURN;
    if (!isReturn) writer.put(bytes[at]!);
    else if (at + 1 === end || bytes[at + 1] !== LINE_FEED) writer.put(LINE_FEED);
  }
}

function decodeEntity(bytes: Uint8Array, at: number, end: number, writer: Writer): number {
  const limit = Math.min(end, at + MAX_ENTITY_BYTES);
  let semicolon = at + 1;
  while (semicolon < limit && bytes[semicolon] !== SEMICOLON) semicolon++;
  const codePoint = semicolon < limit ? codePointOf(bytes, at + 1, semicolon) : -1;
  if (codePoint < 0) {
    const name = new TextDecoder().decode(bytes.subarray(at, Math.min(semicolon + 1, limit)));
    throw new DumpFormatError("BAD_ENTITY", `${JSON.stringify(name)} is not an entity of XML, at byte ${at}`, {
      byteOffset: at,
    });
  }
  writer.putCodePoint(codePoint);
  return semicolon + 1;
}

/** The character that a reference (without "&" and ";") stands for, or -1. */
function codePointOf(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start];
  const length = end - start;
  if (first === HASH) return numericReference(bytes, start + 1, end);
  if (length === 2 && bytes[start + 1] === 0x74) return first === 0x6c ? LESS_THAN : first === 0x67 ? 0x3e : -1;
  for (const [name, codePoint] of LONG_NAMES) {
    if (length === name.length && startsWithBytes(bytes, name, start)) return codePoint;
  }
  return -1;
}

function numericReference(bytes: Uint8Array, start: number, end: number): number {
  const isHex = bytes[start] === LOWER_X;
  const radix = isHex ? 16 : 10;
  const first = isHex ? start + 1 : start;
  if (first === end) return -1;
  let value = 0;
  for (let at = first; at < end; at++) {
    const digit = digitOf(bytes[at]!);
    if (digit >= radix) return -1;
    value = value * radix + digit;
  }
  const isCharacter = value !== 0 && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
  return isCharacter ? value : -1;
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : 99;
}

/** Gathers decoded bytes, so that the sink is called once per 64 KiB and not once per entity. */
class Writer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  length = 0;
  readonly #sink: ByteSink;

  constructor(bytes: Uint8Array<ArrayBuffer>, sink: ByteSink) {
    this.bytes = bytes;
    this.#sink = sink;
  }

  put(byte: number): void {
    if (this.length === this.bytes.length) this.flush();
    this.bytes[this.length++] = byte;
  }

  /** Takes over bytes until one that has to be decoded, and gives its position (or `end`). */
  copyPlain(bytes: Uint8Array, start: number, end: number): number {
    const own = this.bytes;
    let at = start;
    for (;;) {
      let to = this.length;
      const stop = Math.min(end, at + own.length - to);
      while (at < stop) {
        const byte = bytes[at]!;
        if (byte <= LESS_THAN && (byte === AMPERSAND || byte === LESS_THAN || byte === CARRIAGE_RETURN)) break;
        own[to++] = byte;
        at++;
      }
      this.length = to;
      if (at < stop || at === end) return at;
      this.flush();
    }
  }

  putCodePoint(value: number): void {
    if (value < 0x80) return this.put(value);
    for (const byte of new TextEncoder().encode(String.fromCodePoint(value))) this.put(byte);
  }

  flush(): void {
    if (this.length > 0) this.#sink(this.bytes.subarray(0, this.length));
    this.length = 0;
  }
}
