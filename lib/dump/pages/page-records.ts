/**
 * Pages or revisions of a dump as plain objects, for JSON and the like: one after another, never a page in memory.
 */
import type { ByteSource } from "../../streams/byte-source.ts";
import type { DumpPart } from "../../xml/dump-splitter.ts";
import type { Namespace, PageHead } from "../reading/model.ts";
import { readPageHead } from "../reading/page-head.ts";
import { GrowingSummary, timestampNumber, timestampText } from "../reading/page-summary.ts";
import type { PageRange } from "./page-range.ts";
import { type GatheredRevision, RevisionGatherer } from "../reading/revision-gatherer.ts";
import { readSiteInfo } from "../reading/site-info.ts";
import { wantedParts, type WantedPartsOptions } from "./wanted-parts.ts";

/** A page, as an object of JSON: what is not known is null. */
export interface PageRecord {
  readonly id: number;
  readonly namespace: number;
  readonly title: string;
  readonly isRedirect: boolean;
  readonly redirectTitle: string | null;
  readonly revisions: number;
  /** Bytes of all texts, and of the longest one. */
  readonly textBytes: number;
  readonly maxTextBytes: number;
  /** The smallest and the biggest. */
  readonly firstRevisionId: number | null;
  readonly lastRevisionId: number | null;
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
}

/** A revision with its page, as an object of JSON: what is not known, or hidden, is null. */
export interface RevisionRecord {
  readonly pageId: number;
  readonly namespace: number;
  readonly title: string;
  readonly id: number;
  readonly parentId: number | null;
  readonly timestamp: string;
  readonly userName: string | null;
  readonly userId: number | null;
  readonly ip: string | null;
  readonly comment: string | null;
  readonly isMinor: boolean;
  readonly model: string | null;
  readonly format: string | null;
  readonly sha1: string | null;
  readonly textBytes: number;
  /** What an administrator hid. */
  readonly isUserHidden: boolean;
  readonly isCommentHidden: boolean;
  readonly isTextHidden: boolean;
  /** Only if texts are wanted; null in stubs and where it is hidden. */
  readonly text?: string | null;
}

/** Choices of `pageRecords`. */
export type PageRecordsOptions = WantedPartsOptions;

/** Choices of `revisionRecords`. */
export interface RevisionRecordsOptions extends WantedPartsOptions {
  /** With the texts. Default false. */
  readonly withText?: boolean;
  /** Longest revision that is put together with its text. Default 256 MiB. */
  readonly maxRevisionBytes?: number;
}

const DEFAULT_MAX_REVISION_BYTES = 256 * 1024 * 1024;

/**
 * The pages of a dump whose ids are in `ranges`, each as an object when it has ended. The dump is a bzip2 file that is read where
 * the pages are, or a stream of XML that is read from its start.
 *
 * Throws the DumpFormatErrors of `DumpReader`, and what the source or stream fails with, after all pages before the error.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pageRecords } from "wikidump";
 *
 * const xml = `<mediawiki><page><title>Pear</title><ns>0</ns><id>7</id>
 *   <revision><id>1</id><text bytes="5">green</text></revision></page></mediawiki>`;
 * for await (const page of pageRecords(new Blob([xml]).stream(), { first: 1, last: 9 })) {
 *   assert.equal(page.title, "Pear");
 *   assert.equal(page.textBytes, 5);
 * }
 * ```
 */
export async function* pageRecords(
  dump: ByteSource | ReadableStream<Uint8Array>,
  ranges: PageRange | readonly PageRange[],
  options: PageRecordsOptions = {},
): AsyncGenerator<PageRecord, void, undefined> {
  let page = new GrowingSummary();
  const reader = new RecordReader(new RevisionGatherer(), (revision) => {
    page.add(revision.revision.id, timestampNumber(revision.revision.timestamp), revision.textByteLength);
  });
  for await (const batch of wantedParts(dump, ranges, options)) {
    for (const part of batch) {
      reader.read(part);
      if (part.type === "page") page = new GrowingSummary();
      else if (part.type === "page-end") yield pageRecord(reader.head!, page);
    }
  }
}

