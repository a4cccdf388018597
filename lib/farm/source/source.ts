/**
 * Where the content of a wiki comes from, as the jobs see it.
 *
 * A job names the reading that it needs; the wiki's source offers readings. Jobs whose readings are the same object are fed in
 * one go. An export offers one reading for everything that can be derived from it; a MediaWiki installation offers one for
 * the stubs and one for the texts of each part, and beside them its database, its API and its log. No job knows which source
 * its wiki has: it asks for what it needs, and does not exist where that is not to be had.
 */
import type { PageRange } from "../../dump/pages/page-range.ts";
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
  | {
    readonly type: "start";
    readonly siteInfo: SiteInfo;
    readonly bytes: Uint8Array;
    /** What ends a document of this source: for files that are full before the reading ends. */
    readonly footer: Uint8Array;
  }
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

/** A reading that is wanted. */
export interface ReadingRequest {
  readonly kind: ReadingKind;
  /** Number of the part, from 1; undefined for the whole wiki. */
  readonly part: number | undefined;
}

/** Which revisions the consumers of a reading look at. */
export type RevisionChoice = "all" | "current";

export interface ReadingOptions {
  /** "current": no consumer looks at other revisions than `page-end.latest`, so that the source may leave the others out. */
  readonly revisions: RevisionChoice;
  /** In the order of ids: no consumer looks at other pages, so that the source may leave the others out. All without it. */
  readonly pages?: readonly PageRange[] | undefined;
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

/** The database of a wiki. */
export interface SourceDatabase {
  /** Names of the tables, without prefix. */
  tables(signal: AbortSignal): Promise<readonly string[]>;
  /** Writes the SQL of one table. */
  dumpTable(table: string, sink: ByteSink, signal: AbortSignal): Promise<void>;
  /** Writes the titles with their header line: of the main namespace, or all with their namespace. */
  dumpTitles(titles: "main" | "all", sink: ByteSink, signal: AbortSignal): Promise<void>;
}

/** The web API of a wiki. */
export interface SourceApi {
  /** The wiki's answer about itself, as JSON. */
  siteInfo(
    query: { readonly properties: readonly string[]; readonly formatVersion: 1 | 2 },
    signal: AbortSignal,
  ): Promise<Uint8Array>;
}

/** Documents that MediaWiki writes about other things than pages: its log, Flow boards. */
export interface SourceDocuments {
  /** The last id of the log; decides its parts. */
  lastLogId(signal: AbortSignal): Promise<number>;
  /** Writes the log items of these ids (all without them) as a whole document. */
  dumpLog(ids: PageRange | undefined, sink: DocumentSink, options: DocumentOptions): Promise<void>;
  /** Writes the Flow boards as a whole document: the newest version of each, or all of them. */
  dumpFlow(revisions: RevisionChoice, sink: DocumentSink, options: DocumentOptions): Promise<void>;
  /** Writes the sites that the wiki knows, as XML. */
  dumpSiteList(sink: ByteSink, signal: AbortSignal): Promise<void>;
}

export interface DocumentOptions {
  readonly signal: AbortSignal;
  /** Told how far it is, in ids. */
  readonly onProgress: (doneId: number, lastId: number) => void;
}

/** Takes bytes; a promise when the writer should wait. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void> | undefined;
}

/** Takes a document in three kinds of pieces, in order, so that they can be packed each for itself. */
export interface DocumentSink {
  header(bytes: Uint8Array): Promise<void> | undefined;
  items(bytes: Uint8Array): Promise<void> | undefined;
  footer(bytes: Uint8Array): Promise<void> | undefined;
}

export interface WikiSource {
  /** For messages: what is read, and where. */
  readonly description: string;
  /** The reading that gives this; the same object for requests that one go can serve. */
  reading(request: ReadingRequest): Reading;
  /** The last page id, as far as it is known without reading everything; decides the parts. */
  lastPageId(signal: AbortSignal): Promise<number>;
  readonly database?: SourceDatabase;
  readonly api?: SourceApi;
  readonly documents?: SourceDocuments;
  /** The command lines with which the content of a file would be made, without secrets: for people. Absent where nothing is run. */
  preview?(file: PreviewedFile, signal: AbortSignal): Promise<readonly string[]>;
}

/** A file that a job would make. */
export interface PreviewedFile {
  readonly dumpName: string;
  readonly type?: string;
  readonly pages?: PageRange | undefined;
}
