/**
 * Markup of a stub as dumpTextPass.php writes it again: `<minor/>` becomes `<minor />`, quotes in texts are escaped, comments
 * vanish; and each `<text>` that says where its text lies becomes a hole, to be filled with the text.
 */
import { asciiBytes, concatBytes, startsWithBytes } from "../../../bits/bytes.ts";
import { readAttributes } from "../../../xml/attributes.ts";
import { AMPERSAND, CARRIAGE_RETURN, EXCLAMATION, LESS_THAN, QUESTION, SLASH } from "../../../xml/characters.ts";
import { endOfMarkup, indexOfByte, tagEndOf } from "../../../xml/element.ts";
import { decodeBytes, encodeEntities } from "../../../xml/entities.ts";
import { exportText } from "./export-text.ts";

/** A `<text>` whose text is elsewhere. */
export interface TextHole {
  /** "tt:63", or a bare number. */
  readonly address: string;
  readonly byteLength: number | undefined;
  readonly sha1: string | undefined;
  /** It is the text of the main slot. */
  readonly isMain: boolean;
  /** `<text bytes="…"`, without the address and without an end. */
  readonly opening: Uint8Array;
}

const encoder = new TextEncoder();
const TEXT = asciiBytes("text");
const CONTENT = asciiBytes("content");
const EMPTY_END = asciiBytes(" />");
const PRESERVE = asciiBytes(' xml:space="preserve">');
const TEXT_CLOSING = asciiBytes("</text>");
const CANONICAL = ["&amp;", "&lt;", "&gt;", "&quot;"].map(asciiBytes);
const CDATA_BYTES = 9;

/** A piece of a stub with its holes. Elements must be whole, or their start or end tag must be in another piece. */
export class StubMarkup {
  /** Fixed bytes and holes, in order. */
  readonly #parts: (Uint8Array | TextHole)[] = [];
  readonly #bytes: Uint8Array;
  #at = 0;
  #copiedTo = 0;
  #isInSlot = false;
  readonly holes: readonly TextHole[];

  /** Throws DumpFormatError for what is no XML. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    while (this.#at < bytes.length) {
      const tag = indexOfByte(bytes, LESS_THAN, this.#at, bytes.length);
      this.#passText(tag < 0 ? bytes.length : tag);
      if (tag >= 0) this.#passMarkup(tag);
    }
    this.#put(bytes.subarray(this.#copiedTo));
    this.holes = this.#parts.filter((part): part is TextHole => !(part instanceof Uint8Array));
  }

  /** The bytes, with texts in the holes; one that is undefined or empty leaves an empty element. */
  fill(texts: readonly (Uint8Array | undefined)[] = []): Uint8Array {
    let next = 0;
    const pieces: Uint8Array[] = [];
    for (const part of this.#parts) {
      if (part instanceof Uint8Array) pieces.push(part);
      else pieces.push(part.opening, ...contentOf(texts[next++]));
    }
    return pieces.length === 1 ? pieces[0]! : concatBytes(pieces);
  }

