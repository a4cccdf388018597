/**
 * Reads the number out of the `<id>` of a page head, and out of any element that holds one.
 *
 * The splitter asks for it to say in errors which page it was at; the dump reader insists on it.
 */
import { asciiBytes } from "../bits/bytes.ts";
import { isBlank } from "./characters.ts";
import { ElementCursor } from "./element.ts";

const PAGE = asciiBytes("page");
const ID = asciiBytes("id");
const MAX_ID_DIGITS = 15;

/** The id of a page, from its head (with or without `</page>`); undefined if there is none that can be read. */
export function findPageId(head: Uint8Array): number | undefined {
  const cursor = new ElementCursor(head, 0, head.length);
  if (!cursor.nextOpening() || !cursor.isNamed(PAGE)) return undefined;
  const children = new ElementCursor(head, cursor.tagEnd, head.length);
  while (children.next()) {
    if (children.isNamed(ID)) return parseId(head, children.contentStart, children.contentEnd);
  }
  return undefined;
}

/** Decimal digits, with blanks around them, as a number; undefined for anything else, and for more than 15 digits. */
export function parseId(bytes: Uint8Array, start: number, end: number): number | undefined {
  while (start < end && isBlank(bytes[start])) start++;
  while (start < end && isBlank(bytes[end - 1])) end--;
  if (start === end || end - start > MAX_ID_DIGITS) return undefined;
  let id = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    id = id * 10 + digit;
  }
  return id;
}
