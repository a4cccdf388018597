/**
 * Decodes bzip2 blocks at known places of a source, one at a time or one after another across stream borders.
 *
 * Sits on the block decoder and a source; under the search for blocks, pages and ranges. A block is decoded on its own: neither
 * the blocks before it nor the header of its stream are needed, except that the header says how big its blocks may be.
 */
import { findMagic } from "../../bits/bit-search.ts";
import { combineCrc } from "../../bits/crc32-bzip2.ts";
import { BlockDecoder } from "../../bzip2/block-decoder.ts";
import {
  BLOCK_MAGIC_HIGH,
  BLOCK_MAGIC_LOW,
  type Bytes,
  END_MAGIC_HIGH,
  END_MAGIC_LOW,
  type Level,
} from "../../bzip2/format.ts";
import { Bzip2Error, type Bzip2ErrorCode } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { SourceWindow, type WindowBytes } from "../../streams/source-window.ts";

/** Where a block begins. */
export interface BlockPosition {
  /** Bits from the start of the source to the block's magic. */
  readonly bitOffset: number;
  /** The level of its stream; 9, at which every block can be decoded, where the stream's header was not seen. */
  readonly level: Level;
}

/** A decoded block and where it was. */
export interface LocatedBlock extends BlockPosition {
  /** Bits from its magic to what follows it. */
  readonly bitLength: number;
  /** The block's checksum. */
  readonly crc: number;
  /** What it holds; the caller's own. */
  readonly bytes: Bytes;
}

/** Bits of a magic and a checksum: what stands before a block's data, and all that an end of a stream has. */
const MARKER_BITS = 48 + 32;
const MAGIC_BITS = 48;
/** "BZh9". */
const HEADER_BYTES = 4;
/** Compressed bytes that are read first, until the blocks of the source have shown how long they are, and then step by step. */
const STEP_BYTES = 128 * 1024;
/** Blocks of real dumps are shorter; where nothing follows up to here, decoding tells what is wrong. */
const LONG_BLOCK_BYTES = 2_400_000;

/** Options of `BlockAccess.blocksFrom`. */
export interface BlocksFromOptions {
  /** The last block is the last one that begins before this bit. */
  readonly untilBit?: number | undefined;
  /** End with the stream in which the first block is. */
  readonly isStreamOnly?: boolean | undefined;
  /** Whose the bytes of blocks are. Default "own". */
  readonly chunks?: "own" | "borrowed" | undefined;
}

/** Decodes blocks of one source. Not for use by two readers at the same time: the scratch memory is shared. */
export class BlockAccess {
  readonly source: ByteSource;
  readonly window: SourceWindow;
  readonly #decoder = new BlockDecoder((byteLength) => this.#roomFor(byteLength));
  #likelyBytes = STEP_BYTES;
  #spare: ArrayBuffer | undefined;

  constructor(source: ByteSource, signal?: AbortSignal, held?: WindowBytes) {
    this.source = source;
    this.window = new SourceWindow(source, signal);
    if (held !== undefined) this.window.adopt(held);
  }

  /** Decodes the block at a position. Throws Bzip2Error, with the place in the source, if there is none or it is damaged. */
  async read(at: BlockPosition): Promise<LocatedBlock> {
    const startByte = Math.floor(at.bitOffset / 8);
    const shift = at.bitOffset % 8;
    let searchedBits = shift + MAGIC_BITS;
    for (let byteLength = this.#likelyBytes;; byteLength += STEP_BYTES) {
      const view = await this.window.view(startByte, startByte + byteLength);
      const isAll = startByte + view.length >= this.source.size;
      // What follows a block tells that all of it is there: so nothing is decoded in vain, and little is read in vain.
      if (!isAll && view.length < LONG_BLOCK_BYTES && !hasMarker(view, searchedBits)) {
        searchedBits = Math.max(searchedBits, view.length * 8 - MAGIC_BITS);
        byteLength = Math.max(byteLength, view.length);
        continue;
      }
      try {
        const { bytes, crc, bitEnd } = this.#decoder.decode(view, shift, at.level);
        const bitLength = bitEnd - shift;
        // Mostly enough for the next one; a short block among long ones (the last of a stream) changes little.
        this.#likelyBytes = Math.ceil(Math.max(bitLength / 8 + 32, this.#likelyBytes * 0.75, 4096));
        return { bitOffset: at.bitOffset, level: at.level, bitLength, crc, bytes };
      } catch (error) {
        const isShort = error instanceof Bzip2Error && error.code === "TRUNCATED";
        if (!isShort || isAll) throw atPlace(error, startByte * 8);
        byteLength = Math.max(byteLength, view.length);
      }
    }
  }

