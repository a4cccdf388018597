/**
 * How a dump ends, and whether one did.
 *
 * bzip2 takes what is no stream after the last stream for junk. If the header of a stream in the middle of a dump is damaged, all
 * that follows it looks like such junk; only the XML tells that something is missing.
 */
import { asciiBytes, concatBytes } from "../../bits/bytes.ts";
import type { Bytes } from "../../bzip2/format.ts";
import { DumpFormatError } from "../../errors.ts";
import { isBlank } from "../../xml/characters.ts";

/** The end tag of a dump, as MediaWiki writes it. */
export const DUMP_END: Bytes = asciiBytes("</mediawiki>\n");

const END_TAG = "</mediawiki>";
/** Room for the end tag and what blanks may follow it. */
const TAIL_BYTES = 64;

/** Remembers the last bytes of a dump that is read to its end. */
export class DumpTail {
  #tail: Uint8Array = new Uint8Array();
  #byteLength = 0;

  push(bytes: Uint8Array): void {
    const last = bytes.subarray(-TAIL_BYTES);
    this.#tail = concatBytes([this.#tail, last]).slice(-TAIL_BYTES);
    this.#byteLength += bytes.length;
  }

  /** Whether the last bytes were the end of a dump. `pageId` is the last page that was seen. */
  hasEnd(pageId?: number): boolean {
    let end = this.#tail.length;
    while (end > 0 && isBlank(this.#tail[end - 1])) end--;
    const text = new TextDecoder().decode(this.#tail.subarray(0, end));
    // "<mediawiki … />" is a dump without pages.
    return text.endsWith(END_TAG) || (pageId === undefined && text.endsWith("/>"));
  }

  /** Throws DumpFormatError TRUNCATED unless the last bytes were the end of a dump; `bitOffset` is where they end in a file. */
  requireEnd(pageId?: number, bitOffset?: number): void {
    if (this.hasEnd(pageId)) return;
    const where = bitOffset === undefined ? "" : ` (bit ${bitOffset} of the file)`;
    throw new DumpFormatError("TRUNCATED", `The dump ends early, before </mediawiki>${where}`, {
      byteOffset: 0,
      pageId,
    }, {
      remedy: "Check the file with bzdump test: what follows its last good stream may be damaged",
    });
  }
}
