/**
 * A dump in one pass → a multistream dump and its index.
 *
 *     XML → splitter → MultistreamLayout → packer (workers) → bytes, and lines of the index
 *
 * Pieces of revisions go straight into the blocks: a page is never held, however big.
 */
import type { Bytes, Level } from "../../bzip2/format.ts";
import type { DumpFormatError } from "../../errors.ts";
import { chunksOf } from "../../streams/stream-from.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import { DumpSplitter } from "../../xml/dump-splitter.ts";
import { Bzip2Packer } from "./bzip2-packer.ts";
import { type LenientPart, LenientSplitter } from "../reading/lenient-splitter.ts";
import type { IndexEntry } from "../index/multistream-index.ts";
import { MultistreamLayout } from "./multistream-layout.ts";
import { PlacedPages } from "./placed-pages.ts";
import type { StreamPacker } from "./stream-packer.ts";

/** How to recompress. */
export interface RecompressOptions {
  /**
   * Pages in each stream.
   *
   * @default {100}
   */
  readonly pagesPerStream?: number | undefined;
  /**
   * The block size of bzip2, in steps of 100,000 bytes.
   *
   * @default {9}
   */
  readonly level?: Level | undefined;
  /** Workers that compress. Without them it is done here. */
  readonly pool?: WorkerPool | undefined;
  /** Makes the streams in place of bzip2, such as members of gzip. */
  readonly packer?: StreamPacker | undefined;
  /**
   * "borrowed": bytes are valid only until the next event is asked for, which needs less memory. Not for a `packer` of yours.
   *
   * @default {"own"}
   */
  readonly chunks?: "own" | "borrowed" | undefined;
  /** Leave the header out; an empty stream stands in its place. */
  readonly isHeaderLeftOut?: boolean | undefined;
  /** Leave the footer out. */
  readonly isFooterLeftOut?: boolean | undefined;
  /**
   * End with an empty stream where the last one would be empty, as published dumps do.
   *
   * @default {true}
   */
  readonly hasEmptyEnd?: boolean | (() => boolean) | undefined;
  /** Give lines of an index. Without them a page needs no id. Default true. */
  readonly hasIndex?: boolean | undefined;
  /**
   * Take what is no whole dump, too: header and footer may be missing, and from the first place on that is not well-formed, tags
   * count only alone on their lines. All is passed on. The `end` event says what was wrong. Default false: that is an error.
   */
  readonly isLenient?: boolean | undefined;
}

/** What `recompressDump` gives. */
export type RecompressEvent =
  /** The next bytes of the dump. */
  | { readonly type: "bytes"; readonly bytes: Bytes }
  /** The next lines of the index. */
  | { readonly type: "index"; readonly entries: readonly IndexEntry[] }
  /** All is done. */
  | { readonly type: "end"; readonly summary: RecompressSummary };

/** What was written. */
export interface RecompressSummary {
  readonly pages: number;
  readonly streams: number;
  /** Plain bytes in all streams. */
  readonly plainByteLength: number;
  readonly byteLength: number;
  /** With `isLenient`: what is not well-formed; or TRUNCATED, if the input ends early. */
  readonly fault: DumpFormatError | undefined;
  /** With `isLenient`: the byte at which an element between pages begins that never ends. What was meant for pages is part of it. */
  readonly unclosedAt: number | undefined;
}

/**
 * Divides a dump into streams of some pages each, every one of which can be read alone, and tells where each page is.
 *
 * The layout is that of Wikimedia's multistream dumps: a stream with the header, the pages, a stream with the footer, an
 * empty one. The result is the same whatever the chunks of the input, and with and without workers. Memory does not grow
 * with the size of a page.
 *
 * Throws DumpFormatError for what is no whole dump, RangeError for options out
 * of range, and the errors of the input. A loop that is left early ends the work.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatIndexLine, recompressDump } from "wikidump";
 *
 * const page = (id: number) => `<page><title>T${id}</title><ns>0</ns><id>${id}</id></page>`;
 * const xml = new Blob([`<mediawiki>${page(1)}${page(2)}${page(3)}</mediawiki>`]);
 * const dump: Uint8Array[] = [];
 * let index = "";
 * for await (const event of recompressDump(xml.stream(), { pagesPerStream: 2 })) {
 *   if (event.type === "bytes") dump.push(event.bytes);
 *   else if (event.type === "index") index += event.entries.map(formatIndexLine).join("");
 * }
 * assert.match(index, /^(\d+):1:T1\n\1:2:T2\n\d+:3:T3\n$/);
 * ```
 */