  /** Takes the memory of a block back, whose bytes nobody reads any more; a later one is put there. */
  recycle(block: LocatedBlock): void {
    this.#spare = block.bytes.buffer;
  }

  /** Without it, a long walk over blocks leaves garbage behind faster than runtimes collect it. */
  #roomFor(byteLength: number): Bytes {
    const spare = this.#spare;
    if (spare === undefined || spare.byteLength < byteLength) return new Uint8Array(byteLength);
    this.#spare = undefined;
    return new Uint8Array(spare, 0, byteLength);
  }

  /** The first block of the source; undefined if it has none. Throws Bzip2Error NOT_BZIP2 if no stream begins there. */
  async first(): Promise<BlockPosition | undefined> {
    const level = await this.#levelAt(0);
    if (level === undefined) {
      throw blockError("NOT_BZIP2", "No bzip2 stream begins here", 0, "Give a file that was compressed with bzip2");
    }
    return await this.#after(HEADER_BYTES * 8, level, { crc: 0, isStreamOnly: false });
  }

  /** The first block of the stream that begins at a byte; undefined if no stream begins there, or it is empty. */
  async firstOfStream(byteOffset: number): Promise<BlockPosition | undefined> {
    const level = await this.#levelAt(byteOffset);
    if (level === undefined) return undefined;
    return await this.#after((byteOffset + HEADER_BYTES) * 8, level, { crc: 0, isStreamOnly: true });
  }

  /** The block after a block, perhaps in a later stream; undefined after the last one. */
  next(block: LocatedBlock): Promise<BlockPosition | undefined> {
    return this.#after(block.bitOffset + block.bitLength, block.level, { crc: undefined, isStreamOnly: false });
  }

  /**
   * Decodes the block at a position and all that follow, across stream borders, up to the end of the last stream.
   *
   * Checksums of streams are compared for those that are read from their start. Bytes after the last stream that are no stream
   * are left alone, as bzip2 does. With `chunks: "borrowed"` the bytes of a block are valid until the next one is asked for.
   */
  async *blocksFrom(
    start: BlockPosition,
    options: BlocksFromOptions = {},
  ): AsyncGenerator<LocatedBlock, void, undefined> {
    const { untilBit = Infinity, isStreamOnly = false, chunks = "own" } = options;
    let crc = await this.#isFirstOfStream(start) ? 0 : undefined;
    let at: BlockPosition | undefined = start;
    while (at !== undefined && at.bitOffset < untilBit) {
      const block: LocatedBlock = await this.read(at);
      const endBit = block.bitOffset + block.bitLength;
      if (crc !== undefined) crc = combineCrc(crc, block.crc);
      yield block;
      if (chunks === "borrowed") this.recycle(block);
      at = await this.#after(endBit, block.level, { crc, isStreamOnly });
      if (at?.bitOffset !== endBit) crc = 0;
    }
  }

  /** The block at a bit, or the first one behind the ends and headers of streams that stand there. */
  async #after(bitOffset: number, level: Level, stream: StreamState): Promise<BlockPosition | undefined> {
    let { crc } = stream;
    for (;;) {
      const marker = await this.#marker(bitOffset);
      if (marker.kind === "block") return { bitOffset, level };
      if (marker.kind !== "end") throw markerError(bitOffset, marker.kind);
      if (crc !== undefined && crc !== marker.crc) throw streamCrcError(bitOffset, marker.crc, crc);
      if (stream.isStreamOnly) return undefined;
      const headerByte = Math.ceil((bitOffset + MARKER_BITS) / 8);
      const next = await this.#levelAt(headerByte);
      if (next === undefined) return undefined;
      level = next;
      bitOffset = (headerByte + HEADER_BYTES) * 8;
      crc = 0;
    }
  }

  async #marker(bitOffset: number): Promise<Marker> {
    const startByte = Math.floor(bitOffset / 8);
    const bytes = await this.window.view(startByte, startByte + MARKER_BITS / 8 + 1);
    const shift = bitOffset % 8;
    if (bytes.length * 8 - shift < MARKER_BITS) return { kind: "cut", crc: 0 };
    const high = bits24(bytes, shift);
    const low = bits24(bytes, shift + 24);
    const crc = bits24(bytes, shift + 48) * 256 + (bits24(bytes, shift + 56) & 255);
    if (high === BLOCK_MAGIC_HIGH && low === BLOCK_MAGIC_LOW) return { kind: "block", crc };
    if (high === END_MAGIC_HIGH && low === END_MAGIC_LOW) return { kind: "end", crc };
    return { kind: "unknown", crc };
  }

  /** The level of the stream that starts at a byte; undefined at the end of the source, or when no stream starts there. */
  async #levelAt(byteOffset: number): Promise<Level | undefined> {
    const bytes = await this.window.view(byteOffset, byteOffset + HEADER_BYTES);
    const level = streamLevel(bytes);
    const isCut = bytes.length > 0 && bytes.length < HEADER_BYTES && isHeaderStart(bytes);
    if (isCut) throw markerError(byteOffset * 8, "cut");
    return level;
  }

  async #isFirstOfStream(at: BlockPosition): Promise<boolean> {
    const headerByte = at.bitOffset / 8 - HEADER_BYTES;
    if (!Number.isInteger(headerByte) || headerByte < 0) return false;
    return streamLevel(await this.window.view(headerByte, headerByte + HEADER_BYTES)) !== undefined;
  }
}

