/** A revision without its text: every `<text>` element keeps its attributes and loses content and `xml:space`. */
import { concatBytes, indexOfBytes } from "../../bits/bytes.ts";
import type { SourceRevision } from "../source/source.ts";

const encoder = new TextEncoder();
const TEXT_START = encoder.encode("<text");
const TEXT_END = encoder.encode("</text>");
const EMPTY_TAG_END = encoder.encode(" />");
const SPACE_PRESERVE = encoder.encode(' xml:space="preserve"');
const GREATER_THAN = 0x3e;
const SLASH = 0x2f;
const BLANK = 0x20;

/** The bytes of the revision as a stub. */
export function stubRevision({ bytes }: Pick<SourceRevision, "bytes">): Uint8Array {
  const parts: Uint8Array[] = [];
  let copiedTo = 0;
  for (let start = findTag(bytes, 0); start >= 0; start = findTag(bytes, copiedTo)) {
    const tagEnd = bytes.indexOf(GREATER_THAN, start);
    const isEmpty = bytes[tagEnd - 1] === SLASH;
    const attributesEnd = trimBlanks(bytes, isEmpty ? tagEnd - 1 : tagEnd);
    parts.push(
      bytes.subarray(copiedTo, start),
      ...withoutSpacePreserve(bytes.subarray(start, attributesEnd)),
      EMPTY_TAG_END,
    );
    copiedTo = isEmpty ? tagEnd + 1 : indexOfBytes(bytes, TEXT_END, tagEnd) + TEXT_END.length;
  }
  parts.push(bytes.subarray(copiedTo));
  return concatBytes(parts);
}

/** Start of the next `<text` tag. Content never has a raw "<", so that what looks like a tag is one. */
function findTag(bytes: Uint8Array, from: number): number {
  for (let at = indexOfBytes(bytes, TEXT_START, from); at >= 0; at = indexOfBytes(bytes, TEXT_START, at + 1)) {
    const after = bytes[at + TEXT_START.length]!;
    if (after === GREATER_THAN || after === SLASH || after <= BLANK) return at;
  }
  return -1;
}

function trimBlanks(bytes: Uint8Array, end: number): number {
  while (bytes[end - 1]! <= BLANK) end--;
  return end;
}

function withoutSpacePreserve(tag: Uint8Array): readonly Uint8Array[] {
  const at = indexOfBytes(tag, SPACE_PRESERVE);
  return at < 0 ? [tag] : [tag.subarray(0, at), tag.subarray(at + SPACE_PRESERVE.length)];
}
