/**
 * Where header, body and footer of a piece lie in its packed file: each of them must be units (gzip members, bzip2 streams) of its own.
 *
 *     gzip    |header|pages|footer|                 multistream    |header|100 pages|100 pages| … |(empty)|footer|(empty)|
 *
 * Found by decoding all of it, never by a magic number, which may stand anywhere in packed data.
 */
import type { Piece } from "./piece.ts";
import { PieceCutter, type PieceOrder } from "./piece-cutter.ts";
import { packedUnits, type UnitEvent, type UnitOptions } from "./packed-units.ts";
import { unfitError } from "./unfit-error.ts";

/** Places in the packed file, in bytes; the header begins at 0. */
export interface PieceMap {
  readonly headerEnd: number;
  readonly footerStart: number;
  readonly footerEnd: number;
  /** Plain lengths. */
  readonly headerBytes: number;
  readonly bodyBytes: number;
  readonly footerBytes: number;
}

export interface PieceMapOptions extends Pick<UnitOptions, "extension" | "pool"> {
  readonly order: PieceOrder;
  readonly log?: ((line: string) => void) | undefined;
  /** Told of all pages. */
  readonly onPages?: ((pages: PlacedPages) => Promise<void>) | undefined;
}

/** Some pages that follow each other in one unit. */
export interface PlacedPages {
  readonly pageIds: readonly number[];
  /** The byte of the piece at which their unit begins. */
  readonly unitOffset: number;
  /** The byte of the piece after its header. */
  readonly headerEnd: number;
}

/** A unit that holds something. */
interface Unit {
  readonly start: number;
  end: number;
  plainBytes: number;
}

/** Decodes a piece. Throws SourceError UNFIT, and what decoders and XML readers throw. */
export async function mapPiece(
  piece: Piece,
  data: ReadableStream<Uint8Array>,
  options: PieceMapOptions,
): Promise<PieceMap> {
  const mapping = new Mapping(piece, options);
  const { extension, pool } = options;
  for await (const event of packedUnits(data, { extension, pool, path: piece.path })) {
    await mapping.take(event);
  }
  return mapping.finish();
}

class Mapping {
  readonly #piece: Piece;
  readonly #options: PieceMapOptions;
  readonly #cutter: PieceCutter;
  readonly #plainBytes = { header: 0, body: 0, footer: 0 };
  #pageIds: number[] = [];
  #unit: Unit = { start: 0, end: 0, plainBytes: 0 };
  #first: Unit | undefined;
  #last: Unit | undefined;
  #end = 0;

  constructor(piece: Piece, options: PieceMapOptions) {
    this.#piece = piece;
    this.#options = options;
    const { order, log } = options;
    this.#cutter = new PieceCutter(piece, { order, log, onPage: (pageId) => this.#pageIds.push(pageId) });
  }

  async take(event: UnitEvent): Promise<void> {
    if (event.type === "unit") this.#unit = { start: event.byteOffset, end: 0, plainBytes: 0 };
    else if (event.type === "end") {
      this.#end = this.#unit.end = event.endByteOffset;
      if (this.#unit.plainBytes === 0) return;
      this.#first ??= this.#unit;
      this.#last = this.#unit;
    } else {
      this.#unit.plainBytes += event.bytes.length;
      for (const { section, bytes } of this.#cutter.push(event.bytes)) this.#plainBytes[section] += bytes.length;
      const pageIds = this.#pageIds;
      if (pageIds.length === 0) return;
      this.#pageIds = [];
      if (this.#first === undefined) throw this.#headerError();
      await this.#options.onPages?.({ pageIds, unitOffset: this.#unit.start, headerEnd: this.#first.end });
    }
  }

  finish(): PieceMap {
    for (const { section, bytes } of this.#cutter.finish()) this.#plainBytes[section] += bytes.length;
    const { header, body, footer } = this.#plainBytes;
    const first = this.#first;
    const last = this.#last;
    if (first === undefined || last === undefined || first === last || first.plainBytes !== header) {
      throw this.#headerError();
    }
    if (last.plainBytes !== footer) {
      throw unfitError(this.#piece.path, `its last ${this.#unitName()} is not </mediawiki> and nothing else`);
    }
    return {
      headerEnd: first.end,
      footerStart: last.start,
      footerEnd: this.#end,
      headerBytes: header,
      bodyBytes: body,
      footerBytes: footer,
    };
  }

  #headerError(): Error {
    return unfitError(this.#piece.path, `its first ${this.#unitName()} is not its header, whole and alone`);
  }

  #unitName(): string {
    return this.#options.extension === "gz" ? "gzip member" : "bzip2 stream";
  }
}