interface StreamState {
  /** The combined checksum so far; undefined where the stream was not read from its start. */
  readonly crc: number | undefined;
  /** Stop at the end of the stream. */
  readonly isStreamOnly: boolean;
}

interface Marker {
  readonly kind: "block" | "end" | "cut" | "unknown";
  readonly crc: number;
}

/** The level that a stream header at the start of these bytes states; undefined if there is none. */
export function streamLevel(bytes: Uint8Array): Level | undefined {
  if (bytes.length < HEADER_BYTES || !isHeaderStart(bytes)) return undefined;
  return bytes[3]! - 0x30 as Level;
}

function isHeaderStart(bytes: Uint8Array): boolean {
  const level = bytes[3] ?? 0x31;
  return (bytes[0] ?? 0x42) === 0x42 && (bytes[1] ?? 0x5a) === 0x5a && (bytes[2] ?? 0x68) === 0x68 &&
    level >= 0x31 && level <= 0x39;
}

/** Whether something that may follow a block begins at or after a bit. */
function hasMarker(bytes: Uint8Array, fromBit: number): boolean {
  const toBit = bytes.length * 8;
  return findMagic(bytes, BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, fromBit, toBit) >= 0 ||
    findMagic(bytes, END_MAGIC_HIGH, END_MAGIC_LOW, fromBit, toBit) >= 0;
}

/** 24 bits from a bit on; all of them must be there. */
function bits24(bytes: Uint8Array, bit: number): number {
  const at = bit >>> 3;
  const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | (bytes[at + 3] ?? 0);
  return (word << (bit & 7)) >>> 8;
}

/** The same error, its bit counted from the start of the source. */
function atPlace(error: unknown, baseBit: number): unknown {
  if (!(error instanceof Bzip2Error)) return error;
  // The block decoder counts from the start of what it was given, also in its message.
  const what = error.message.replace(/ \([^()]*bit \d+\)$/, "");
  return blockError(error.code, what, baseBit + error.bitOffset, error.remedy);
}

function markerError(bitOffset: number, kind: "cut" | "unknown"): Bzip2Error {
  return kind === "cut"
    ? blockError("TRUNCATED", "The data ends before the end of the stream", bitOffset, "Fetch the rest of the file")
    : blockError("BAD_MAGIC", "Neither a block nor the end of the stream follows", bitOffset, "Fetch the file again");
}

function streamCrcError(bitOffset: number, stated: number, computed: number): Bzip2Error {
  const message = `Stream checksum mismatch: stated ${hex(stated)}, found ${hex(computed)}`;
  return blockError("STREAM_CRC", message, bitOffset, "Fetch the file again");
}

function blockError(code: Bzip2ErrorCode, what: string, bitOffset: number, remedy: string): Bzip2Error {
  // In random access nobody has counted streams and blocks: -1 says so.
  const place = { bitOffset, streamIndex: -1, blockIndex: -1, bytesBefore: 0 };
  return new Bzip2Error(code, `${what} (bit ${bitOffset})`, place, { remedy });
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}
