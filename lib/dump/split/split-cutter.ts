/**
 * Cuts the XML of a dump into pieces, each a whole dump: the header, some pages, a footer. Without I/O, in one pass.
 *
 *     header  page page page | page page | page ... footer        the dump
 *     header  page page page footer                               the first piece
 *
 * Every byte between header and footer goes into exactly one piece; `finish` compares the sums before it says that all is well.
 */
import { ByteBuffer } from "../../bits/byte-buffer.ts";
import type { Bytes } from "../../bzip2/format.ts";
import { DumpFormatError } from "../../errors.ts";
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";
import { DUMP_END } from "../reading/dump-end.ts";
import { indexOfPageTag } from "../reading/page-heads.ts";
import { BorderWatch, type SplitRule } from "./split-rule.ts";
import { type PieceTally, risingPageId, TallyBuilder } from "./split-tally.ts";

/** A piece that was cut. */
export interface CutPiece extends PieceTally {
  /** Number of the piece, from 0. */
  readonly pieceIndex: number;
  /** Where its first page begins in the XML. */
  readonly xmlOffset: number;
  /** Where the chunk begins in which its first page begins, as told to `push`. */
  readonly inputOffset: number;
  /** Bytes of XML of the whole piece, with header and footer. */
  readonly xmlByteLength: number;
}

/** One step of the cutting. The `bytes` between a "piece" and its "end" are that piece. */
export type CutEvent =
  | { readonly type: "piece"; readonly pieceIndex: number; readonly firstPageId: number }
  | { readonly type: "bytes"; readonly bytes: Bytes }
  | { readonly type: "end"; readonly piece: CutPiece };

/** What may stand between the header and the first page. */
const MAX_BYTES_BEFORE_PAGES = 16 * 1024 * 1024;

const NOTHING = new Uint8Array(0);

interface OpenPiece {
  readonly tally: TallyBuilder;
  readonly pieceIndex: number;
  readonly xmlOffset: number;
  readonly inputOffset: number;
}

/**
 * Cuts a dump into pieces.
 *
 * Push chunks and take every event of one before you push the next; use or copy the bytes by then. A page that is bigger than
 * a piece should be is a piece. A dump without pages gives no piece.
 *
 * Throws DumpFormatError: those of `DumpSplitter`; BAD_ID, and ID_ORDER where page ids do not rise; BAD_TAG where a second dump
 * follows in the same input. Throws RangeError for a rule whose number is not above 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DumpCutter } from "wikidump";
 *
 * const xml = "<mediawiki>\n<page><id>1</id></page>\n<page><id>2</id></page>\n<page><id>9</id></page>\n</mediawiki>\n";
 * const cutter = new DumpCutter({ pages: 2 });
 * const ranges: string[] = [];
 * for (const events of [cutter.push(new TextEncoder().encode(xml)), cutter.finish()]) {
 *   for (const event of events) {
 *     if (event.type === "end") ranges.push(`${event.piece.firstPageId}-${event.piece.lastPageId}`);
 *   }
 * }
 * assert.deepEqual(ranges, ["1-2", "9-9"]);
 * ```
 */
export class DumpCutter {
  readonly #splitter = new DumpSplitter();
  readonly #watch: BorderWatch;
  readonly #places = new ChunkPlaces();
  readonly #early = new ByteBuffer();
  #header: Bytes | undefined;
  #footerByteLength = 0;
  /** Bytes of XML in the parts seen so far. */
  #xmlOffset = 0;
  #piece: OpenPiece | undefined;
  #pieces = 0;
  #previousId = 0;
  #bodyByteLength = 0;
  /** Bytes of the piece at hand that lie side by side in memory, not yet given away. */
  #run: Uint8Array | undefined;

  constructor(rule: SplitRule) {
    this.#watch = new BorderWatch(rule);
  }

  /** Cuts one more chunk. `inputOffset`: where it comes from in the packed input; without it the input is the XML. */
  *push(chunk: Uint8Array, inputOffset?: number): Generator<CutEvent, void, undefined> {
    this.#places.add(chunk.length, inputOffset);
    yield* this.#cut(this.#splitter.push(chunk));
    yield* this.#flush();
    // The chunk's memory may soon be somebody else's, a worker's: the splitter must not look at it again, not even for its length.
    yield* this.#cut(this.#splitter.push(NOTHING));
  }

