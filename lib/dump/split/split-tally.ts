/**
 * What is in a piece of a dump: counted while it is cut, and counted again when it is read back. Equal tallies mean equal pages.
 */
import { CRC_START, finishCrc, updateCrc } from "../../bits/crc32-bzip2.ts";
import { DumpFormatError } from "../../errors.ts";
import type { DumpPart } from "../../xml/dump-splitter.ts";
import { findPageId } from "../../xml/page-id.ts";

/** What a piece of a dump holds. */
export interface PieceTally {
  /** 0 in a piece without pages. */
  readonly firstPageId: number;
  readonly lastPageId: number;
  readonly pages: number;
  readonly revisions: number;
  /** Bytes of XML between header and footer. */
  readonly bodyByteLength: number;
  /** CRC-32 of these bytes, as bzip2 computes it. */
  readonly bodyCrc: number;
}

/** The id of the page whose head this is. Throws DumpFormatError BAD_ID, ID_ORDER. */
export function risingPageId(head: Uint8Array, previousId: number, byteOffset: number): number {
  const pageId = findPageId(head);
  if (pageId === undefined) {
    const message = `A page without a readable id follows page ${previousId}, at byte ${byteOffset} of the XML`;
    throw new DumpFormatError("BAD_ID", message, { byteOffset });
  }
  if (pageId > previousId) return pageId;
  const message =
    `Page ${pageId} follows page ${previousId} at byte ${byteOffset} of the XML, expected rising page ids`;
  throw new DumpFormatError("ID_ORDER", message, { byteOffset, pageId }, {
    remedy: "Pieces are named by the page ids that they hold, so this dump cannot be cut",
  });
}

/** Counts the parts of one piece. */
export class TallyBuilder {
  #firstPageId = 0;
  #lastPageId = 0;
  #pages = 0;
  #revisions = 0;
  #bodyByteLength = 0;
  #register: number = CRC_START;

  get lastPageId(): number {
    return this.#lastPageId;
  }

  get pages(): number {
    return this.#pages;
  }

  /** A page begins. */
  addPage(pageId: number): void {
    if (this.#pages++ === 0) this.#firstPageId = pageId;
    this.#lastPageId = pageId;
  }

  /** Any part of the body; its bytes go to `addBytes`. */
  addPart(part: DumpPart): void {
    if (part.type === "revision" && part.isEnd) this.#revisions++;
  }

  /** Bytes of the body, in their order. */
  addBytes(bytes: Uint8Array): void {
    this.#bodyByteLength += bytes.length;
    this.#register = updateCrc(this.#register, bytes);
  }

  finish(): PieceTally {
    return {
      firstPageId: this.#firstPageId,
      lastPageId: this.#lastPageId,
      pages: this.#pages,
      revisions: this.#revisions,
      bodyByteLength: this.#bodyByteLength,
      bodyCrc: finishCrc(this.#register),
    };
  }
}
