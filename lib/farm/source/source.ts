/**
 * Where the content of a wiki comes from, as the jobs see it.
 *
 * A job names the reading that it needs; the wiki's source offers readings. Jobs whose readings are the same object are fed in
 * one go. An export offers one reading for everything that can be derived from it; a MediaWiki installation will offer one for
 * each kind. No job knows which source its wiki has.
 */
import type { PageHead, Revision, SiteInfo } from "../../dump/reading/model.ts";
import type { TextPlace } from "../../dump/reading/dump-reader.ts";

/** What a job needs to read: the header of the export, page titles, revisions without or with text. */
export type ReadingKind = "siteinfo" | "titles" | "stubs" | "text";

/** A text that is not what its revision says it is. */
export interface TextFault {
  readonly pageId: number;
  readonly revisionId: number;
  /** One line: what was stated and what was found. */
  readonly message: string;
}

/** One revision, as it stands in the source. `bytes` is the element with the blanks before and the line end after it. */
export interface SourceRevision {
  readonly revision: Revision;
  readonly bytes: Uint8Array;
  readonly text: TextPlace;
  /** Set when the text does not match its stated length or SHA-1. */
  readonly fault: TextFault | undefined;
}

/** What a reading hands to each consumer, in this order: start, (page, revision or other …, page-end) …, end. */
export type SourceEvent =
  | { readonly type: "start"; readonly siteInfo: SiteInfo; readonly bytes: Uint8Array }
  | { readonly type: "page"; readonly page: PageHead; readonly bytes: Uint8Array }
  | ({ readonly type: "revision" } & SourceRevision)
  | { readonly type: "other"; readonly bytes: Uint8Array }
  | { readonly type: "page-end"; readonly page: PageEnd; readonly bytes: Uint8Array }
  | { readonly type: "end"; readonly bytes: Uint8Array };

/** A page when all of it has been seen: what a dump of current versions needs. */
export interface PageEnd {
  readonly head: PageHead;
  readonly headBytes: Uint8Array;
  /** The current revision; undefined for a page that has none. */
  readonly latest: SourceRevision | undefined;
  /** Elements that are no revisions (`<upload>` …). */
  readonly others: readonly Uint8Array[];
}

/** Takes the events of a reading. */
export interface SourceConsumer {
  /** A promise when the consumer must catch up before the next event. */
  take(event: SourceEvent): Promise<void> | undefined;
}

/** How far a reading has come. */
export interface ReadingProgress {
  readonly pages: number;
  readonly revisions: number;
  readonly pageId: number;
  /** Bytes read of the source, as stored; undefined where that has no meaning. */
  readonly bytesRead: number;
  readonly bytesTotal: number | undefined;
}

export interface ReadingOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ReadingProgress) => void;
}

export interface ReadingSummary {
  readonly pages: number;
  readonly revisions: number;
  /** Odd things that did no harm, one line each (page ids out of order). */
  readonly notices: readonly string[];
}

/** One go over the wiki's content. */
export interface Reading {
  /** Feeds all consumers everything, in order, with back-pressure. Throws what the source says when it cannot be read. */
  run(consumers: readonly SourceConsumer[], options: ReadingOptions): Promise<ReadingSummary>;
}

export interface WikiSource {
  /** For messages: what is read, and where. */
  readonly description: string;
  /** The reading that gives this kind, or undefined if the source has no such content. */
  reading(kind: ReadingKind): Reading | undefined;
}