  /** Says that the input has ended: ends the last piece. */
  *finish(): Generator<CutEvent, void, undefined> {
    yield* this.#cut(this.#splitter.finish());
    yield* this.#end();
    const outside = (this.#header?.length ?? 0) + this.#footerByteLength;
    const counted = outside + this.#bodyByteLength + (this.#pieces === 0 ? this.#early.length : 0);
    if (counted !== this.#places.byteLength) {
      throw new Error(`The pieces hold ${counted} bytes of XML, expected ${this.#places.byteLength}`);
    }
  }

  *#cut(parts: Iterable<DumpPart>): Generator<CutEvent, void, undefined> {
    for (const part of parts) {
      const start = this.#xmlOffset;
      this.#xmlOffset += part.bytes.length;
      if (part.type === "header") this.#takeHeader(part.bytes, start);
      else if (part.type === "footer") this.#footerByteLength += part.bytes.length;
      else {
        if (part.type === "page") yield* this.#startPage(part.bytes, start);
        const joined = this.#take(part);
        if (!joined) {
          yield* this.#flush();
          this.#run = part.bytes;
        }
      }
    }
  }

  #takeHeader(bytes: Uint8Array, byteOffset: number): void {
    if (this.#header !== undefined) {
      const message = `A second dump begins at byte ${byteOffset} of the XML, expected one`;
      throw new DumpFormatError("BAD_TAG", message, { byteOffset }, { remedy: "Cut the two files apart first" });
    }
    this.#header = bytes.slice();
  }

  *#startPage(head: Uint8Array, partOffset: number): Generator<CutEvent, void, undefined> {
    const xmlOffset = partOffset + Math.max(0, indexOfPageTag(head));
    const pageId = risingPageId(head, this.#previousId, xmlOffset);
    this.#previousId = pageId;
    const inputOffset = this.#places.inputOffsetOf(xmlOffset);
    const piece = this.#piece;
    const pages = piece?.tally.pages ?? 0;
    if (piece === undefined || this.#watch.isBorder({ xmlOffset, inputOffset, pages })) {
      yield* this.#end();
      this.#watch.begin({ xmlOffset, inputOffset });
      yield* this.#begin(pageId, { xmlOffset, inputOffset });
    }
    this.#piece!.tally.addPage(pageId);
  }

  *#begin(
    firstPageId: number,
    place: { xmlOffset: number; inputOffset: number },
  ): Generator<CutEvent, void, undefined> {
    const pieceIndex = this.#pieces++;
    this.#piece = { tally: new TallyBuilder(), pieceIndex, ...place };
    yield { type: "piece", pieceIndex, firstPageId };
    yield { type: "bytes", bytes: this.#header! };
    if (this.#early.length > 0) this.#run = this.#early.take();
  }

  *#end(): Generator<CutEvent, void, undefined> {
    yield* this.#flush();
    const piece = this.#piece;
    if (piece === undefined) return;
    this.#piece = undefined;
    yield { type: "bytes", bytes: DUMP_END };
    const { tally: builder, ...place } = piece;
    const tally = builder.finish();
    this.#bodyByteLength += tally.bodyByteLength;
    const xmlByteLength = this.#header!.length + tally.bodyByteLength + DUMP_END.length;
    yield { type: "end", piece: { ...place, ...tally, xmlByteLength } };
  }

  /** Takes a part of the body; false: its bytes must become a run of their own. */
  #take(part: DumpPart): boolean {
    const { bytes } = part;
    const piece = this.#piece;
    if (piece === undefined) {
      this.#early.append(bytes);
      if (this.#early.length <= MAX_BYTES_BEFORE_PAGES) return true;
      const message = `More than ${MAX_BYTES_BEFORE_PAGES} bytes stand before the first page`;
      throw new DumpFormatError("TOO_LARGE", message, { byteOffset: this.#xmlOffset });
    }
    piece.tally.addPart(part);
    if (bytes.length === 0) return true;
    const run = this.#run;
    const isNeighbour = run !== undefined && run.buffer === bytes.buffer &&
      run.byteOffset + run.length === bytes.byteOffset;
    if (isNeighbour) this.#run = new Uint8Array(run.buffer, run.byteOffset, run.length + bytes.length);
    return isNeighbour;
  }

  *#flush(): Generator<CutEvent, void, undefined> {
    const bytes = this.#run;
    this.#run = undefined;
    if (bytes === undefined || this.#piece === undefined) return;
    this.#piece.tally.addBytes(bytes);
    yield { type: "bytes", bytes: bytes as Bytes };
  }
}

/** Where the chunks of the XML come from in the packed input. */
class ChunkPlaces {
  byteLength = 0;
  #places: { readonly xmlOffset: number; readonly inputOffset: number }[] = [];

  add(byteLength: number, inputOffset: number | undefined): void {
    if (inputOffset !== undefined) this.#places.push({ xmlOffset: this.byteLength, inputOffset });
    this.byteLength += byteLength;
  }

  /** Asked for places that do not fall. */
  inputOffsetOf(xmlOffset: number): number {
    while (this.#places.length > 1 && this.#places[1]!.xmlOffset <= xmlOffset) this.#places.shift();
    return this.#places[0]?.inputOffset ?? xmlOffset;
  }
}
