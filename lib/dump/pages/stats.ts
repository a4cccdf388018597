/**
 * What a dump holds, in numbers: pages, revisions, redirects and bytes of text, in all and per namespace.
 */
import { chunksOf } from "../../streams/stream-from.ts";
import { decodeText } from "../../xml/entities.ts";
import { DumpSkimmer } from "../reading/dump-skimmer.ts";
import type { SiteInfo } from "../reading/model.ts";
import { type PageSummary, timestampText } from "../reading/page-summary.ts";

/** Sums. */
export interface DumpCounts {
  readonly pages: number;
  readonly redirects: number;
  readonly revisions: number;
  /** Bytes of all texts, entities decoded: as the dump states them, measured where it does not. */
  readonly textBytes: number;
}

/** The sums of one namespace. */
export interface NamespaceCounts extends DumpCounts {
  readonly namespace: number;
  /** Its name in the header of the dump; undefined if the header does not name it. */
  readonly name: string | undefined;
}

/** The page with the most bytes of XML. */
export interface LargestPage {
  readonly id: number;
  readonly namespace: number;
  readonly title: string;
  readonly revisions: number;
  readonly textBytes: number;
  readonly xmlBytes: number;
}

/** The smallest and the biggest of something. */
export interface Span<T> {
  readonly first: T;
  readonly last: T;
}

/** What a dump holds. */
export interface DumpStats extends DumpCounts {
  /** Name and so on, from the header. */
  readonly siteInfo: SiteInfo;
  /** Bytes of XML in all. */
  readonly xmlBytes: number;
  /** In the order of their numbers; those without pages are left out. */
  readonly namespaces: readonly NamespaceCounts[];
  /** Smallest and biggest; undefined where there is none. */
  readonly pageIds: Span<number> | undefined;
  readonly revisionIds: Span<number> | undefined;
  readonly timestamps: Span<string> | undefined;
  /** Whether every page has a bigger id than the one before it. */
  readonly isAscending: boolean;
  readonly largestPage: LargestPage | undefined;
}

/** Choices of `dumpStats`. */
export interface DumpStatsOptions {
  /** Told now and then how many pages were counted. */
  readonly onProgress?: ((pages: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Counts what is in the XML of a dump. Memory does not grow with the dump, nor with a page or a revision.
 *
 * Throws the DumpFormatErrors of `DumpReader`, and whatever the stream fails with.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dumpStats } from "wikidump";
 *
 * const xml = `<mediawiki><page><title>Pear</title><ns>0</ns><id>7</id>
 *   <revision><id>1</id><text bytes="5">green</text></revision></page></mediawiki>`;
 * const { pages, revisions, textBytes } = await dumpStats(new Blob([xml]).stream());
 * assert.deepEqual([pages, revisions, textBytes], [1, 1, 5]);
 * ```
 */
export async function dumpStats(
  xml: ReadableStream<Uint8Array>,
  options: DumpStatsOptions = {},
): Promise<DumpStats> {
  const counter = new StatsCounter();
  const skimmer = new DumpSkimmer((page) => counter.add(page));
  for await (const chunk of chunksOf(xml)) {
    options.signal?.throwIfAborted();
    skimmer.push(chunk);
    options.onProgress?.(counter.total.pages);
  }
  skimmer.finish();
  return counter.stats(skimmer);
}

class GrowingCounts {
  pages = 0;
  redirects = 0;
  revisions = 0;
  textBytes = 0;

  add(page: PageSummary): void {
    this.pages++;
    if (page.isRedirect) this.redirects++;
    this.revisions += page.revisions;
    this.textBytes += page.textBytes;
  }
}

/** Adds up pages. */
class StatsCounter {
  readonly total = new GrowingCounts();
  readonly #byNamespace = new Map<number, GrowingCounts>();
  readonly #pageIds = new GrowingSpan();
  readonly #revisionIds = new GrowingSpan();
  readonly #timestamps = new GrowingSpan();
  #isAscending = true;
  #previousId = -1;
  #largest: LargestPage | undefined;

  add(page: PageSummary): void {
    this.total.add(page);
    let counts = this.#byNamespace.get(page.namespace);
    if (counts === undefined) this.#byNamespace.set(page.namespace, counts = new GrowingCounts());
    counts.add(page);
    if (page.id <= this.#previousId) this.#isAscending = false;
    this.#previousId = page.id;
    this.#pageIds.add(page.id, page.id);
    if (page.firstRevisionId !== undefined) this.#revisionIds.add(page.firstRevisionId, page.lastRevisionId!);
    if (page.firstTimestamp > 0) this.#timestamps.add(page.firstTimestamp, page.lastTimestamp);
    if (page.xmlBytes > (this.#largest?.xmlBytes ?? -1)) this.#largest = largestFrom(page);
  }

  stats(skimmer: DumpSkimmer): DumpStats {
    const siteInfo = skimmer.siteInfo!;
    const names = new Map(siteInfo.namespaces.map(({ id, name }) => [id, name]));
    const { pages, redirects, revisions, textBytes } = this.total;
    const times = this.#timestamps.span;
    return {
      siteInfo,
      pages,
      redirects,
      revisions,
      textBytes,
      xmlBytes: skimmer.byteOffset,
      namespaces: [...this.#byNamespace].sort(([a], [b]) => a - b)
        .map(([namespace, counts]) => ({ namespace, name: names.get(namespace), ...counts })),
      pageIds: this.#pageIds.span,
      revisionIds: this.#revisionIds.span,
      timestamps: times && { first: timestampText(times.first), last: timestampText(times.last) },
      isAscending: this.#isAscending,
      largestPage: this.#largest,
    };
  }
}

class GrowingSpan {
  #first = Infinity;
  #last = -Infinity;

  add(first: number, last: number): void {
    if (first < this.#first) this.#first = first;
    if (last > this.#last) this.#last = last;
  }

  get span(): Span<number> | undefined {
    return this.#first === Infinity ? undefined : { first: this.#first, last: this.#last };
  }
}

function largestFrom(page: PageSummary): LargestPage {
  const { id, namespace, titleXml, revisions, textBytes, xmlBytes } = page;
  const title = decodeText(titleXml, 0, titleXml.length);
  return { id, namespace, title, revisions, textBytes, xmlBytes };
}
