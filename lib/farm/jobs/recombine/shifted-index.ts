/**
 * The index of a whole multistream file, out of those of its pieces: offsets are shifted to where the pieces' streams have landed.
 *
 * Every line is compared with the page that it tells of: an index that does not fit its piece is not passed on.
 */
import { formatIndexLine, type IndexEntry, readIndex } from "../../../dump/index/multistream-index.ts";
import type { PlacedPages } from "./piece-map.ts";
import { asUnfit, unfitError } from "./unfit-error.ts";

export interface ShiftedIndexOptions {
  /** Path of the piece's index, for messages. */
  readonly path: string;
  /** Where the body of the piece lands in the whole file; undefined if that is where it is in the piece. */
  readonly bodyLanding: number | undefined;
  readonly write: (bytes: Uint8Array) => Promise<void> | undefined;
}

const encoder = new TextEncoder();

export class ShiftedIndex {
  readonly #entries: AsyncGenerator<IndexEntry, void, undefined>;
  readonly #options: ShiftedIndexOptions;

  constructor(data: ReadableStream<Uint8Array>, options: ShiftedIndexOptions) {
    this.#entries = readIndex(data);
    this.#options = options;
  }

  /** The piece has these pages next. Throws SourceError UNFIT. */
  async takePages({ pageIds, unitOffset, headerEnd }: PlacedPages): Promise<void> {
    const { path, bodyLanding, write } = this.#options;
    const byteOffset = unitOffset - headerEnd + (bodyLanding ?? headerEnd);
    let lines = "";
    for (const pageId of pageIds) {
      const entry = await this.#next();
      if (entry === undefined) throw unfitError(path, `it ends before page ${pageId}`);
      if (entry.pageId !== pageId || entry.byteOffset !== unitOffset) {
        const found = `it has page ${entry.pageId} at byte ${entry.byteOffset}`;
        throw unfitError(path, `${found}, where page ${pageId} at byte ${unitOffset} should be`);
      }
      lines += formatIndexLine({ ...entry, byteOffset });
    }
    await write(encoder.encode(lines));
  }

  /** The piece has no more pages. Throws SourceError UNFIT. */
  async finish(): Promise<void> {
    const entry = await this.#next();
    if (entry !== undefined) {
      throw unfitError(this.#options.path, `it goes on with page ${entry.pageId}, after the last page`);
    }
  }

  async close(): Promise<void> {
    await this.#entries.return();
  }

  async #next(): Promise<IndexEntry | undefined> {
    try {
      const { value } = await this.#entries.next();
      return value ?? undefined;
    } catch (error) {
      throw asUnfit(error, this.#options.path);
    }
  }
}
