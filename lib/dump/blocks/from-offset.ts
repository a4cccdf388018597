/**
 * A compressed dump from somewhere in its middle on, as a dump of its own. · dumpbz2filefromoffset
 *
 *     header   from the start of the dump, up to </siteinfo>
 *     pages    whole ones: those that begin in the blocks from the given place on
 *     footer   </mediawiki>
 */
import type { Bytes } from "../../bzip2/format.ts";
import { Bzip2Error, DumpFormatError } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { streamFrom } from "../../streams/stream-from.ts";
import type { DumpPart } from "../../xml/dump-part.ts";
import type { BlockPosition, BlocksFromOptions, LocatedBlock } from "./block-access.ts";
import { findOpenPage, firstBlockIn } from "./block-from.ts";
import { BlockSearch } from "./block-search.ts";
import { DUMP_END, DumpTail } from "../reading/dump-end.ts";
import { readDumpHeader } from "../reading/dump-header.ts";
import { joinBatches } from "../reading/join-parts.ts";
import { type LastBlock, refuseLostStream } from "./lost-stream.ts";
import { PageWindow } from "../reading/page-window.ts";

/** Where reading began and how far it has come. */
export interface FromOffsetProgress {
  /** The first block that begins at the place or later; undefined if there is none. */
  readonly start: BlockPosition | undefined;
  /** Bits of the file that have been read. */
  readonly bitOffset: number;
  /** Pages that began; 0 for raw output. */
  readonly pages: number;
  /** Plain bytes of the blocks that have been read. */
  readonly plainLength: number;
}

