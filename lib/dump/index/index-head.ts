/** What a multistream index says of a page, out of the page's head. */
import { asciiBytes } from "../../bits/bytes.ts";
import { unshared } from "../../bits/unshared.ts";
import { DumpFormatError } from "../../errors.ts";
import { ElementCursor } from "../../xml/element.ts";
import { parseId } from "../../xml/page-id.ts";

const TITLE = asciiBytes("title");
const ID = asciiBytes("id");
const decoder = new TextDecoder();

/** The id and the title, the latter as the XML has it: its entities stay. */
export interface IndexHead {
  readonly pageId: number;
  readonly title: string;
}

/** Reads a page part of the splitter; `byteOffset` is where it begins, for errors. Throws DumpFormatError BAD_ID. */
export function readIndexHead(bytes: Uint8Array, byteOffset: number): IndexHead {
  let pageId: number | undefined;
  let title = "";
  const page = new ElementCursor(bytes, 0, bytes.length);
  page.nextOpening();
  const child = new ElementCursor(bytes, page.tagEnd, bytes.length);
  while (child.next()) {
    if (child.isNamed(ID)) pageId ??= parseId(bytes, child.contentStart, child.contentEnd);
    else if (child.isNamed(TITLE)) {
      // A line end would break the index; no title has one.
      title = decoder.decode(unshared(bytes.subarray(child.contentStart, child.contentEnd))).replace(/[\r\n]+/g, " ");
    }
  }
  if (pageId === undefined) {
    const message = `A page without an id at byte ${byteOffset}, with the title ${JSON.stringify(title.slice(0, 200))}`;
    throw new DumpFormatError("BAD_ID", message, { byteOffset }, { remedy: "Without an index, ids are not needed" });
  }
  return { pageId, title };
}
