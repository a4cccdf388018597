/**
 * Holds each text against what its revision states: length in bytes, and SHA-1 in base 36.
 *
 * From schema 0.11 on the `<text>` element carries both; from 0.6 to 0.10 the revision has a `<sha1>` of its single text and
 * `<text>` the length. What a dump does not state is not checked; hidden texts have nothing to check.
 */
import { sha1Hex } from "../../host/hash.ts";
import type { TextFault } from "./source.ts";
import type { Revision } from "../../dump/model.ts";
import type { TextPlace } from "../../dump/dump-reader.ts";
import { readAttributes } from "../../xml/attributes.ts";

const SHA1_DIGITS_BASE36 = 31;

/** A hexadecimal SHA-1 in MediaWiki's notation: base 36, 31 digits. */
export function sha1Base36(hex: string): string {
  return BigInt(`0x${hex}`).toString(36).padStart(SHA1_DIGITS_BASE36, "0");
}

/** The fault of a revision's text, or undefined if it is what it should be (or nothing is stated). */
export function checkText(pageId: number, revision: Revision, bytes: Uint8Array, place: TextPlace | undefined): TextFault | undefined {
  if (place === undefined || revision.isTextHidden) return undefined;
  const attributes = readAttributes(bytes, place.tagStart, place.tagEnd);
  if (attributes.get("deleted") !== undefined) return undefined;
  const statedBytes = attributes.get("bytes");
  const statedSha1 = attributes.get("sha1") ?? (hasSeveralTexts(bytes, place) ? undefined : revision.sha1);
  if (statedBytes === undefined && !statedSha1) return undefined;
  const text = revision.textBytes();
  const faults: string[] = [];
  if (statedBytes !== undefined && Number(statedBytes) !== text.length) {
    faults.push(`${text.length} bytes where the dump states ${statedBytes}`);
  }
  if (statedSha1) {
    const found = sha1Base36(sha1Hex(text));
    if (found !== statedSha1) faults.push(`SHA-1 ${found} where the dump states ${statedSha1}`);
  }
  if (faults.length === 0) return undefined;
  return {
    pageId,
    revisionId: revision.id,
    message: `Page ${pageId}, revision ${revision.id}: the text has ${faults.join(", and ")}`,
  };
}

/** With several slots, the revision's own SHA-1 is that of all of them together. */
function hasSeveralTexts(bytes: Uint8Array, place: TextPlace): boolean {
  const rest = bytes.subarray(place.elementEnd);
  const from = rest.indexOf(0x3c);
  if (from < 0) return false;
  return new TextDecoder("latin1").decode(rest).includes("<content>");
}