/**
 * The revisions of those pages of a dump whose ids are in `ranges`, each as an object. Else as `pageRecords`; also throws TOO_LARGE
 * when texts are wanted and a revision is longer than `maxRevisionBytes`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { revisionRecords } from "wikidump";
 *
 * const xml = `<mediawiki><page><title>Pear</title><ns>0</ns><id>7</id>
 *   <revision><id>1</id><text bytes="5">green</text></revision></page></mediawiki>`;
 * const stream = new Blob([xml]).stream();
 * for await (const revision of revisionRecords(stream, { first: 7, last: 7 }, { withText: true })) {
 *   assert.deepEqual([revision.title, revision.id, revision.text], ["Pear", 1, "green"]);
 * }
 * ```
 */
export async function* revisionRecords(
  dump: ByteSource | ReadableStream<Uint8Array>,
  ranges: PageRange | readonly PageRange[],
  options: RevisionRecordsOptions = {},
): AsyncGenerator<RevisionRecord, void, undefined> {
  const { withText = false, maxRevisionBytes = DEFAULT_MAX_REVISION_BYTES } = options;
  let whole: GatheredRevision | undefined;
  const gatherer = new RevisionGatherer(withText ? maxRevisionBytes : undefined);
  const reader = new RecordReader(gatherer, (revision) => whole = revision);
  for await (const batch of wantedParts(dump, ranges, options)) {
    for (const part of batch) {
      reader.read(part);
      if (whole === undefined) continue;
      yield revisionRecord(reader.head!, whole, withText);
      whole = undefined;
    }
  }
}

/** Reads heads and revisions out of parts. */
class RecordReader {
  /** The head of the page at hand. */
  head: PageHead | undefined;
  readonly #gatherer: RevisionGatherer;
  readonly #onRevision: (revision: GatheredRevision) => void;
  #namespaces: readonly Namespace[] = [];

  constructor(gatherer: RevisionGatherer, onRevision: (revision: GatheredRevision) => void) {
    this.#gatherer = gatherer;
    this.#onRevision = onRevision;
  }

  read(part: DumpPart): void {
    const { type, bytes } = part;
    if (type === "header") this.#namespaces = readSiteInfo(bytes).namespaces;
    else if (type === "page") this.head = readPageHead(bytes, 0, this.#namespaces);
    else if (type === "revision") {
      const revision = this.#gatherer.take(bytes, part.isEnd, { byteOffset: 0, pageId: this.head?.id });
      if (revision !== undefined) this.#onRevision(revision);
    }
  }
}

function pageRecord(head: PageHead, page: GrowingSummary): PageRecord {
  const { revisions, textBytes, maxTextBytes, firstTimestamp, lastTimestamp } = page;
  return {
    id: head.id,
    namespace: head.namespace,
    title: head.title,
    isRedirect: head.isRedirect,
    redirectTitle: head.redirectTitle ?? null,
    revisions,
    textBytes,
    maxTextBytes,
    firstRevisionId: page.firstRevisionId ?? null,
    lastRevisionId: page.lastRevisionId ?? null,
    firstTimestamp: firstTimestamp === 0 ? null : timestampText(firstTimestamp),
    lastTimestamp: lastTimestamp === 0 ? null : timestampText(lastTimestamp),
  };
}

function revisionRecord(head: PageHead, whole: GatheredRevision, withText: boolean): RevisionRecord {
  const { revision, textByteLength } = whole;
  const { contributor, isTextHidden } = revision;
  const record: RevisionRecord = {
    pageId: head.id,
    namespace: head.namespace,
    title: head.title,
    id: revision.id,
    parentId: revision.parentId ?? null,
    timestamp: revision.timestamp,
    userName: contributor.userName ?? null,
    userId: contributor.userId ?? null,
    ip: contributor.ip ?? null,
    comment: revision.comment ?? null,
    isMinor: revision.isMinor,
    model: revision.model ?? null,
    format: revision.format ?? null,
    sha1: revision.sha1 ?? null,
    textBytes: textByteLength,
    isUserHidden: contributor.isHidden,
    isCommentHidden: revision.isCommentHidden,
    isTextHidden,
  };
  if (!withText) return record;
  const isKnown = !isTextHidden && (revision.hasText || textByteLength === 0);
  return { ...record, text: isKnown ? revision.text() : null };
}
