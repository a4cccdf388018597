/**
 * Finds the heads of pages in a piece of a dump that was cut anywhere: the plain bytes of a bzip2 block.
 *
 * The splitter follows a document from its start; here the start is not known. What makes it work is that MediaWiki escapes
 * every "<" of a text, so "<page>" in the bytes is always a tag.
 */
import { asciiBytes, indexOfBytes } from "../../bits/bytes.ts";
import { findPageId } from "../../xml/page-id.ts";

/** A page whose start tag is in the bytes. */
export interface PageHeadPlace {
  /** Bytes from the start of the piece to "<page". */
  readonly byteOffset: number;
  readonly pageId: number;
}

/** What a piece of a dump has of page heads. */
export interface PageHeads {
  readonly heads: readonly PageHeadPlace[];
  /** Where a head begins that goes on after the end of the piece; the length of the piece if none does. */
  readonly openOffset: number;
}

const PAGE_TAG = asciiBytes("<page");
const HEAD_ENDS = [asciiBytes("<revision"), asciiBytes("</page"), asciiBytes("<upload")];
/** A head is title, namespace, id, redirect, restrictions: a few hundred bytes. What is longer is none. */
const MAX_HEAD_BYTES = 64 * 1024;

/** Position of the next start tag of a page at or after `from`; -1 if there is none. A tag cut at the end is not found. */
export function indexOfPageTag(bytes: Uint8Array, from = 0): number {
  for (let at = indexOfBytes(bytes, PAGE_TAG, from); at >= 0; at = indexOfBytes(bytes, PAGE_TAG, at + 1)) {
    const after = bytes[at + PAGE_TAG.length];
    if (after === 0x3e || after === 0x20 || after === 0x0a || after === 0x0d || after === 0x09) return at;
  }
  return -1;
}

/** The pages whose heads lie in the bytes. Heads without a readable id are left out. */
export function findPageHeads(bytes: Uint8Array): PageHeads {
  const heads: PageHeadPlace[] = [];
  for (let at = indexOfPageTag(bytes); at >= 0;) {
    const end = headEnd(bytes, at);
    if (end < 0 && bytes.length - at <= MAX_HEAD_BYTES) return { heads, openOffset: at };
    const pageId = end < 0 ? undefined : findPageId(bytes.subarray(at, end));
    if (pageId !== undefined) heads.push({ byteOffset: at, pageId });
    at = indexOfPageTag(bytes, at + PAGE_TAG.length);
  }
  return { heads, openOffset: cutTagOffset(bytes) };
}

/** Where the head that begins at `start` ends: at the first element that is no part of it. -1: not in these bytes. */
function headEnd(bytes: Uint8Array, start: number): number {
  const within = bytes.subarray(start, start + MAX_HEAD_BYTES);
  let end = -1;
  for (const tag of HEAD_ENDS) {
    const at = indexOfBytes(end < 0 ? within : within.subarray(0, end), tag);
    if (at >= 0) end = at;
  }
  return end < 0 ? -1 : start + end;
}

/** Where a "<page" begins that the end of the bytes cuts; their length if there is none. */
export function cutTagOffset(bytes: Uint8Array): number {
  for (let length = Math.min(PAGE_TAG.length, bytes.length); length > 0; length--) {
    const start = bytes.length - length;
    if (PAGE_TAG.subarray(0, length).every((byte, i) => bytes[start + i] === byte)) return start;
  }
  return bytes.length;
}
