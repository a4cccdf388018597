/**
 * Plain bytes out of the middle of a bzip2 file, with a map of its blocks: only the blocks that hold them are read and decoded.
 *
 * Each block is one read of the source, of its own bytes and no more where the map knows where the block ends; the next block
 * is asked for while one is decoded, so a slow source (a server) and the decoder overlap.
 */
import { BitReader } from "../../bits/bit-reader.ts";
import { concatBytes } from "../../bits/bytes.ts";
import { BlockDecoder, type DecodedBlock } from "../../bzip2/block-decoder.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, type Bytes } from "../../bzip2/format.ts";
import { Bzip2Error } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { clipRange } from "../../streams/clip-range.ts";
import type { BlockMap } from "./block-map.ts";
import { type MappedBlock, wrongMap } from "./block-map-model.ts";

/** What is read first of a block whose end is not known. */
const FIRST_TRY_BYTES = 256 * 1024;
/** Where the next block begins no further on than this, what lies before it is one block, and perhaps an end and a head. */
const MOST_LIKELY_BYTES = 1024 * 1024;
/** Magic and checksum of a block, which stand at any bit. */
const HEAD_BYTES = 11;

/**
 * Plain bytes `start` (included) to `end` (excluded) of a bzip2 source, one chunk for each block. What lies beyond the end of
 * the plain text is left out, as in `ByteSource.read`.
 *
 * The stream fails with DumpFormatError BAD_INDEX when the map is not that of the source, Bzip2Error when the source is damaged
 * (its place is that in the file; `bytesBefore` counts the plain bytes of the file before the block), and with the errors of
 * the source. Good bytes come first. Cancelling the stream, as `pipeTo` does for its signal, ends the reads of the source.
 * Throws RangeError for what is no range.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { BlockMap, bytesSource, compress, readRange } from "wikidump";
 *
 * const source = bytesSource(compress(new TextEncoder().encode("one two three")));
 * const map = await BlockMap.build(source);
 * assert.equal(await new Response(readRange(source, map, 4, 7)).text(), "two");
 * ```
 */
export function readRange(
  source: ByteSource,
  map: BlockMap,
  start: number,
  end: number,
): ReadableStream<Bytes> {
  const range = clipRange(start, end, map.byteLength);
  const abort = new AbortController();
  const chunks = new RangeReader(source, map, abort.signal).read(range.start, range.end);
  return new ReadableStream<Bytes>({
    async pull(controller): Promise<void> {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(reason): Promise<void> {
      abort.abort(reason);
      // A read that was under way now fails; nobody wants to hear of it.
      await chunks.return().catch(() => {});
    },
  }, { highWaterMark: 0 });
}

class RangeReader {
  readonly #source: ByteSource;
  readonly #map: BlockMap;
  readonly #signal: AbortSignal;
  readonly #decoder = new BlockDecoder();

  constructor(source: ByteSource, map: BlockMap, signal: AbortSignal) {
    this.#source = source;
    this.#map = map;
    this.#signal = signal;
  }

  /** The plain bytes, one chunk for each block. */
  async *read(start: number, end: number): AsyncGenerator<Bytes, void, undefined> {
    const { compressedSize } = this.#map;
    if (compressedSize !== undefined && compressedSize !== this.#source.size) {
      throw wrongMap(`that has ${this.#source.size} bytes, expected ${compressedSize}`, start);
    }
    const blocks = this.#map.blocksIn(start, end);
    let ahead = blocks[0] && this.#fetch(blocks[0]);
    for (const [i, block] of blocks.entries()) {
      const input = await ahead!;
      const next = blocks[i + 1];
      ahead = next && this.#fetch(next);
      const bytes = await this.#decode(block, input);
      const from = Math.max(0, start - block.byteOffset);
      const to = Math.min(bytes.length, end - block.byteOffset);
      // A part of a block is copied: the chunk is the reader's, and should not hold the rest of the block in memory.
      yield from === 0 && to === bytes.length ? bytes : bytes.slice(from, to);
    }
  }

  /** Asks for the bytes of a block, as far as they are known to be its own. */
  #fetch(block: MappedBlock): Promise<Uint8Array> {
    const startByte = Math.floor(block.bitOffset / 8);
    const bytes = this.#readBytes(startByte, Math.max(this.#likelyEnd(block), startByte + HEAD_BYTES));
    // Whoever takes the bytes sees the error; until then nobody does, and that must not count as unhandled.
    bytes.catch(() => {});
    return bytes;
  }

  #readBytes(startByte: number, endByte: number): Promise<Uint8Array> {
    return this.#source.read(startByte, endByte, { signal: this.#signal });
  }

  /** The byte after a block; where the map does not say, one that is probably far enough. */
  #likelyEnd(block: MappedBlock): number {
    if (block.bitLength !== undefined) return Math.ceil((block.bitOffset + block.bitLength) / 8);
    const startByte = Math.floor(block.bitOffset / 8);
    const next = this.#map.blocks[block.blockIndex + 1];
    const nextByte = next === undefined ? Infinity : Math.ceil(next.bitOffset / 8);
    return nextByte - startByte <= MOST_LIKELY_BYTES ? nextByte : startByte + FIRST_TRY_BYTES;
  }

  /** The plain bytes of a block, when they are those that the map promises. */
  async #decode(block: MappedBlock, input: Uint8Array): Promise<Bytes> {
    checkHead(block, input);
    const startByte = Math.floor(block.bitOffset / 8);
    for (;;) {
      const found = this.#tryDecode(block, input);
      if (!(found instanceof Bzip2Error)) return checkedBytes(block, found);
      const isShort = found.code === "TRUNCATED" && startByte + input.length < this.#source.size;
      if (!isShort) throw placed(found, block);
      const endByte = startByte + input.length;
      input = concatBytes([input, await this.#readBytes(endByte, endByte + input.length)]);
    }
  }

  #tryDecode(block: MappedBlock, input: Uint8Array): DecodedBlock | Bzip2Error {
    try {
      return this.#decoder.decode(input, block.bitOffset % 8, block.level ?? 9);
    } catch (error) {
      if (error instanceof Bzip2Error) return error;
      throw error;
    }
  }
}

