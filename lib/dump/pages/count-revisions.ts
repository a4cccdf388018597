/**
 * How many revisions each page of a dump has, and how many bytes of text.
 */
import { chunksOf } from "../../streams/stream-from.ts";
import { decodeText } from "../../xml/entities.ts";
import { DumpSkimmer } from "../reading/dump-skimmer.ts";
import type { PageSummary } from "../reading/page-summary.ts";

/** The revisions of one page. */
export interface RevisionCount {
  readonly pageId: number;
  readonly namespace: number;
  readonly title: string;
  /** The title as it stands in the XML, with entities. */
  readonly titleXml: string;
  readonly revisions: number;
  /** Bytes of all texts, entities decoded: as the dump states them, measured where it does not. */
  readonly textBytes: number;
  /** Bytes of the longest text. */
  readonly maxTextBytes: number;
}

/** Choices of `countRevisions`. */
export interface CountRevisionsOptions {
  /** Only pages of these namespaces. Default: all. */
  readonly namespaces?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Counts the revisions of every page in the XML of a dump, page by page. No page is held in memory, nor a long revision.
 *
 * Throws the DumpFormatErrors of `DumpReader`, and whatever the stream fails with, after all pages before the error.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countRevisions } from "wikidump";
 *
 * const xml = `<mediawiki><page><title>Pear</title><ns>0</ns><id>7</id>
 *   <revision><id>1</id></revision><revision><id>2</id></revision></page></mediawiki>`;
 * for await (const { title, revisions } of countRevisions(new Blob([xml]).stream())) {
 *   assert.deepEqual([title, revisions], ["Pear", 2]);
 * }
 * ```
 */
export async function* countRevisions(
  xml: ReadableStream<Uint8Array>,
  options: CountRevisionsOptions = {},
): AsyncGenerator<RevisionCount, void, undefined> {
  for await (const counts of countRevisionsByChunk(xml, options)) yield* counts;
}

/** The same, for each chunk of the XML those that end in it, all at once: to wait for each page would cost more than to count it. */
export async function* countRevisionsByChunk(
  xml: ReadableStream<Uint8Array>,
  { namespaces, signal }: CountRevisionsOptions = {},
): AsyncGenerator<readonly RevisionCount[], void, undefined> {
  let counts: RevisionCount[] = [];
  const skimmer = new DumpSkimmer((page) => {
    if (namespaces === undefined || namespaces.includes(page.namespace)) counts.push(countOf(page));
  });
  for await (const chunk of chunksOf(xml)) {
    signal?.throwIfAborted();
    let failure: { readonly error: unknown } | undefined;
    try {
      skimmer.push(chunk);
    } catch (error) {
      failure = { error };
    }
    yield counts;
    counts = [];
    if (failure !== undefined) throw failure.error;
  }
  skimmer.finish();
  yield counts;
}

function countOf(page: PageSummary): RevisionCount {
  const { id, namespace, titleXml, revisions, textBytes, maxTextBytes } = page;
  const title = decodeText(titleXml, 0, titleXml.length);
  const hasEntity = titleXml.length > 0 && titleXml.includes(0x26);
  const asWritten = hasEntity ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(titleXml) : title;
  return { pageId: id, namespace, title, titleXml: asWritten, revisions, textBytes, maxTextBytes };
}
