/**
 * The index of a multistream dump: one line `offset:id:title` for each page, where `offset` is the byte at which the bzip2
 * stream begins that holds the page. Reading, writing and searching it.
 *
 * An index of a big wiki has tens of millions of lines, so it is read as a stream and only what a search needs is kept.
 */
import { unshared } from "../../bits/unshared.ts";
import { Bzip2Decoder } from "../../bzip2/decoder.ts";
import { DumpFormatError } from "../../errors.ts";
import { sniff } from "../../streams/sniff.ts";
import { chunksOf } from "../../streams/stream-from.ts";
import type { PageRange } from "../pages/page-range.ts";

/** One line of an index. */
export interface IndexEntry {
  /** Byte of the dump at which the stream of the page begins. */
  readonly byteOffset: number;
  readonly pageId: number;
  /** The title as the XML has it: `&amp;`, `&quot;`, `&lt;` and `&gt;` are not decoded. May contain colons. */
  readonly title: string;
}

/** A title has at most 255 bytes; this leaves room for every entity in it. */
const MAX_LINE_BYTES = 16 * 1024;

/**
 * Reads one line of an index, with or without its line end. Throws DumpFormatError BAD_INDEX.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseIndexLine } from "wikidump";
 *
 * assert.deepEqual(parseIndexLine("654:12:Help:Contents"), { byteOffset: 654, pageId: 12, title: "Help:Contents" });
 * ```
 */
export function parseIndexLine(line: string): IndexEntry {
  return parseLine(line, 0);
}

function parseLine(line: string, at: number): IndexEntry {
  const match = /^(\d{1,15}):(\d{1,15}):(.*?)\r?\n?$/s.exec(line);
  if (match === null) throw badLine(`is ${JSON.stringify(line.slice(0, 80))}`, at);
  return { byteOffset: Number(match[1]), pageId: Number(match[2]), title: match[3]! };
}

/** One line of an index, with its line end. */
export function formatIndexLine(entry: IndexEntry): string {
  return `${entry.byteOffset}:${entry.pageId}:${entry.title}\n`;
}

/**
 * Reads an index, plain or compressed with bzip2, whatever its name says.
 *
 * Throws DumpFormatError BAD_INDEX for a line that is none, Bzip2Error, and the errors of the stream.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compress, readIndex } from "wikidump";
 *
 * const stored = new Blob([compress(new TextEncoder().encode("268:10:A\n268:30:B: C\n"))]);
 * const titles: string[] = [];
 * for await (const entry of readIndex(stored.stream())) titles.push(entry.title);
 * assert.deepEqual(titles, ["A", "B: C"]);
 * ```
 */
export async function* readIndex(data: ReadableStream<Uint8Array>): AsyncGenerator<IndexEntry, void, undefined> {
  const { format, stream } = await sniff(data);
  if (format !== "bzip2" && format !== "unknown" && format !== "empty") {
    await stream.cancel();
    throw badLine(`looks like ${format} data`, 0);
  }
  const text = new TextDecoder();
  let rest = "";
  let byteOffset = 0;
  for await (const bytes of format === "bzip2" ? decoded(stream) : chunksOf(stream)) {
    const lines = (rest + text.decode(unshared(bytes), { stream: true })).split("\n");
    rest = lines.pop()!;
    if (rest.length > MAX_LINE_BYTES) throw badLine("is too long for one", byteOffset);
    for (const line of lines) yield parseLine(line, byteOffset);
    byteOffset += bytes.length;
  }
  rest += text.decode();
  if (rest !== "") yield parseLine(rest, byteOffset);
}

async function* decoded(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = new Bzip2Decoder();
  for await (const chunk of chunksOf(stream)) {
    for (const event of decoder.push(chunk)) if (event.type === "block") yield event.bytes;
  }
  for (const event of decoder.finish()) if (event.type === "block") yield event.bytes;
}

function badLine(what: string, byteOffset: number): DumpFormatError {
  const message = `Not a line of a multistream index: it ${what}; expected offset:id:title`;
  return new DumpFormatError("BAD_INDEX", message, { byteOffset }, {
    remedy: "Give the index that was published with the dump (…-multistream-index.txt.bz2), or none",
  });
}

/** A stream of a multistream dump, as the index tells of it. */
export interface IndexedStream {
  /** Byte at which the stream begins. */
  readonly byteOffset: number;
  /** Byte at which the next stream with pages begins; undefined for the last one. */
  readonly endByteOffset: number | undefined;
  readonly pageCount: number;
  readonly lowestPageId: number;
  readonly highestPageId: number;
}

/**
 * What an index says about streams: where they are and which pages they hold. Titles are not kept.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { MultistreamIndex } from "wikidump";
 *
 * const lines = new Blob(["654:5:A\n654:7:B\n9120:12:C\n"]);
 * const index = await MultistreamIndex.read(lines.stream());
 * assert.deepEqual(index.streamsFor([{ first: 6, last: 7 }]), [
 *   { byteOffset: 654, endByteOffset: 9120, pageCount: 2, lowestPageId: 5, highestPageId: 7 },
 * ]);
 * ```
 */
export class MultistreamIndex {
  /** In the order of the dump. */
  readonly streams: readonly IndexedStream[];

  constructor(streams: readonly IndexedStream[]) {
    this.streams = streams;
  }

  /** Gathers the lines of an index. Throws DumpFormatError BAD_INDEX when offsets go back. */
  static async read(data: ReadableStream<Uint8Array>): Promise<MultistreamIndex> {
    const streams: { -readonly [key in keyof IndexedStream]: IndexedStream[key] }[] = [];
    let last: (typeof streams)[number] | undefined;
    for await (const { byteOffset, pageId } of readIndex(data)) {
      if (last === undefined || byteOffset !== last.byteOffset) {
        if (last !== undefined && byteOffset < last.byteOffset) throw badOrder(last.byteOffset, byteOffset, pageId);
        if (last !== undefined) last.endByteOffset = byteOffset;
        last = { byteOffset, endByteOffset: undefined, pageCount: 0, lowestPageId: pageId, highestPageId: pageId };
        streams.push(last);
      }
      last.pageCount++;
      last.lowestPageId = Math.min(last.lowestPageId, pageId);
      last.highestPageId = Math.max(last.highestPageId, pageId);
    }
    return new MultistreamIndex(streams);
  }

  /** The streams that may hold pages of these ranges, in the order of the dump. */
  streamsFor(ranges: readonly PageRange[]): IndexedStream[] {
    return this.streams.filter((stream) =>
      ranges.some((range) => range.first <= stream.highestPageId && stream.lowestPageId <= range.last)
    );
  }
}

function badOrder(before: number, after: number, pageId: number): DumpFormatError {
  const message = `The multistream index goes back from offset ${before} to ${after} at page ${pageId}`;
  return new DumpFormatError("BAD_INDEX", message, { byteOffset: 0, pageId }, {
    remedy: "Give the index that was published with the dump, or none",
  });
}