/** Whether the block that stands at the place is the one that the map means. */
function checkHead(block: MappedBlock, input: Uint8Array): void {
  const { blockIndex, bitOffset, byteOffset, crc } = block;
  const bits = new BitReader();
  bits.push(input.subarray(0, HEAD_BYTES));
  bits.end();
  if (!bits.has(bitOffset % 8 + 80)) {
    throw wrongMap(`it ends before block ${blockIndex} at bit ${bitOffset}`, byteOffset);
  }
  bits.skip(bitOffset % 8);
  if (bits.read(24) !== BLOCK_MAGIC_HIGH || bits.read(24) !== BLOCK_MAGIC_LOW) {
    throw wrongMap(`no block begins at bit ${bitOffset}, where block ${blockIndex} is expected`, byteOffset);
  }
  const stated = bits.read32();
  if (crc !== undefined && crc !== stated) {
    const [found, expected] = [stated, crc].map((value) => value.toString(16).padStart(8, "0"));
    const what = `block ${blockIndex} at bit ${bitOffset} has the checksum ${found}, expected ${expected}`;
    throw wrongMap(what, byteOffset);
  }
}

function checkedBytes(block: MappedBlock, found: DecodedBlock): Bytes {
  const { blockIndex, bitOffset, byteOffset, byteLength, bitLength } = block;
  if (found.bytes.length !== byteLength) {
    const what = `block ${blockIndex} at bit ${bitOffset} holds ${found.bytes.length} bytes, expected ${byteLength}`;
    throw wrongMap(what, byteOffset);
  }
  const foundBits = found.bitEnd - bitOffset % 8;
  if (bitLength !== undefined && foundBits !== bitLength) {
    const what = `block ${blockIndex} at bit ${bitOffset} is ${foundBits} bits long, expected ${bitLength}`;
    throw wrongMap(what, byteOffset);
  }
  return found.bytes;
}

/** The same error, with the place in the file instead of that in the bytes which were decoded. */
function placed(error: Bzip2Error, block: MappedBlock): Bzip2Error {
  const bitOffset = Math.floor(block.bitOffset / 8) * 8 + error.bitOffset;
  const what = error.message.replace(/ \([^()]*bit \d+\)$/, "");
  const { blockIndex, byteOffset: bytesBefore, streamIndex = -1 } = block;
  const message = `${what} (block ${blockIndex}, bit ${bitOffset})`;
  const { remedy } = error;
  return new Bzip2Error(error.code, message, { bitOffset, blockIndex, streamIndex, bytesBefore }, { remedy });
}
