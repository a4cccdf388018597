/**
 * Takes pages out of the XML of a dump that is read from its start.
 *
 * For everything that cannot be read at random: gzip files, plain XML, standard input. The result is a whole document.
 */
import type { Bytes } from "../../bzip2/format.ts";
import { streamFrom } from "../../streams/stream-from.ts";
import { joinBatches } from "../reading/join-parts.ts";
import { PageFilter } from "./page-filter.ts";
import type { PageRange } from "./page-range.ts";
import { scanParts } from "./scan-parts.ts";

/** Options of `takePages`. */
export interface TakePagesOptions {
  /** Only pages of these namespaces. Default: all. */
  readonly namespaces?: readonly number[] | undefined;
  /** Told the id of every page that is taken. */
  readonly onPage?: ((pageId: number) => void) | undefined;
  /** "any": page ids do not rise; all of the dump is read. Default "ascending". */
  readonly order?: "ascending" | "any";
  readonly signal?: AbortSignal | undefined;
}

/**
 * The header, the pages whose ids are in `ranges`, and the footer of a dump, as XML.
 *
 * Reads no further than it must where page ids rise (`order: "ascending"`, the default). An error of the dump comes after all
 * pages before it; the document then has no footer and may end inside a page. Throws DumpFormatError.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { takePages } from "wikidump";
 *
 * const xml = "<mediawiki>\n<page><id>1</id></page>\n<page><id>2</id></page>\n</mediawiki>\n";
 * const taken = takePages(new Blob([xml]).stream(), { first: 2, last: 5 });
 * assert.equal(await new Response(taken).text(), "<mediawiki>\n<page><id>2</id></page>\n</mediawiki>\n");
 * ```
 */
export function takePages(
  xml: ReadableStream<Uint8Array>,
  ranges: PageRange | readonly PageRange[],
  options: TakePagesOptions = {},
): ReadableStream<Bytes> {
  const { order = "ascending", onPage, namespaces, signal } = options;
  const filter = new PageFilter("first" in ranges ? [ranges] : ranges, { order, onPage, namespaces });
  return streamFrom(joinBatches(scanParts(xml, filter, signal)));
}
