/**
 * What the deep check of a dump tells: its problems, each with a place, and what it counted.
 */
import type { Bzip2ErrorCode, DumpFormatErrorCode, GzipErrorCode } from "../../errors.ts";
import type { DataFormat } from "../../streams/sniff.ts";

/** What can be wrong with a dump: the codes of errors, and some that only a check asks for. */
export type DumpProblemCode =
  | Bzip2ErrorCode
  | DumpFormatErrorCode
  | GzipErrorCode
  /** An element or attribute that every dump has is not there. */
  | "MISSING"
  /** A time that is none. */
  | "BAD_TIMESTAMP"
  /** A character that XML does not allow, or bytes that are no UTF-8. */
  | "BAD_CHARACTER"
  /** A revision states a length, other revisions of the dump have their texts, and its own is not there. */
  | "TEXT_MISSING"
  /** A text has not the length that is stated. */
  | "TEXT_LENGTH"
  /** A text has not the SHA-1 that is stated. */
  | "TEXT_SHA1"
  /** Told only: revision ids of a page do not rise. */
  | "REVISION_ORDER"
  /** Told only: a text that could not be compared. */
  | "UNCHECKED";

/** What kind of trouble: with the packing, with the XML, or with what a good document says. */
export type DumpProblemKind = "packing" | "xml" | "content";

/** Where in a dump; what is not known is undefined. */
export interface DumpPlace {
  /** Plain bytes from the start of the XML. After lost blocks, bytes that were read; what was lost is not counted. */
  readonly byteOffset: number;
  /** Line of the XML, from 1; counted as `byteOffset` is. */
  readonly line?: number | undefined;
  /** Number of the bzip2 block, from 0. */
  readonly blockIndex?: number | undefined;
  /** Bits from the start of the file to that block, or to what is damaged. */
  readonly bitOffset?: number | undefined;
  readonly pageId?: number | undefined;
  readonly revisionId?: number | undefined;
}

/** What cannot be read because of damage. */
export interface DumpLoss {
  /** Compressed bytes that were left out. */
  readonly compressedBytes: number;
  /** Plain bytes after the damage that were left out, up to the next page. */
  readonly skippedBytes: number;
  /** The last page that is whole before the damage; undefined if none is. */
  readonly afterPageId: number | undefined;
  /** The page in which the damage begins, when it begins in one. */
  readonly cutPageId: number | undefined;
  /** The first page after the damage; undefined if there is none. */
  readonly nextPageId: number | undefined;
}

/** Something that is wrong with a dump, or (a notice) only worth telling. */
export interface DumpProblem {
  readonly severity: "error" | "notice";
  readonly kind: DumpProblemKind;
  readonly code: DumpProblemCode;
  /** For people, without the place. */
  readonly message: string;
  readonly place: DumpPlace;
  /** For damage: what is lost. */
  readonly loss?: DumpLoss | undefined;
}

/** The end of a page. */
export interface PageEnd {
  readonly pageId: number;
  /** Plain bytes from the start of the XML to the byte after the page. */
  readonly endByteOffset: number;
  /** The bzip2 block in which it ends. */
  readonly blockIndex: number | undefined;
  readonly bitOffset: number | undefined;
}

/**
 * How a dump is: `wrong` reads well, but does not say what it should (a text against its checksum, ids that do not rise); `truncated`
 * is good up to where it ends.
 */
export type DumpVerdict = "good" | "wrong" | "truncated" | "damaged";

/** What a deep check found. */
export interface DumpCheck {
  readonly verdict: DumpVerdict;
  readonly format: DataFormat;
  /** Errors and notices in the order of the file; not more of either than was asked for. */
  readonly problems: readonly DumpProblem[];
  /** All errors, also those that are not listed. */
  readonly errors: number;
  readonly notices: number;
  /** The check ended early, because there were too many errors. */
  readonly isStopped: boolean;
  /** The last whole page before the first error. */
  readonly lastGoodPage: PageEnd | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly streams: number;
  readonly blocks: number;
  readonly trailingBytes: number;
  readonly pages: number;
  readonly revisions: number;
  /** Texts whose SHA-1 or length was compared. */
  readonly textsChecked: number;
  /** Texts that are not in the dump, as in stubs. */
  readonly textsAbsent: number;
  readonly firstPageId: number | undefined;
  readonly lastPageId: number | undefined;
  readonly schemaVersion: string | undefined;
}

/** What was counted so far. */
export interface CheckProgress {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly pages: number;
}

/** The bzip2 block that a chunk comes from. */
export interface ChunkOrigin {
  readonly blockIndex: number;
  readonly bitOffset: number;
}
