/**
 * Some pages of a compressed dump as a dump of their own, reading only where they are: see seek-parts.ts.
 */
import type { Bytes } from "../../bzip2/format.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { streamFrom } from "../../streams/stream-from.ts";
import { joinBatches } from "../reading/join-parts.ts";
import type { MultistreamIndex } from "../index/multistream-index.ts";
import { PageFilter } from "./page-filter.ts";
import type { PageRange } from "./page-range.ts";
import { seekParts } from "./seek-parts.ts";

/** Options of `extractRange`. */
export interface ExtractRangeOptions {
  /** The index of a multistream dump. */
  readonly index?: MultistreamIndex | undefined;
  /** Only pages of these namespaces. Default: all. */
  readonly namespaces?: readonly number[] | undefined;
  /** Told the id of every page that is taken. */
  readonly onPage?: ((pageId: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The header, the pages whose ids are in `ranges`, and the footer of a bzip2 dump, as XML.
 *
 * Page ids must rise through the dump (those of MediaWiki do). Ranges without pages give a document without pages. All pages
 * before an error are whole; the document then has no footer, and may end inside the page at which the error is.
 *
 * Errors of the stream: Bzip2Error, DumpFormatError (NO_MEDIAWIKI, ID_ORDER, BAD_INDEX: the index is that of another dump, …)
 * and those of the source.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, extractRange } from "wikidump";
 *
 * const xml = "<mediawiki>\n<page><id>1</id></page>\n<page><id>2</id></page>\n<page><id>9</id></page>\n</mediawiki>\n";
 * const dump = bytesSource(compress(new TextEncoder().encode(xml)));
 * const taken = await new Response(extractRange(dump, { first: 2, last: 5 })).text();
 * assert.equal(taken, "<mediawiki>\n<page><id>2</id></page>\n</mediawiki>\n");
 * ```
 */
export function extractRange(
  source: ByteSource,
  ranges: PageRange | readonly PageRange[],
  options: ExtractRangeOptions = {},
): ReadableStream<Bytes> {
  const { index, onPage, namespaces } = options;
  const filter = new PageFilter("first" in ranges ? [ranges] : ranges, {
    order: index === undefined ? "ascending" : "any",
    onPage,
    namespaces,
  });
  return streamFrom(joinBatches(seekParts(source, filter, options)));
}
