/**
 * Holds a text against what its revision states: length in bytes, and SHA-1 in base 36.
 *
 * From schema 0.11 on `<text>` carries both; from 0.6 to 0.10 the revision has a `<sha1>` and `<text>` the length. What is not stated is
 * not compared; hidden texts have nothing to compare.
 */
import { CARRIAGE_RETURN, LESS_THAN } from "../../xml/characters.ts";
import { readAttributes } from "../../xml/attributes.ts";
import { indexOfByte } from "../../xml/element.ts";
import { decodeEntities } from "../../xml/entities.ts";
import type { DumpProblemCode } from "./check-report.ts";
import { isSha1InBase36, sha1ToBase36 } from "./sha1-base36.ts";
import type { TextDigest, TextDigester } from "./text-digest.ts";

/** What a revision says of its text. */
export interface StatedText {
  readonly byteLength: number | undefined;
  readonly sha1: string | undefined;
  readonly isHidden: boolean;
  /** It says where the text lies: so stubs do, in place of the text. */
  readonly isStub: boolean;
}

/** Something that is wrong with a text. */
export interface TextFault {
  readonly code: DumpProblemCode;
  readonly message: string;
}

const NOTHING: readonly TextFault[] = [];

/** Reads the start tag of a text. Throws DumpFormatError for attributes that are not well-formed. */
export function statedText(bytes: Uint8Array, tagStart: number, tagEnd: number): StatedText {
  const attributes = readAttributes(bytes, tagStart, tagEnd);
  const byteLength = attributes.get("bytes");
  return {
    byteLength: byteLength !== undefined && /^[0-9]{1,15}$/.test(byteLength) ? Number(byteLength) : undefined,
    sha1: attributes.get("sha1") || undefined,
    isHidden: attributes.get("deleted") === "deleted",
    isStub: attributes.has("id") || attributes.has("location"),
  };
}

/** What is wrong with a text that is whole in memory, in `[start, end)`. Throws DumpFormatError for entities that XML does not know. */
export function faultsOfText(
  digester: TextDigester,
  stated: StatedText,
  content: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
): readonly TextFault[] {
  const { bytes, start, end } = content;
  if (indexOfByte(bytes, LESS_THAN, start, end) >= 0) return faultsOfDigest(decodedDigest(digester, content), stated);
  const faults = faultsOfDigest(digester.whole(bytes, start, end), stated);
  if (faults.length === 0 || indexOfByte(bytes, CARRIAGE_RETURN, start, end) < 0) return faults;
  // MediaWiki counts returns as they stand; a dump that another program wrote may count them as XML reads them.
  return faultsOfDigest(decodedDigest(digester, content), stated).length === 0 ? NOTHING : faults;
}

/** By all rules of XML: sections, comments, and line ends. */
function decodedDigest(
  digester: TextDigester,
  { bytes, start, end }: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
): TextDigest {
  digester.start();
  decodeEntities(bytes, start, end, (piece) => digester.put(piece));
  return digester.finish();
}

/** What is wrong with a text that turned out to be so. */
export function faultsOfDigest(digest: TextDigest, stated: StatedText): readonly TextFault[] {
  const { byteLength, sha1 } = digest;
  const isLong = stated.byteLength === undefined || stated.byteLength === byteLength;
  const isSame = sha1 === undefined || stated.sha1 === undefined || isSha1InBase36(sha1, stated.sha1);
  if (isLong && isSame) return NOTHING;
  const faults: TextFault[] = [];
  if (!isLong) {
    faults.push({
      code: "TEXT_LENGTH",
      message: `The text has ${byteLength} bytes, the dump states ${stated.byteLength}`,
    });
  }
  if (!isSame) {
    const message = `The text has the SHA-1 ${sha1ToBase36(sha1)}, the dump states ${stated.sha1}`;
    faults.push({ code: "TEXT_SHA1", message });
  }
  return faults;
}
