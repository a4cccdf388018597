/**
 * Looks for the next `<page>` in chunks, wherever they are cut: where the reading of a document goes on after a fault.
 */
import { asciiBytes, concatBytes } from "../../bits/bytes.ts";
import { cutTagOffset, indexOfPageTag } from "../reading/page-heads.ts";

/** Bytes in which "<page" and the byte after it lie. */
const TAG_BYTES = 6;
const PAGE_TAG = asciiBytes("<page");
const NOTHING = new Uint8Array(0);

/** Finds tags of pages, also those that the border between two chunks cuts. Chunks are not kept. */
export class PageSeeker {
  /** The start of a tag at the end of what was looked through. */
  #cut: Uint8Array = NOTHING;
  /** The end of the last chunk. */
  #lastBytes: Uint8Array = NOTHING;

  /** Begins a search; `backBytes` at the end of the last chunk are looked at, too. */
  start(backBytes: number): void {
    this.#cut = backBytes <= 0 ? NOTHING : this.#lastBytes.slice(-backBytes);
  }

  /** Where the next tag begins in the chunk, at or after `from`: before 0 if it begins in the last one; undefined: nowhere. */
  find(chunk: Uint8Array, from: number): number | undefined {
    const cut = this.#cut;
    this.#cut = NOTHING;
    const border = concatBytes([cut, chunk.subarray(from, from + TAG_BYTES)]);
    const inBorder = indexOfPageTag(border);
    if (inBorder >= 0 && inBorder < cut.length) return from - cut.length + inBorder;
    const at = indexOfPageTag(chunk, from);
    if (at >= 0) return at;
    const end = chunk.length - from < TAG_BYTES ? border : chunk.subarray(-TAG_BYTES);
    this.#cut = end.slice(cutTagOffset(end));
    return undefined;
  }

  /** The bytes of a tag that lie before the chunk, if it was found at `at`, which is below 0. */
  static bytesBefore(at: number): Uint8Array {
    return PAGE_TAG.subarray(0, -at);
  }

  /** The chunk is done with. */
  endChunk(chunk: Uint8Array): void {
    this.#lastBytes = concatBytes([this.#lastBytes, chunk.subarray(-TAG_BYTES)]).slice(-TAG_BYTES);
  }
}
