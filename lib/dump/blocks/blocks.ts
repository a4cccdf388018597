/**
 * The blocks of a bzip2 file, found anywhere in it, forwards and backwards, without reading what lies before.
 *
 * A block begins with 48 fixed bits, at any bit. Those bits can also stand inside a block by chance (or because somebody wants
 * them there), so a place counts only once the block there has been decoded and its checksum fits.
 */
import type { Bytes, Level } from "../../bzip2/format.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import type { WindowBytes } from "../../streams/source-window.ts";
import { streamFrom } from "../../streams/stream-from.ts";
import { BlockAccess, type BlockPosition, type LocatedBlock } from "./block-access.ts";
import { BlockSearch } from "./block-search.ts";

export type { BlockPosition, LocatedBlock } from "./block-access.ts";

/** Options of `findBlocks`. */
export interface FindBlocksOptions {
  /** First bit at which a block may begin; default 0. */
  readonly fromBit?: number;
  /** Blocks begin before this bit; default the end of the source. */
  readonly toBit?: number;
  /** "backward" gives the last block first. Default "forward". */
  readonly direction?: "forward" | "backward";
  /** Decode every block, and leave out what is none or is damaged. Default true. */
  readonly verify?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a search held of the source when it gave a position away: whoever decodes from there need not read it again. Only the
 * position given last has it, so that a list of all of them is no list of all bytes.
 */
const heldAt = new WeakMap<BlockPosition, WindowBytes>();

function* handedOver(at: BlockPosition, access: BlockAccess): Generator<BlockPosition, void, undefined> {
  heldAt.set(at, access.window.held);
  yield at;
  heldAt.delete(at);
}

/**
 * Finds the blocks of a bzip2 source in a range of bits.
 *
 * Going forwards, the level is that of the stream header seen last; before the first one, and going backwards, it is 9, which
 * decodes blocks of every level. Errors are those of the source.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, findBlocks } from "wikidump";
 *
 * const source = bytesSource(compress(new TextEncoder().encode("hello"), { level: 1 }));
 * for await (const block of findBlocks(source)) assert.deepEqual(block, { bitOffset: 32, level: 1 });
 * ```
 */
export async function* findBlocks(
  source: ByteSource,
  options: FindBlocksOptions = {},
): AsyncGenerator<BlockPosition, void, undefined> {
  const { fromBit = 0, toBit = source.size * 8, direction = "forward", verify = true, signal } = options;
  const search = new BlockSearch(source, signal);
  if (direction === "backward") {
    const found = verify ? search.blocksBackward(fromBit, toBit) : search.magicsBackward(fromBit, toBit);
    for await (const { bitOffset, level } of found) yield* handedOver({ bitOffset, level }, search.access);
    return;
  }
  let level: Level | undefined;
  for (let bit = fromBit;;) {
    const block = verify ? await search.nextBlock(bit, toBit, level) : undefined;
    const at: BlockPosition | undefined = verify ? block : await search.nextMagic(bit, toBit, level);
    if (at === undefined) return;
    level = at.level;
    yield* handedOver({ bitOffset: at.bitOffset, level }, search.access);
    // Nothing inside of a block that is known to be good is a block.
    bit = at.bitOffset + (block?.bitLength ?? 1);
  }
}

/**
 * Decodes the block at a position. Throws Bzip2Error if there is none or it is damaged.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, readBlock } from "wikidump";
 *
 * const source = bytesSource(compress(new TextEncoder().encode("hello")));
 * const block = await readBlock(source, { bitOffset: 32, level: 9 });
 * assert.equal(new TextDecoder().decode(block.bytes), "hello");
 * ```
 */
export function readBlock(
  source: ByteSource,
  at: BlockPosition,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<LocatedBlock> {
  return new BlockAccess(source, options.signal, heldAt.get(at)).read(at);
}

/**
 * What the block at a position holds, and all that follows it, across stream borders: one chunk for each block.
 *
 * All good bytes come before an error. With `untilBit` the last block is the last one that begins before that bit.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, decodeFrom } from "wikidump";
 *
 * const source = bytesSource(compress(new TextEncoder().encode("hello")));
 * const text = await new Response(decodeFrom(source, { bitOffset: 32, level: 9 })).text();
 * assert.equal(text, "hello");
 * ```
 */
export function decodeFrom(
  source: ByteSource,
  at: BlockPosition,
  options: { untilBit?: number; signal?: AbortSignal | undefined } = {},
): ReadableStream<Bytes> {
  return streamFrom(plainBytes(source, at, options));
}

async function* plainBytes(
  source: ByteSource,
  at: BlockPosition,
  options: { untilBit?: number; signal?: AbortSignal | undefined },
): AsyncGenerator<Bytes, void, undefined> {
  const access = new BlockAccess(source, options.signal, heldAt.get(at));
  const blocks = access.blocksFrom(at, { untilBit: options.untilBit });
  for await (const { bytes } of blocks) yield bytes;
}
