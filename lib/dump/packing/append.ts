/**
 * Continues a dump that was cut or damaged: what is good stays byte for byte, the last whole pages behind it are compressed
 * again, then come more pages, and the end.
 */
import type { Bytes } from "../../bzip2/format.ts";
import { DumpFormatError } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { chunksOf } from "../../streams/stream-from.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import type { DumpPart } from "../../xml/dump-splitter.ts";
import { findPageId } from "../../xml/page-id.ts";
import type { AppendPoint } from "./append-point.ts";
import { scanForAppendPoint } from "./append-scan.ts";
import { searchForAppendPoint } from "./append-search.ts";
import { Bzip2Packer } from "./bzip2-packer.ts";
import { DUMP_END } from "../reading/dump-end.ts";
import { PageWindow } from "../reading/page-window.ts";
import { MultistreamLayout } from "./multistream-layout.ts";

/** Options of `findAppendPoint`. */
export interface FindAppendPointOptions {
  /**
   * "scan" decodes the whole source, so that what is kept is known to be good; "search" goes back from its end.
   *
   * @default {"scan"}
   */
  readonly method?: "scan" | "search" | undefined;
  /** Workers for "scan". */
  readonly pool?: WorkerPool | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds where a dump can be continued: the end of its last whole page, and the last border between blocks before that.
 *
 * Pages are found by their end tags; of a dump of logs, log items. Throws DumpFormatError NO_MEDIAWIKI if not even the header is
 * whole, Bzip2Error for what is no bzip2 file, and the errors of the source.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { appendToDump, bytesSource, compress, decompress, findAppendPoint } from "wikidump";
 *
 * const xml = "<mediawiki><siteinfo></siteinfo>\n<page><id>7</id></page>\n<page><id>8</id>";
 * const cut = compress(new TextEncoder().encode(xml)).slice(0, -4);
 * const point = await findAppendPoint(bytesSource(cut));
 * assert.equal(point.lastPageId, 7);
 *
 * const parts = [cut.slice(0, Math.floor(point.keptBitLength / 8))];
 * for await (const bytes of appendToDump(bytesSource(cut), point)) parts.push(bytes);
 * const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
 * const text = new TextDecoder().decode(decompress(whole));
 * assert.equal(text, "<mediawiki><siteinfo></siteinfo>\n<page><id>7</id></page>\n</mediawiki>\n");
 * ```
 */
export async function findAppendPoint(source: ByteSource, options: FindAppendPointOptions = {}): Promise<AppendPoint> {
  return await (options.method === "search"
    ? searchForAppendPoint(source, options)
    : scanForAppendPoint(source, options));
}

/** How to continue. */
export interface AppendOptions {
  /**
   * The XML of another dump, or of the rest of one, beginning anywhere: its pages are added. Without it the dump is closed after
   * its last whole page.
   */
  readonly pages?: ReadableStream<Uint8Array> | undefined;
  /**
   * Which of them are added: those with an id above that of the last whole page, or all.
   *
   * @default {"newer"}
   */
  readonly which?: "newer" | "all" | undefined;
  /**
   * Pages in each stream, where the dump has its header in a stream of its own.
   *
   * @default {100}
   */
  readonly pagesPerStream?: number | undefined;
  /** Workers that compress. */
  readonly pool?: WorkerPool | undefined;
  /** Told of each page that is added, and of each that is not because the dump has it already. */
  readonly onPage?: ((pageId: number | undefined, isAdded: boolean) => void) | undefined;
}

/**
 * Gives the bytes that follow the kept ones: from byte `floor(keptBitLength / 8)` on, which may begin with bits that are kept.
 *
 * The result, with the kept bytes before it, is a whole dump in good streams. Throws DumpFormatError if `pages` ends within a
 * page or is no dump, RangeError for options out of range, and the errors of both inputs.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { appendToDump, bytesSource, compress, decompress, findAppendPoint } from "wikidump";
 *
 * const page = (id: number) => `<page><id>${id}</id></page>\n`;
 * const xml = `<mediawiki><siteinfo></siteinfo>\n${page(1)}${page(2)}</mediawiki>\n`;
 * const source = bytesSource(compress(new TextEncoder().encode(xml)));
 * const point = await findAppendPoint(source);
 * const pages = new Blob([page(2), page(3)]).stream();
 * const parts = [await source.read(0, Math.floor(point.keptBitLength / 8))];
 * for await (const bytes of appendToDump(source, point, { pages })) parts.push(bytes);
 * const whole = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
 * const text = new TextDecoder().decode(decompress(whole));
 * assert.equal(text, xml.replace("</mediawiki>", `${page(3)}</mediawiki>`));
 * ```
 */
export async function* appendToDump(
  source: ByteSource,
  point: AppendPoint,
  options: AppendOptions = {},
): AsyncGenerator<Bytes, void, undefined> {
  const keptBytes = Math.floor(point.keptBitLength / 8);
  const bitCount = point.keptBitLength % 8;
  const [lastByte = 0] = bitCount === 0 ? [] : await source.read(keptBytes, keptBytes + 1);
  const { level, crc } = point;
  const packer = new Bzip2Packer({ level, pool: options.pool, continueFrom: { crc, bitCount, lastByte } });
  const work = new Appending(packer, point, options);
  try {
    yield* work.run();
  } finally {
    packer.giveUp(new Error("Appending has ended"));
  }
}

class Appending {
  readonly #packer: Bzip2Packer;
  readonly #point: AppendPoint;
  readonly #options: AppendOptions;
  /** For dumps whose pages go on in streams of their own. */
  readonly #layout: MultistreamLayout | undefined;
  #isPage = false;
  #isAdded = false;
  #addedPages = 0;
  #streamsOut = 0;
  #streamCount = 0;