  /** Writes what stands for `[copied, at)` of the input; what has been copied ends at `after`. */
  #replace(at: number, part: Uint8Array | TextHole, after: number): void {
    this.#put(this.#bytes.subarray(this.#copiedTo, at));
    if (part instanceof Uint8Array) this.#put(part);
    else this.#parts.push(part);
    this.#copiedTo = this.#at = after;
  }

  #put(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#parts.push(bytes);
  }

  #passText(end: number): void {
    const start = this.#at;
    this.#at = end;
    if (!isCanonical(this.#bytes, start, end)) {
      this.#replace(start, encodeEntities(decodeBytes(this.#bytes, start, end)), end);
    }
  }

  #passMarkup(tag: number): void {
    const bytes = this.#bytes;
    const next = bytes[tag + 1];
    if (next === EXCLAMATION || next === QUESTION) {
      const after = endOfMarkup(bytes, tag, bytes.length);
      // Comments decode to nothing.
      const isText = next === EXCLAMATION && after - tag > CDATA_BYTES;
      return this.#replace(tag, isText ? encodeEntities(decodeBytes(bytes, tag, after)) : new Uint8Array(0), after);
    }
    const tagEnd = tagEndOf(bytes, tag, bytes.length);
    if (next === SLASH) {
      if (startsWithBytes(bytes, CONTENT, tag + 2)) this.#isInSlot = false;
      this.#at = tagEnd;
    } else this.#passOpening(tag, tagEnd);
  }

  #passOpening(tag: number, tagEnd: number): void {
    const bytes = this.#bytes;
    const isSelfClosed = bytes[tagEnd - 2] === SLASH;
    const isEmpty = isSelfClosed || (bytes[tagEnd] === LESS_THAN && bytes[tagEnd + 1] === SLASH);
    const after = isEmpty && !isSelfClosed ? tagEndOf(bytes, tagEnd, bytes.length) : tagEnd;
    if (isNamed(bytes, tag, CONTENT)) this.#isInSlot = true;
    if (isNamed(bytes, tag, TEXT)) {
      const hole = this.#holeAt(tag, tagEnd);
      if (hole !== undefined && isEmpty) return this.#replace(tag, hole, after);
    }
    const nameAndAttributes = canonicalTag(bytes, tag, isSelfClosed ? tagEnd - 2 : tagEnd - 1);
    if (isEmpty) this.#replace(tag, concatBytes([nameAndAttributes, EMPTY_END]), after);
    else if (nameAndAttributes.length === tagEnd - 1 - tag) this.#at = tagEnd;
    else this.#replace(tag, concatBytes([nameAndAttributes, asciiBytes(">")]), tagEnd);
  }

  #holeAt(tag: number, tagEnd: number): TextHole | undefined {
    const attributes = readAttributes(this.#bytes, tag, tagEnd);
    const address = attributes.get("location") ?? attributes.get("id");
    if (address === undefined) return undefined;
    const stated = attributes.get("bytes");
    const kept = [...attributes].filter(([name]) => name !== "location" && name !== "id");
    return {
      address,
      byteLength: stated !== undefined && /^[0-9]{1,12}$/.test(stated) ? Number(stated) : undefined,
      sha1: attributes.get("sha1") || undefined,
      isMain: !this.#isInSlot,
      opening: writeTag("text", kept),
    };
  }
}

function contentOf(text: Uint8Array | undefined): readonly Uint8Array[] {
  const exported = text === undefined ? undefined : exportText(text);
  return exported === undefined || exported.length === 0 ? [EMPTY_END] : [PRESERVE, exported, TEXT_CLOSING];
}

function isNamed(bytes: Uint8Array, tag: number, name: Uint8Array): boolean {
  const after = bytes[tag + 1 + name.length]!;
  return startsWithBytes(bytes, name, tag + 1) && (after <= 0x20 || after === SLASH || after === 0x3e);
}

/** Whether text stands as MediaWiki writes it. */
function isCanonical(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte > 0x3e) continue;
    if (byte === 0x22 || byte === 0x3e || byte === CARRIAGE_RETURN) return false;
    if (byte === AMPERSAND && !CANONICAL.some((entity) => startsWithBytes(bytes, entity, at))) return false;
  }
  return true;
}

/** `<name a="b"` of the tag in `[tag, end)`. */
function canonicalTag(bytes: Uint8Array, tag: number, end: number): Uint8Array {
  let nameEnd = tag + 1;
  while (nameEnd < end && bytes[nameEnd]! > 0x20) nameEnd++;
  if (nameEnd === end) return bytes.subarray(tag, end);
  const name = new TextDecoder().decode(bytes.subarray(tag + 1, nameEnd));
  return writeTag(name, [...readAttributes(bytes, tag, end + 1)]);
}

function writeTag(name: string, attributes: readonly (readonly [string, string])[]): Uint8Array {
  return encoder.encode(`<${name}${attributes.map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`).join("")}`);
}

const ATTRIBUTE_ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#039;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

function escapeAttribute(value: string): string {
  return value.replace(/[&<>"'\t\n\r]/g, (character) => ATTRIBUTE_ESCAPES[character]!);
}
