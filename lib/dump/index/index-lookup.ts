/**
 * Finds the line of a page in a plain index by halving: some twenty small reads, whatever the size of the index.
 *
 * Ids rise in the index of a dump of MediaWiki, but nothing makes them do so. Where the lines that are seen do not rise, and
 * where the page is not found, the index is read as a whole: only that tells that it is not there.
 */
import { DumpFormatError } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { sourceStream } from "../../streams/source-stream.ts";
import { searchIndex } from "./index-search.ts";
import { type IndexEntry, parseIndexLine, readIndex } from "./multistream-index.ts";

/** Holds some lines, whatever their length. */
const PIECE_BYTES = 32 * 1024;
const LINE_FEED = 0x0a;
const decoder = new TextDecoder();

/**
 * Finds the line of a page in an index that is not compressed; undefined if it has none. Throws DumpFormatError BAD_INDEX.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, lookUpIndex } from "wikidump";
 *
 * const index = bytesSource(new TextEncoder().encode("654:5:A\n654:7:B\n9120:12:C\n"));
 * assert.deepEqual(await lookUpIndex(index, 7), { byteOffset: 654, pageId: 7, title: "B" });
 * assert.equal(await lookUpIndex(index, 8), undefined);
 * ```
 */
export async function lookUpIndex(
  index: ByteSource,
  pageId: number,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<IndexEntry | undefined> {
  const near = await halve(index, pageId, options.signal);
  if (near !== undefined) return near;
  const all = readIndex(sourceStream(index, { signal: options.signal }));
  for await (const entry of searchIndex(all, { pageIds: [pageId] })) return entry;
  return undefined;
}

async function halve(
  index: ByteSource,
  pageId: number,
  signal: AbortSignal | undefined,
): Promise<IndexEntry | undefined> {
  // Lines begin at `low`, and at or before `high`.
  let low = 0;
  let high = index.size;
  let lowestId = -1;
  let highestId = Infinity;
  while (high - low > PIECE_BYTES) {
    const middle = low + Math.floor((high - low) / 2);
    const bytes = await index.read(middle, middle + PIECE_BYTES, { signal });
    const start = bytes.indexOf(LINE_FEED) + 1;
    const end = bytes.indexOf(LINE_FEED, start);
    if (start === 0 || end < 0 || middle + start >= high) {
      // The rest has one line, or the end of the index is near.
      high = Math.min(high, middle);
      continue;
    }
    const entry = parseAt(bytes.subarray(start, end), middle + start);
    if (entry.pageId === pageId) return entry;
    if (entry.pageId <= lowestId || entry.pageId >= highestId) return undefined;
    if (entry.pageId < pageId) {
      lowestId = entry.pageId;
      low = middle + start;
    } else {
      highestId = entry.pageId;
      high = middle + start;
    }
  }
  return scan(await index.read(low, high + PIECE_BYTES, { signal }), pageId, { byteOffset: low, size: index.size });
}

/** Looks through the lines of a piece, which begins with a line. */
function scan(
  bytes: Uint8Array,
  pageId: number,
  place: { readonly byteOffset: number; readonly size: number },
): IndexEntry | undefined {
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(LINE_FEED, start);
    // A line that the piece cuts is not wanted any more.
    if (found < 0 && place.byteOffset + bytes.length < place.size) break;
    const end = found < 0 ? bytes.length : found;
    const entry = parseAt(bytes.subarray(start, end), place.byteOffset + start);
    if (entry.pageId === pageId) return entry;
    start = end + 1;
  }
  return undefined;
}

function parseAt(bytes: Uint8Array, byteOffset: number): IndexEntry {
  try {
    return parseIndexLine(decoder.decode(bytes));
  } catch (error) {
    if (!(error instanceof DumpFormatError)) throw error;
    throw new DumpFormatError(error.code, error.message, { byteOffset }, { remedy: error.remedy });
  }
}