  constructor(packer: Bzip2Packer, point: AppendPoint, options: AppendOptions) {
    this.#packer = packer;
    this.#point = point;
    this.#options = options;
    const { pagesPerStream } = options;
    const target = { add: (bytes: Uint8Array) => packer.add(bytes), endStream: () => this.#endStream() };
    this.#layout = point.isMultistream
      ? new MultistreamLayout(target, { pagesPerStream, isContinued: true })
      : undefined;
  }

  async *run(): AsyncGenerator<Bytes, void, undefined> {
    this.#add(this.#point.rest);
    const { pages } = this.#options;
    if (pages !== undefined) {
      const reader = new PageWindow();
      for await (const chunk of chunksOf(pages)) yield* this.#takeParts(reader.push(chunk));
      yield* this.#takeParts(reader.finish());
    }
    this.#close();
    for (;;) {
      yield* this.#ready();
      if (this.#streamsOut === this.#streamCount) return;
      await this.#packer.change();
    }
  }

  async *#takeParts(parts: Iterable<DumpPart>): AsyncGenerator<Bytes, void, undefined> {
    for (const part of parts) {
      this.#place(part);
      while (!this.#packer.hasRoom) {
        yield* this.#ready();
        if (!this.#packer.hasRoom) await this.#packer.change();
      }
    }
    yield* this.#ready();
  }

  #place(part: DumpPart): void {
    if (part.type === "page") this.#beginPage(part.bytes);
    if (this.#isPage && this.#isAdded) this.#add(part.bytes);
    if (part.type !== "page-end") return;
    if (this.#isPage && this.#isAdded) this.#layout?.endPage();
    this.#isPage = false;
  }

  #beginPage(head: Uint8Array): void {
    const { lastPageId } = this.#point;
    const { which = "newer", onPage } = this.#options;
    const pageId = findPageId(head);
    if (pageId === undefined && which === "newer" && lastPageId !== undefined) {
      throw new DumpFormatError("BAD_ID", "A page to be added has no id, so it cannot be told whether it is new", {
        byteOffset: 0,
      });
    }
    this.#isPage = true;
    this.#isAdded = which === "all" || lastPageId === undefined || pageId! > lastPageId;
    onPage?.(pageId, this.#isAdded);
    // How many pages the stream at hand has is not known.
    if (this.#isAdded && this.#addedPages++ === 0) this.#layout?.cut();
  }

  #add(bytes: Uint8Array): void {
    if (this.#layout === undefined) this.#packer.add(bytes);
    else this.#layout.add(bytes);
  }

  #close(): void {
    if (this.#layout !== undefined) {
      this.#layout.footer(DUMP_END);
      this.#layout.end(true);
      return;
    }
    this.#packer.add(DUMP_END);
    this.#endStream();
  }

  #endStream(): void {
    this.#packer.endStream();
    this.#streamCount++;
  }

  /** All output that is there. */
  *#ready(): Generator<Bytes, void, undefined> {
    for (let piece = this.#packer.take(); piece !== undefined; piece = this.#packer.take()) {
      if (piece.isStreamEnd) this.#streamsOut++;
      if (piece.bytes.length > 0) yield piece.bytes;
    }
  }
}
