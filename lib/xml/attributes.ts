/** Reads the attributes of a start tag, in any order and quoting. */
import { DumpFormatError } from "../errors.ts";
import {
  APOSTROPHE,
  EQUALS,
  GREATER_THAN,
  isBlank,
  isNamePart,
  isNameStart,
  LESS_THAN,
  QUOTE,
  SLASH,
} from "./characters.ts";
import { indexOfByte } from "./element.ts";
import { decodeText } from "./entities.ts";

/**
 * The attributes of the start tag that stands in `[tagStart, tagEnd)` ("<" to after ">"), by name, entities decoded.
 *
 * Throws DumpFormatError: BAD_TAG if an attribute has no value, is not quoted or comes twice, BAD_ENTITY for an entity that XML
 * does not know. Offsets in errors are those in `bytes`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readAttributes } from "./attributes.ts";
 *
 * const tag = new TextEncoder().encode('<text bytes="5" xml:space="preserve">');
 * assert.equal(readAttributes(tag, 0, tag.length).get("bytes"), "5");
 * ```
 */
export function readAttributes(bytes: Uint8Array, tagStart: number, tagEnd: number): Map<string, string> {
  const attributes = new Map<string, string>();
  let at = afterName(bytes, tagStart + 1, tagEnd);
  for (;;) {
    const afterBlanks = skipBlanks(bytes, at, tagEnd);
    const byte = bytes[afterBlanks];
    if (afterBlanks >= tagEnd) throw brokenAttribute("A tag that is not closed", tagStart);
    if (byte === GREATER_THAN || byte === SLASH) return attributes;
    if (afterBlanks === at || !isNameStart(byte!)) {
      throw brokenAttribute("A character that no attribute begins with", afterBlanks);
    }
    const nameEnd = afterName(bytes, afterBlanks, tagEnd);
    const name = decodeAscii(bytes, afterBlanks, nameEnd);
    at = skipBlanks(bytes, nameEnd, tagEnd);
    if (at >= tagEnd || bytes[at] !== EQUALS) throw brokenAttribute(`Attribute ${name} has no value`, afterBlanks);
    at = skipBlanks(bytes, at + 1, tagEnd);
    const quote = bytes[at]!;
    const valueEnd = at < tagEnd && (quote === QUOTE || quote === APOSTROPHE)
      ? indexOfByte(bytes, quote, at + 1, tagEnd)
      : -1;
    if (valueEnd < 0) throw brokenAttribute(`The value of attribute ${name} is not quoted`, at);
    if (indexOfByte(bytes, LESS_THAN, at, valueEnd) >= 0) throw brokenAttribute(`"<" in attribute ${name}`, at);
    if (attributes.has(name)) throw brokenAttribute(`Attribute ${name} comes twice`, afterBlanks);
    attributes.set(name, decodeText(bytes, at + 1, valueEnd));
    at = valueEnd + 1;
  }
}

function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(bytes[at])) at++;
  return at;
}

function afterName(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isNamePart(bytes[at]!)) at++;
  return at;
}

function decodeAscii(bytes: Uint8Array, start: number, end: number): string {
  return new TextDecoder().decode(bytes.subarray(start, end));
}

function brokenAttribute(what: string, byteOffset: number): DumpFormatError {
  return new DumpFormatError("BAD_TAG", `${what}, at byte ${byteOffset}`, { byteOffset });
}
