/**
 * Holds each text against what its revision states: length in bytes, and SHA-1 in base 36.
 *
 * From schema 0.11 on the `<text>` element carries both; from 0.6 to 0.10 the revision has a `<sha1>` of its single text and
 * `<text>` the length. What a dump does not state is not checked; hidden texts have nothing to check.
 */
import type { Revision } from "../../dump/reading/model.ts";
import type { TextPlace } from "../../dump/reading/dump-reader.ts";
import { sha1Hex } from "../../host/hash.ts";
import { decodeBytes } from "../../xml/entities.ts";
import { concatBytes, indexOfBytes } from "../../bits/bytes.ts";
import type { TextFault } from "./source.ts";

const SHA1_DIGITS_BASE36 = 31;
const SLOT_START = new TextEncoder().encode("<content");
const CARRIAGE_RETURN = 0x0d;
const CARRIAGE_RETURN_REFERENCE = new TextEncoder().encode("&#13;");

/** What a dump says of a text. */
interface Stated {
  readonly byteLength: number | undefined;
  readonly sha1: string | undefined;
}

/** A hexadecimal SHA-1 in MediaWiki's notation: base 36, 31 digits. */
export function sha1Base36(hex: string): string {
  return BigInt(`0x${hex}`).toString(36).padStart(SHA1_DIGITS_BASE36, "0");
}

/** The fault of a revision's text, or undefined if it is what it should be (or nothing is stated). */
export function checkText(
  pageId: number,
  revision: Revision,
  bytes: Uint8Array,
  place: TextPlace,
): TextFault | undefined {
  if (place.tagStart < 0 || revision.isTextHidden) return undefined;
  const stated = statedOf(revision, bytes);
  if (stated.byteLength === undefined && stated.sha1 === undefined) return undefined;
  const text = decodeBytes(bytes, place.contentStart, place.contentEnd);
  const faults = faultsOf(text, stated);
  if (faults.length === 0) return undefined;
  const raw = withRawReturns(bytes.subarray(place.contentStart, place.contentEnd));
  if (raw !== undefined && faultsOf(raw, stated).length === 0) return undefined;
  const message = `Page ${pageId}, revision ${revision.id}: the text has ${faults.join(", and ")}`;
  return { pageId, revisionId: revision.id, message };
}

function statedOf(revision: Revision, bytes: Uint8Array): Stated {
  // With several slots, the revision's own SHA-1 is that of all of them together.
  const hasOneText = indexOfBytes(bytes, SLOT_START) < 0;
  return {
    byteLength: revision.textByteLength,
    sha1: revision.textSha1 ?? (hasOneText ? revision.sha1 : undefined),
  };
}

function faultsOf(text: Uint8Array, stated: Stated): readonly string[] {
  const faults: string[] = [];
  if (stated.byteLength !== undefined && stated.byteLength !== text.length) {
    faults.push(`${text.length} bytes where the dump states ${stated.byteLength}`);
  }
  if (stated.sha1 !== undefined) {
    const found = sha1Base36(sha1Hex(text));
    if (found !== stated.sha1) faults.push(`SHA-1 ${found} where the dump states ${stated.sha1}`);
  }
  return faults;
}

/**
 * The text with carriage returns as they stand in the file, if there are any. MediaWiki writes and counts them raw; XML's
 * rules, by which the text was decoded, make line feeds of them.
 */
function withRawReturns(content: Uint8Array): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  let copiedTo = 0;
  for (let at = content.indexOf(CARRIAGE_RETURN); at >= 0; at = content.indexOf(CARRIAGE_RETURN, copiedTo)) {
    pieces.push(content.subarray(copiedTo, at), CARRIAGE_RETURN_REFERENCE);
    copiedTo = at + 1;
  }
  if (pieces.length === 0) return undefined;
  const kept = concatBytes([...pieces, content.subarray(copiedTo)]);
  return decodeBytes(kept, 0, kept.length);
}
