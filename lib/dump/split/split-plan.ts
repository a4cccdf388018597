/**
 * Where a bzip2 dump would be cut, found without reading it: some blocks are decoded at each border.
 *
 * `DumpCutter` with the rule `inputBytes` cuts at the same pages.
 */
import type { ByteSource } from "../../streams/byte-source.ts";
import type { BlockPosition, LocatedBlock } from "../blocks/block-access.ts";
import { PageSearch } from "../pages/page-search.ts";
import { requireRising } from "../reading/id-order.ts";
import { Borders } from "./split-rule.ts";

/** The start of a piece. */
export interface PlannedPiece {
  /** Number of the piece, from 0. */
  readonly pieceIndex: number;
  readonly firstPageId: number;
  /** The block in which its first page begins. */
  readonly position: BlockPosition;
}

/** Options of `planSplit`. */
export interface PlanSplitOptions {
  /** Told of every block that is decoded. */
  readonly onBlock?: ((position: BlockPosition) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The pieces that a bzip2 dump is cut into at every multiple of so many of its bytes. A dump without pages has none.
 *
 * Reads only near the borders; where a border falls into a page that goes on for many blocks, up to its end. Blocks that are damaged are
 * passed over. Throws DumpFormatError ID_ORDER where page ids are seen to fall; Bzip2Error.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, planSplit } from "wikidump";
 *
 * const xml = "<mediawiki>\n<page><id>1</id></page>\n<page><id>9</id></page>\n</mediawiki>\n";
 * const source = bytesSource(compress(new TextEncoder().encode(xml)));
 * const plan = await planSplit(source, 1_000_000);
 * assert.deepEqual(plan, [{ pieceIndex: 0, firstPageId: 1, position: { bitOffset: 32, level: 9 } }]);
 * ```
 */
export async function planSplit(
  source: ByteSource,
  inputBytes: number,
  options: PlanSplitOptions = {},
): Promise<PlannedPiece[]> {
  const finder = new PageStarts(source, options);
  const borders = new Borders(inputBytes);
  const pieces: PlannedPiece[] = [];
  const first = await finder.first();
  for (let start = first; start !== undefined;) {
    requireRising([pieces.at(-1)?.firstPageId, start.pageId]);
    pieces.push({ pieceIndex: pieces.length, firstPageId: start.pageId, position: start.position });
    borders.pass(Math.floor(start.position.bitOffset / 8));
    start = await finder.from(borders.next * 8);
  }
  return pieces;
}

/** A page, and the block in which it begins. */
export interface PageStart {
  readonly pageId: number;
  readonly position: BlockPosition;
}

/** Finds the first page that begins behind a place. */
export class PageStarts {
  readonly #source: ByteSource;
  readonly #search: PageSearch;
  readonly #options: PlanSplitOptions;

  constructor(source: ByteSource, options: PlanSplitOptions) {
    this.#source = source;
    this.#search = new PageSearch(source, { signal: options.signal });
    this.#options = options;
  }

  async first(): Promise<PageStart | undefined> {
    const { access } = this.#search.blocks;
    const at = await access.first();
    return at === undefined ? undefined : await this.#startFrom(await access.read(at));
  }

  /** The first page in the blocks that begin at or after a bit. */
  async from(bitOffset: number): Promise<PageStart | undefined> {
    const { blocks } = this.#search;
    const endBit = this.#source.size * 8;
    return bitOffset >= endBit ? undefined : await this.#startFrom(await blocks.nextBlock(bitOffset, endBit));
  }

  async #startFrom(block: LocatedBlock | undefined): Promise<PageStart | undefined> {
    const { access } = this.#search.blocks;
    while (block !== undefined) {
      this.#options.signal?.throwIfAborted();
      const { bitOffset, level } = block;
      this.#options.onBlock?.({ bitOffset, level });
      const pageIds = await this.#search.pageIds(block);
      requireRising(pageIds);
      if (pageIds[0] !== undefined) return { pageId: pageIds[0], position: { bitOffset, level } };
      const next: BlockPosition | undefined = await access.next(block);
      block = next === undefined ? undefined : await access.read(next);
    }
    return undefined;
  }
}