/** Options of `readFromOffset`. */
export interface ReadFromOffsetOptions {
  /** Only the pages that begin in blocks which begin before this bit; default all. */
  readonly untilBit?: number | undefined;
  /**
   * "document" is header, pages, footer. "pages" leaves header and footer out. "raw" is what the blocks hold, from the first byte
   * of the first one to the last byte of the last one. Default "document".
   */
  readonly form?: "document" | "pages" | "raw" | undefined;
  /** Begin with the page in which the first block begins, though it begins in a block before. Default false. */
  readonly withOpenPage?: boolean | undefined;
  /** For raw output: end with the stream in which it begins. Default false. */
  readonly isStreamOnly?: boolean | undefined;
  /** "borrowed": a chunk is valid until the next one is asked for, which needs less memory. Default "own". */
  readonly chunks?: "own" | "borrowed" | undefined;
  readonly onProgress?: ((progress: FromOffsetProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The part of a bzip2 dump that begins at a bit of the file, or at the first block behind it.
 *
 * A page belongs to the block in which its tag begins: so two calls, until a bit and from that bit on, give every page once. The
 * last page is read to its end, wherever that is. With no block in the range the document has no pages.
 *
 * Errors of the stream: Bzip2Error (also TRUNCATED), DumpFormatError (NO_MEDIAWIKI, TRUNCATED where the dump ends without its end
 * tag, …) and those of the source. All good bytes come before; the document then has no footer, and may end inside of a page.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, readFromOffset } from "wikidump";
 *
 * const encoder = new TextEncoder();
 * const parts = ["<mediawiki>\n", "  <page><id>1</id></page>\n", "  <page><id>2</id></page>\n</mediawiki>\n"];
 * const streams = parts.map((part) => compress(encoder.encode(part)));
 * const source = bytesSource(new Uint8Array(await new Blob(streams).arrayBuffer()));
 * const place = (streams[0]!.length + streams[1]!.length) * 8;
 * const text = await new Response(readFromOffset(source, place)).text();
 * assert.equal(text, "<mediawiki>\n  <page><id>2</id></page>\n</mediawiki>\n");
 * ```
 */
export function readFromOffset(
  source: ByteSource,
  fromBit: number,
  options: ReadFromOffsetOptions = {},
): ReadableStream<Bytes> {
  const reading = new Reading(source, fromBit, options);
  return streamFrom(options.form === "raw" ? reading.raw() : joinBatches(reading.document()));
}

/** An end tag and blanks behind it. */
const END_TAG_BYTES = 64;

class Reading {
  readonly #search: BlockSearch;
  readonly #fromBit: number;
  readonly #untilBit: number;
  readonly #options: ReadFromOffsetOptions;
  readonly #window = new PageWindow();
  readonly #tail = new DumpTail();
  #last: LastBlock | undefined;
  #hasFooter = false;
  #plainLength = 0;
  /** The last page was reached before the end of the dump. */
  #isCutShort = false;

  constructor(source: ByteSource, fromBit: number, options: ReadFromOffsetOptions) {
    this.#search = new BlockSearch(source, options.signal);
    this.#fromBit = fromBit;
    this.#untilBit = Math.max(fromBit, options.untilBit ?? Infinity);
    this.#options = options;
  }

  async *raw(): AsyncGenerator<Bytes, void, undefined> {
    const start = await this.#start();
    if (start === undefined) return;
    const { isStreamOnly = false } = this.#options;
    for await (const block of this.#blocks(start, { untilBit: this.#untilBit, isStreamOnly })) {
      this.#tell(start, block);
      yield block.bytes;
    }
    if (!isStreamOnly && this.#untilBit === Infinity) await this.#refuseLostStream();
  }

  /** In batches, each read before the next is asked for. */
  async *document(): AsyncGenerator<Iterable<DumpPart>, void, undefined> {
    const isDocument = this.#options.form !== "pages";
    if (isDocument) yield [{ type: "header", bytes: (await readDumpHeader(this.#search.access)).header }];
    const start = await this.#start();
    if (start !== undefined) { for await (const parts of this.#parts(start)) yield this.#wanted(parts); }
    else if (this.#untilBit >= this.#search.access.source.size * 8) await this.#requireEndOfDump();
    if (isDocument && !this.#hasFooter) yield [{ type: "footer", bytes: DUMP_END }];
  }

  *#wanted(parts: Iterable<DumpPart>): Generator<DumpPart, void, undefined> {
    for (const part of parts) {
      this.#hasFooter ||= part.type === "footer";
      if (part.type !== "footer" || this.#options.form !== "pages") yield part;
    }
  }

  async *#blocks(start: BlockPosition, options: BlocksFromOptions): AsyncGenerator<LocatedBlock, void, undefined> {
    const { chunks } = this.#options;
    for await (const block of this.#search.access.blocksFrom(start, { ...options, chunks })) {
      const { bitOffset, bitLength, level } = block;
      this.#last = { bitOffset, bitLength, level };
      yield block;
    }
  }

  async #start(): Promise<LocatedBlock | undefined> {
    const start = await firstBlockIn(this.#search, this.#fromBit, this.#untilBit);
    this.#options.onProgress?.({
      start: start && positionOf(start),
      bitOffset: this.#fromBit,
      pages: 0,
      plainLength: 0,
    });
    return start;
  }

  async *#parts(start: LocatedBlock): AsyncGenerator<Iterable<DumpPart>, void, undefined> {
    try {
      yield* this.#partsOfBlocks(start);
    } catch (error) {
      // The XML may be whole though the bzip2 file is not: only its last bytes are missing, or a checksum is wrong.
      if (error instanceof Bzip2Error && this.#tail.hasEnd()) yield this.#placed(this.#window.finish(), start);
      throw error;
    }
    if (this.#isCutShort) return;
    if (!this.#tail.hasEnd()) await this.#refuseLostStream();
    yield this.#placed(this.#window.finish(), start);
    this.#tail.requireEnd(undefined, this.#last && this.#last.bitOffset + this.#last.bitLength);
  }

  async *#partsOfBlocks(start: LocatedBlock): AsyncGenerator<Iterable<DumpPart>, void, undefined> {
    const open = this.#options.withOpenPage === true ? await findOpenPage(this.#search, start) : undefined;
    const window = this.#window;
    let skipped = open?.byteOffset ?? 0;
    // The end tag may begin in the blocks before.
    if (open === undefined && start.bytes.length < END_TAG_BYTES) await this.#seeLast(start.bitOffset);
    for await (const block of this.#blocks(open?.block ?? start, {})) {
      if (block.bitOffset >= this.#untilBit) window.end();
      if (window.isDone) break;
      const bytes = block.bytes.subarray(skipped);
      skipped = 0;
      this.#tail.push(bytes);
      yield this.#placed(window.push(bytes), start);
      this.#tell(start, block);
      const isLast = block.bitOffset + block.bitLength >= this.#untilBit;
      if (window.isDone || isLast && window.isBetweenPages(bytes)) {
        this.#isCutShort = true;
        return;
      }
    }
    this.#isCutShort = window.isDone;
  }

  /** With no block to read, the last ones tell whether the dump has its end. */
  async #requireEndOfDump(): Promise<void> {
    await this.#seeLast(Infinity);
    this.#tail.requireEnd();
  }

  /** Takes the last bytes of the text before a block. */
  async #seeLast(untilBit: number): Promise<void> {
    const last: Uint8Array[] = [];
    let byteLength = 0;
    for await (const { bytes } of this.#search.blocksBackward(0, untilBit)) {
      last.unshift(bytes.slice(-END_TAG_BYTES));
      byteLength += bytes.length;
      if (byteLength >= END_TAG_BYTES) break;
    }
    for (const bytes of last) this.#tail.push(bytes);
  }

  /** Errors of the XML count from the start of the first block: that is said. */
  *#placed(parts: Iterable<DumpPart>, start: BlockPosition): Generator<DumpPart, void, undefined> {
    try {
      yield* parts;
    } catch (error) {
      if (!(error instanceof DumpFormatError)) throw error;
      const { code, message, byteOffset, pageId, remedy } = error;
      const where = `counted from the first page behind bit ${start.bitOffset} of the file`;
      throw new DumpFormatError(code, `${message} (${where})`, { byteOffset, pageId }, { remedy, cause: error });
    }
  }

  #tell(start: BlockPosition, { bitOffset, bitLength, bytes }: LocatedBlock): void {
    this.#options.signal?.throwIfAborted();
    this.#plainLength += bytes.length;
    this.#options.onProgress?.({
      start: positionOf(start),
      bitOffset: bitOffset + bitLength,
      pages: this.#window.pages,
      plainLength: this.#plainLength,
    });
  }

  async #refuseLostStream(): Promise<void> {
    if (this.#last !== undefined) await refuseLostStream(this.#search, this.#last);
  }
}

function positionOf({ bitOffset, level }: BlockPosition): BlockPosition {
  return { bitOffset, level };
}
