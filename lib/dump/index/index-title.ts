/** Titles as people write them, and as a multistream index has them: with the entities of the XML. */
import { encodeEntities } from "../../xml/entities.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g;
const LAST_CODE_POINT = 0x10ffff;

/** The title that a line of an index means: `A &amp; B` is "A & B". What is no entity stays as it is. */
export function plainTitle(indexTitle: string): string {
  if (!indexTitle.includes("&")) return indexTitle;
  return indexTitle.replace(ENTITY, (whole, name?: string, decimal?: string, hexadecimal?: string) => {
    if (name !== undefined) return NAMED[name]!;
    const codePoint = decimal === undefined ? parseInt(hexadecimal!, 16) : Number(decimal);
    return codePoint <= LAST_CODE_POINT ? String.fromCodePoint(codePoint) : whole;
  });
}

/** A title as MediaWiki writes it into XML, and so into an index. */
export function indexTitle(title: string): string {
  return decoder.decode(encodeEntities(encoder.encode(title)));
}

/** A title as people may write it: with underscores, as in addresses of pages. */
export function normalTitle(title: string): string {
  return normalPrefix(title).trimEnd();
}

/** The start of a title, written in the same way; a blank at its end counts. */
export function normalPrefix(prefix: string): string {
  return prefix.replaceAll("_", " ").normalize("NFC").trimStart();
}
