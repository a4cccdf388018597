/**
 * Finds lines of a multistream index: by page id, title, or the start of a title.
 *
 * The index is read once, line by line; nothing is kept of it. For ids in a plain index that can be read anywhere, index-lookup.ts
 * is faster.
 */
import { normalPrefix, normalTitle, plainTitle } from "./index-title.ts";
import type { IndexEntry } from "./multistream-index.ts";

/** What to look for in an index; a line that fits any of it is found. */
export interface IndexQuery {
  readonly pageIds?: readonly number[] | undefined;
  /** Whole titles, as people write them: without entities, with blanks or underscores. Upper and lower case differ. */
  readonly titles?: readonly string[] | undefined;
  /** Starts of titles, written in the same way. */
  readonly prefixes?: readonly string[] | undefined;
}

/**
 * Finds the lines of an index that fit a query, in the order of the index.
 *
 * Ends as soon as every id and title was found once and no prefix is looked for.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readIndex, searchIndex } from "wikidump";
 *
 * const index = new Blob(["654:5:A &amp; B\n654:7:A: C\n9120:12:D\n"]);
 * const found: number[] = [];
 * const query = { titles: ["A_&_B"], prefixes: ["D"] };
 * for await (const entry of searchIndex(readIndex(index.stream()), query)) found.push(entry.pageId);
 * assert.deepEqual(found, [5, 12]);
 * ```
 */
export async function* searchIndex(
  entries: AsyncIterable<IndexEntry>,
  query: IndexQuery,
): AsyncGenerator<IndexEntry, void, undefined> {
  const pageIds = new Set(query.pageIds);
  const titles = new Set(query.titles?.map(normalTitle));
  const prefixes = (query.prefixes ?? []).map(normalPrefix);
  const isTextWanted = titles.size > 0 || prefixes.length > 0;
  for await (const entry of entries) {
    let isFound = pageIds.delete(entry.pageId);
    if (isTextWanted) {
      const title = plainTitle(entry.title);
      isFound = titles.delete(title) || prefixes.some((prefix) => title.startsWith(prefix)) || isFound;
    }
    if (isFound) yield entry;
    if (prefixes.length === 0 && pageIds.size === 0 && titles.size === 0) return;
  }
}
