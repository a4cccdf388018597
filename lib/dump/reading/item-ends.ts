/**
 * Finds where the last whole page ends in plain bytes that were cut into blocks, looking at one block after another.
 *
 * MediaWiki escapes every "<" of a text, so "</page>" in the bytes is always a tag. Dumps of logs have log items in place of pages.
 */
import { asciiBytes, concatBytes, startsWithBytes } from "../../bits/bytes.ts";
import type { Bytes } from "../../bzip2/format.ts";
import { isBlank } from "../../xml/characters.ts";

const ITEM_ENDS: readonly Bytes[] = ["</page", "</logitem"].map(asciiBytes);
const HEADER_ENDS: readonly Bytes[] = [asciiBytes("</siteinfo")];
/** An end tag and its line end, with some blanks, fit into it. */
const TAG_ROOM = 32;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;

/** A tag of which start and end are there. */
export interface TagPlace {
  readonly start: number;
  /** After the line end that follows the tag, as far as it is there. */
  readonly end: number;
}

/** The last end of a page or log item that is whole in the bytes. */
export function lastItemEnd(bytes: Uint8Array): TagPlace | undefined {
  return lastOf(bytes, ITEM_ENDS);
}

/** The end of the header. */
export function headerEnd(bytes: Uint8Array): TagPlace | undefined {
  return lastOf(bytes, HEADER_ENDS);
}

/** An end of a page or log item that begins in one block and ends in the next; `end` counts from the start of the second. */
export function itemEndBetween(before: Uint8Array, after: Uint8Array): TagPlace | undefined {
  const tail = before.subarray(-TAG_ROOM);
  const tag = lastItemEnd(concatBytes([tail, after.subarray(0, TAG_ROOM)]));
  if (tag === undefined || tag.start >= tail.length || tag.end <= tail.length) return undefined;
  return { start: before.length - tail.length + tag.start, end: tag.end - tail.length };
}

function lastOf(bytes: Uint8Array, tags: readonly Bytes[]): TagPlace | undefined {
  for (let at = bytes.lastIndexOf(LESS_THAN); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(LESS_THAN, at - 1)) {
    const tag = tags.find((one) => startsWithBytes(bytes, one, at));
    if (tag === undefined) continue;
    let end = at + tag.length;
    while (isBlank(bytes[end])) end++;
    if (bytes[end] === GREATER_THAN) return { start: at, end: afterLineEnd(bytes, end + 1) };
  }
  return undefined;
}

function afterLineEnd(bytes: Uint8Array, at: number): number {
  const next = bytes[at] === CARRIAGE_RETURN ? at + 1 : at;
  return bytes[next] === LINE_FEED ? next + 1 : at;
}
