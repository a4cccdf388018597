/**
 * What every dump has: the elements without which a page or a revision is none, and characters and entities that XML knows.
 *
 * The rules are those of MediaWiki's export schemas, 0.3 to 0.11, as far as all of them agree: what only newer ones demand is asked of
 * newer ones. The order of elements, and elements that are not known, are nobody's business.
 */
import { asciiBytes } from "../../bits/bytes.ts";
import { DumpFormatError } from "../../errors.ts";
import { readAttributes } from "../../xml/attributes.ts";
import { AMPERSAND, EXCLAMATION, LESS_THAN, SEMICOLON } from "../../xml/characters.ts";
import { ElementCursor, indexOfByte } from "../../xml/element.ts";
import { decodeEntities, decodeText } from "../../xml/entities.ts";
import { parseId } from "../../xml/page-id.ts";
import { badCharacterOffset } from "./bad-character.ts";
import type { DumpProblemCode } from "./check-report.ts";

/** Is told what is wrong; `byteOffset` counts from the start of the bytes that are looked at. */
export type Complain = (code: DumpProblemCode, message: string, byteOffset: number) => void;

/** From this schema on pages state their namespace. */
const FIRST_WITH_NAMESPACES = 6;
/** Longest entity, "&" to ";". */
const MAX_ENTITY_BYTES = 16;

const TITLE = asciiBytes("title");
const NS = asciiBytes("ns");
const ID = asciiBytes("id");
const REDIRECT = asciiBytes("redirect");

/** Whether pages of this schema state their namespace; those of one that is not known are taken to. */
export function hasNamespaces(schemaVersion: string): boolean {
  const minor = /^0\.([0-9]+)$/.exec(schemaVersion)?.[1];
  return minor === undefined || Number(minor) >= FIRST_WITH_NAMESPACES;
}

/** Looks at the head of a page. Gives its id, if it has one. */
export function checkPageHead(bytes: Uint8Array, hasNamespaces: boolean, complain: Complain): number | undefined {
  let id: number | undefined;
  let seen = 0;
  const page = new ElementCursor(bytes, 0, bytes.length);
  if (!page.nextOpening()) return undefined;
  const child = new ElementCursor(bytes, page.tagEnd, bytes.length);
  while (child.next()) {
    const { tagStart, contentStart, contentEnd } = child;
    const which = child.isNamed(TITLE) ? 1 : child.isNamed(NS) ? 2 : child.isNamed(ID) ? 4 : 0;
    if (which === 0) {
      if (child.isNamed(REDIRECT)) readAttributes(bytes, tagStart, child.tagEnd);
      continue;
    }
    if ((seen & which) !== 0) complain("BAD_TAG", `A second <${child.name}> in one page`, tagStart);
    seen |= which;
    if (which === 1) {
      if (contentStart === contentEnd) complain("MISSING", "The title is empty", tagStart);
    } else if (which === 2) {
      if (!/^-?[0-9]{1,9}$/.test(decodeText(bytes, contentStart, contentEnd).trim())) {
        complain("BAD_ID", `The namespace is ${quoted(bytes, contentStart, contentEnd)}, expected a number`, tagStart);
      }
    } else {
      id = parseId(bytes, contentStart, contentEnd);
      if (id === undefined) complain("BAD_ID", notNumber("page", bytes, contentStart, contentEnd), tagStart);
    }
  }
  if ((seen & 1) === 0) complain("MISSING", "The page has no <title>", page.tagStart);
  if ((seen & 2) === 0 && hasNamespaces) complain("MISSING", "The page has no <ns>", page.tagStart);
  if ((seen & 4) === 0) complain("MISSING", "The page has no <id>", page.tagStart);
  checkCharacters(bytes, 0, bytes.length, complain);
  return id;
}

/** Characters and entities in heads and in attributes; not for texts, which have a checksum of their own. */
export function checkCharacters(bytes: Uint8Array, start: number, end: number, complain: Complain): void {
  const bad = badCharacterOffset(bytes, start, end);
  if (bad >= 0) {
    const value = bytes[bad]!.toString(16).padStart(2, "0");
    complain("BAD_CHARACTER", `Byte ${value} (hexadecimal) cannot stand here: no character of XML in UTF-8`, bad);
  }
  let at = indexOfByte(bytes, AMPERSAND, start, end);
  // In comments and CDATA sections an "&" is just that; MediaWiki writes neither.
  if (at < 0 || hasSections(bytes, start, end)) return;
  for (; at >= 0; at = indexOfByte(bytes, AMPERSAND, at + 1, end)) {
    const semicolon = indexOfByte(bytes, SEMICOLON, at, Math.min(end, at + MAX_ENTITY_BYTES));
    try {
      decodeEntities(bytes, at, semicolon < 0 ? Math.min(end, at + MAX_ENTITY_BYTES) : semicolon + 1, () => {});
    } catch (error) {
      if (!(error instanceof DumpFormatError)) throw error;
      complain(error.code, withoutPlace(error.message), at);
      return;
    }
  }
}

function hasSections(bytes: Uint8Array, start: number, end: number): boolean {
  for (
    let at = indexOfByte(bytes, EXCLAMATION, start, end);
    at >= 0;
    at = indexOfByte(bytes, EXCLAMATION, at + 1, end)
  ) {
    if (at > start && bytes[at - 1] === LESS_THAN) return true;
  }
  return false;
}

/** What is wrong with an id: it has none, or no number. */
export function notNumber(what: string, bytes: Uint8Array, start: number, end: number): string {
  return `The id of the ${what} is ${quoted(bytes, start, end)}, expected a number`;
}

function quoted(bytes: Uint8Array, start: number, end: number): string {
  return JSON.stringify(new TextDecoder().decode(bytes.subarray(start, Math.min(end, start + 40))));
}

/** A message of the XML floor without the place, which it counts from the start of what it was given. */
export function withoutPlace(message: string): string {
  return message.replace(/,? at byte [0-9]+( of the piece)?/, "").replace(/, in or after page [0-9]+$/, "");
}