export async function* recompressDump(
  xml: ReadableStream<Uint8Array>,
  options: RecompressOptions = {},
): AsyncGenerator<RecompressEvent, void, undefined> {
  const work = new Recompression(options);
  try {
    for await (const chunk of chunksOf(xml)) yield* work.take(chunk);
    yield* work.finish();
  } finally {
    work.giveUp();
  }
}

class Recompression {
  readonly #options: RecompressOptions;
  readonly #splitter: LenientSplitter | DumpSplitter;
  readonly #packer: StreamPacker;
  readonly #layout: MultistreamLayout;
  readonly #pages = new PlacedPages();
  /** Bytes of the input in parts that were taken. */
  #bytesIn = 0;
  #bytesOut = 0;
  #streamsOut = 0;

  constructor(options: RecompressOptions) {
    const { isLenient = false, hasIndex = true } = options;
    this.#options = options;
    this.#splitter = isLenient ? new LenientSplitter() : new DumpSplitter();
    this.#packer = options.packer ?? new Bzip2Packer(options);
    const onPage = hasIndex ? this.#pages.add.bind(this.#pages) : undefined;
    this.#layout = new MultistreamLayout(this.#packer, { ...options, onPage });
  }

  async *take(chunk: Uint8Array): AsyncGenerator<RecompressEvent, void, undefined> {
    yield* this.#takeParts(this.#splitter.push(chunk));
    yield* this.#ready();
  }

  async *finish(): AsyncGenerator<RecompressEvent, void, undefined> {
    yield* this.#takeParts(this.#splitter.finish());
    const { hasEmptyEnd = true } = this.#options;
    const layout = this.#layout;
    layout.end(typeof hasEmptyEnd === "boolean" ? hasEmptyEnd : hasEmptyEnd());
    for (;;) {
      yield* this.#ready();
      if (this.#streamsOut === layout.streamCount) break;
      await this.#packer.change();
    }
    const summary: RecompressSummary = {
      pages: layout.pageCount,
      streams: layout.streamCount,
      plainByteLength: layout.plainByteLength,
      byteLength: this.#bytesOut,
      fault: this.#splitter instanceof LenientSplitter ? this.#splitter.fault : undefined,
      unclosedAt: this.#splitter instanceof LenientSplitter ? this.#splitter.unclosedAt : undefined,
    };
    yield { type: "end", summary };
  }

  giveUp(): void {
    this.#packer.giveUp(new Error("Recompression has ended"));
  }

  async *#takeParts(parts: Iterable<LenientPart>): AsyncGenerator<RecompressEvent, void, undefined> {
    for (const part of parts) {
      this.#place(part);
      while (!this.#packer.hasRoom) {
        yield* this.#ready();
        if (!this.#packer.hasRoom) await this.#packer.change();
      }
    }
  }

  #place(part: LenientPart): void {
    const layout = this.#layout;
    const { bytes } = part;
    if (part.type === "page") layout.beginPage(bytes, this.#bytesIn);
    if (part.type === "header") layout.header(bytes);
    else if (part.type === "footer") layout.footer(bytes);
    else if (part.type === "rest") layout.addRest(bytes);
    else layout.add(bytes);
    if (part.type === "page-end") layout.endPage();
    this.#bytesIn += bytes.length;
  }

  /** All output that is there. */
  *#ready(): Generator<RecompressEvent, void, undefined> {
    for (let piece = this.#packer.take(); piece !== undefined; piece = this.#packer.take()) {
      this.#bytesOut += piece.bytes.length;
      if (piece.bytes.length > 0) yield { type: "bytes", bytes: piece.bytes };
      if (!piece.isStreamEnd) continue;
      this.#streamsOut++;
      this.#pages.startStream(this.#bytesOut);
    }
    const entries = this.#pages.take();
    if (entries.length > 0) yield { type: "index", entries };
  }
}
