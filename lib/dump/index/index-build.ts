/**
 * Makes the index of a multistream dump, in one pass over the dump.
 *
 * Which stream holds a page follows from where its start tag lies in the plain text; heads are read by index-head.ts.
 */
import { Bzip2Decoder, type DecoderEvent } from "../../bzip2/decoder.ts";
import { Bzip2Error, DumpFormatError } from "../../errors.ts";
import { chunksOf } from "../../streams/stream-from.ts";
import { isBlank } from "../../xml/characters.ts";
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";
import { type IndexHead, readIndexHead } from "./index-head.ts";
import type { IndexEntry } from "./multistream-index.ts";

/** Options of `buildIndex`. */
export interface BuildIndexOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The lines of the index of a multistream dump, one for each page, in the order of the dump.
 *
 * `dump` is the bzip2 file. A file of one stream has an index, too, which is of little use: all pages are at 0.
 *
 * Throws Bzip2Error and DumpFormatError for what is wrong with the dump; BAD_INDEX where a page does not lie in one stream, as
 * in files of parallel compressors.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { buildIndex, compress, formatIndexLine } from "wikidump";
 *
 * const parts = ["<mediawiki>\n", "<page><title>A &amp; B</title><id>7</id></page>\n", "</mediawiki>\n"];
 * const dump = new Blob(parts.map((part) => compress(new TextEncoder().encode(part))));
 * for await (const entry of buildIndex(dump.stream())) assert.equal(formatIndexLine(entry), "51:7:A &amp; B\n");
 * ```
 */
export async function* buildIndex(
  dump: ReadableStream<Uint8Array>,
  options: BuildIndexOptions = {},
): AsyncGenerator<IndexEntry, void, undefined> {
  const decoder = new Bzip2Decoder({ chunks: "borrowed" });
  const pages = new PlacedHeads();
  for await (const chunk of chunksOf(dump)) {
    options.signal?.throwIfAborted();
    yield* pages.take(decoder.push(chunk));
  }
  yield* pages.take(decoder.finish());
  yield* pages.finish();
}

/** Finds pages in the text of a dump that comes block by block, and the streams in which they lie. */
class PlacedHeads {
  readonly #splitter = new DumpSplitter();
  /** Streams that begin at or after the part at hand, and the one in which it lies. */
  #streams: { readonly textOffset: number; readonly byteOffset: number }[] = [];
  /** Bytes of text that came in, and that were handed out as parts. */
  #pushedBytes = 0;
  #passedBytes = 0;
  #open: { readonly head: IndexHead; readonly byteOffset: number } | undefined;
  /** Where something begins behind the last stream that is none. */
  #trailingByte: number | undefined;

  *take(events: Iterable<DecoderEvent>): Generator<IndexEntry, void, undefined> {
    for (const event of events) {
      if (event.type === "stream") this.#beginStream(event.byteOffset);
      else if (event.type === "block") yield* this.#push(event.bytes);
      else if (event.type === "trailing") this.#trailingByte = event.byteOffset;
    }
  }

  #beginStream(byteOffset: number): void {
    this.#streams.push({ textOffset: this.#pushedBytes, byteOffset });
    // Of empty streams, only the last one can hold what follows.
    if (this.#streams.at(-2)?.textOffset === this.#pushedBytes) this.#streams.splice(-2, 1);
  }

  *#push(bytes: Uint8Array): Generator<IndexEntry, void, undefined> {
    this.#pushedBytes += bytes.length;
    for (const part of this.#splitter.push(bytes)) yield* this.#takePart(part);
  }

  *finish(): Generator<IndexEntry, void, undefined> {
    try {
      for (const part of this.#splitter.finish()) yield* this.#takePart(part);
    } catch (error) {
      throw this.#trailingByte === undefined ? error : lostStreamError(this.#trailingByte, error);
    }
  }

  *#takePart(part: DumpPart): Generator<IndexEntry, void, undefined> {
    const textOffset = this.#passedBytes;
    this.#passedBytes += part.bytes.length;
    if (part.type === "page") {
      const tagStart = part.bytes.findIndex((byte) => !isBlank(byte));
      const byteOffset = this.#streamOf(textOffset + Math.max(0, tagStart));
      this.#open = { head: readIndexHead(part.bytes, textOffset), byteOffset };
    } else if (part.type === "page-end" && this.#open !== undefined) {
      const tagEnd = part.bytes.findLastIndex((byte) => !isBlank(byte));
      const { head, byteOffset } = this.#open;
      const endOffset = this.#streamOf(textOffset + Math.max(0, tagEnd));
      if (endOffset !== byteOffset) throw splitPageError(head.pageId, byteOffset, endOffset);
      yield { byteOffset, ...head };
    }
  }

  /** Where the stream begins in which a byte of the text lies. Never asked for an earlier byte than before. */
  #streamOf(textOffset: number): number {
    const streams = this.#streams;
    while (streams[1] !== undefined && streams[1].textOffset <= textOffset) streams.shift();
    return streams[0]?.byteOffset ?? 0;
  }
}

/** What is no stream is junk only behind the end of the dump. */
function lostStreamError(byteOffset: number, cause: unknown): Bzip2Error {
  const message = `The dump goes on, but no stream starts here: its header is damaged (bit ${byteOffset * 8})`;
  const place = { bitOffset: byteOffset * 8, streamIndex: -1, blockIndex: -1, bytesBefore: 0 };
  return new Bzip2Error("BAD_MAGIC", message, place, { cause, remedy: "Fetch the file again" });
}

function splitPageError(pageId: number, startByte: number, endByte: number): DumpFormatError {
  const message =
    `Page ${pageId} begins in the stream at byte ${startByte} and ends in that at byte ${endByte}, expected a multistream dump`;
  return new DumpFormatError("BAD_INDEX", message, { byteOffset: startByte, pageId }, {
    remedy: "Make a multistream dump of it first: bzdump recompress",
  });
}
