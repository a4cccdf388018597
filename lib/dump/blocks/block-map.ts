/**
 * Where each plain byte of a bzip2 file lies: a table of its blocks, made once by decoding the file, stored, and used ever after
 * to read from the middle. Reading ranges with it: read-range.ts.
 *
 * A map is a value: it knows nothing of a source, and the same map serves a file, its copy on a server, and a cache.
 */
import { Bzip2Decoder, type DecoderEvent } from "../../bzip2/decoder.ts";
import type { BlockInfo, Level } from "../../bzip2/format.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { sourceStream } from "../../streams/source-stream.ts";
import { chunksOf } from "../../streams/stream-from.ts";
import { type BlockMapData, checkMap, type MappedBlock, type MappedStream } from "./block-map-model.ts";
import {
  BLOCK_MAP_SCHEMA_VERSION,
  type BlockMapJson,
  blockOf,
  formatMapJson,
  formatMapLines,
  parseMap,
} from "./block-map-text.ts";

export type { BlockMapData, MappedBlock, MappedStream } from "./block-map-model.ts";
export type { BlockMapJson } from "./block-map-text.ts";

/**
 * The blocks of a bzip2 file, and which plain bytes each holds.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { BlockMap, bytesSource, compress } from "wikidump";
 *
 * const map = await BlockMap.build(bytesSource(compress(new TextEncoder().encode("hello"))));
 * assert.equal(map.blockAt(4)?.bitOffset, 32);
 * assert.equal(String(map), "32\t5\n");
 * assert.deepEqual(BlockMap.parse(map.toJsonText()), map);
 * ```
 */
export class BlockMap {
  /** In the order of the file. */
  readonly blocks: readonly MappedBlock[];
  /** In the order of the file, also those without blocks; none in a map from the text form. */
  readonly streams: readonly MappedStream[];
  /** Bytes of the bzip2 file; undefined in a map from the text form. */
  readonly compressedSize: number | undefined;

  /** Throws DumpFormatError BAD_INDEX for data whose parts contradict each other. */
  constructor(data: BlockMapData) {
    checkMap(data);
    this.compressedSize = data.compressedSize;
    this.streams = data.streams;
    this.blocks = data.blocks;
  }

  /**
   * Decodes a whole source and notes its blocks. The plain bytes are not kept.
   *
   * Throws Bzip2Error for a file that is damaged or no bzip2, the errors of the source, and the reason of the signal.
   */
  static async build(source: ByteSource, options: { signal?: AbortSignal | undefined } = {}): Promise<BlockMap> {
    const decoder = new Bzip2Decoder();
    const builder = new BlockMapBuilder();
    for await (const chunk of chunksOf(sourceStream(source, options))) {
      for (const event of decoder.push(chunk)) builder.add(event);
    }
    for (const event of decoder.finish()) builder.add(event);
    return builder.finish();
  }

  /** Reads a stored map, in either form: lines of "bitOffset<TAB>plainBytes", or JSON. Throws DumpFormatError BAD_INDEX. */
  static parse(text: string): BlockMap {
    return new BlockMap(parseMap(text));
  }

  /** Plain bytes of the file. */
  get byteLength(): number {
    const last = this.blocks.at(-1);
    return last === undefined ? 0 : last.byteOffset + last.byteLength;
  }

  /** The block that holds a plain byte; undefined beyond the end. */
  blockAt(byteOffset: number): MappedBlock | undefined {
    const block = this.blocks[lastNotAfter(this.blocks, byteOffset, (one) => one.byteOffset)];
    return block !== undefined && byteOffset < block.byteOffset + block.byteLength ? block : undefined;
  }

  /**
   * The block that lies at a bit of the bzip2 file: the last one that begins at or before it; undefined before the first.
   *
   * Its `byteOffset` is the plain byte to which the place in the file belongs. A bit within a head or an end of a stream
   * counts to the block before, and one behind the last block to that.
   */
  blockAtBit(bitOffset: number): MappedBlock | undefined {
    return this.blocks[lastNotAfter(this.blocks, bitOffset, (one) => one.bitOffset)];
  }

  /** The blocks that hold plain bytes `start` (included) to `end` (excluded). */
  blocksIn(start: number, end: number): readonly MappedBlock[] {
    if (!(end > start)) return [];
    const first = lastNotAfter(this.blocks, start, (one) => one.byteOffset);
    const last = lastNotAfter(this.blocks, end - 1, (one) => one.byteOffset);
    const isBehind = start >= this.byteLength;
    return isBehind ? [] : this.blocks.slice(Math.max(0, first), last + 1);
  }

  /** The text form, as seek-bzip writes it: a line "bitOffset<TAB>plainBytes" for each block. */
  toString(): string {
    return formatMapLines(this.blocks);
  }

  /** What `JSON.stringify` takes. */
  toJSON(): BlockMapJson {
    const { compressedSize, streams, blocks } = this;
    return { schemaVersion: BLOCK_MAP_SCHEMA_VERSION, compressedSize, streams, blocks };
  }

  /** The JSON form as text, with one line for each stream and block. */
  toJsonText(): string {
    return formatMapJson(this.toJSON());
  }
}

/** The index of the last item whose value is at most `wanted`; -1 if there is none. The values rise. */
function lastNotAfter(
  blocks: readonly MappedBlock[],
  wanted: number,
  valueOf: (block: MappedBlock) => number,
): number {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueOf(blocks[middle]!) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Makes a map on the side, while a file is being decoded for another purpose.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { BlockMapBuilder, Bzip2DecoderStream, compress } from "wikidump";
 *
 * const builder = new BlockMapBuilder();
 * const decoding = new Bzip2DecoderStream({
 *   onBlock: (info) => builder.addBlock(info),
 *   onEvent: (event) => builder.add(event),
 * });
 * const file = new Blob([compress(new TextEncoder().encode("some text"))]);
 * assert.equal(await new Response(file.stream().pipeThrough(decoding)).text(), "some text");
 * assert.equal(builder.finish().byteLength, 9);
 * ```
 */
export class BlockMapBuilder {
  readonly #blocks: MappedBlock[] = [];
  readonly #streams: MappedStream[] = [];
  #start: { readonly level: Level; readonly compressedOffset: number } | undefined;
  #compressedSize = 0;

  /** Takes an event of a `Bzip2Decoder`. All of them must come, in their order. */
  add(event: DecoderEvent): void {
    if (event.type === "block") this.addBlock(event.info);
    else if (event.type === "stream") this.#start = { level: event.level, compressedOffset: event.byteOffset };
    else if (event.type === "trailing") this.#compressedSize = event.byteOffset + event.byteLength;
    else this.#endStream(event.crc, event.endByteOffset);
  }

  /** Takes a block, for those who get blocks and other events apart, as from `Bzip2DecoderStream`. */
  addBlock(info: BlockInfo): void {
    this.#blocks.push(blockOf(info));
  }

  #endStream(crc: number, compressedEnd: number): void {
    if (this.#start === undefined) throw new TypeError("The start of this stream was not added");
    this.#streams.push({ streamIndex: this.#streams.length, ...this.#start, compressedEnd, crc });
    this.#compressedSize = compressedEnd;
    this.#start = undefined;
  }

  /** The map of what was added, once the decoder has given its last event. Throws TypeError within a stream. */
  finish(): BlockMap {
    if (this.#start !== undefined) throw new TypeError("The end of the last stream was not added");
    return new BlockMap({ compressedSize: this.#compressedSize, streams: this.#streams, blocks: this.#blocks });
  }
}
