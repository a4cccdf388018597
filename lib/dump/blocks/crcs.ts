/**
 * The checksums of a bzip2 file: of every block and every stream as they are stated, and of every stream as it follows from its
 * blocks. · showcrcs, show_byte_aligned_crcs, munge_crc_info
 *
 * Two ways to find the blocks:
 *
 *     scan      the 48 bits of a magic are searched; what stands there is decoded for its first kilobytes, which is enough to tell a
 *               block from bits that look like one by chance. Reads the file as fast as the disk; damage in the data is not seen
 *     verify    every block is decoded, and its own checksum compared
 *
 * An end of a stream counts when its checksum is the one that follows from the blocks, or when a stream or the end of the file follows it.
 */
import { combineCrc } from "../../bits/crc32-bzip2.ts";
import { BlockDecoder } from "../../bzip2/block-decoder.ts";
import type { Level } from "../../bzip2/format.ts";
import { Bzip2Error } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { BlockAccess, streamLevel } from "./block-access.ts";
import { endError } from "./file-end.ts";
import { FOOTER_BITS, FOOTER_MAX_BYTES, readBits } from "./footer.ts";
import { MarkerSearch } from "./marker-search.ts";

/** A block and its checksum. */
export interface BlockCrc {
  readonly type: "block";
  /** Number of the block within the file, from 0. */
  readonly blockIndex: number;
  /** Number of its stream, from 0. */
  readonly streamIndex: number;
  /** Bits from the start of the file to its magic. */
  readonly bitOffset: number;
  /** As it is stated; if the file ends within it, the bits that are missing are zeros. */
  readonly crc: number;
  /** What is wrong with the block, as far as it was looked at: without `verify` at its first kilobytes. */
  readonly fault: Bzip2Error | undefined;
}

/** The start of a stream. */
export interface StreamStart {
  readonly type: "stream";
  /** Number of the stream, from 0. */
  readonly streamIndex: number;
  /** Bytes from the start of the file to its "BZh", or to where that should be. */
  readonly byteOffset: number;
  /** Undefined if the header is missing or damaged. */
  readonly level: Level | undefined;
}

/** The end of a stream, or of what was found of one. */
export interface StreamCrc {
  readonly type: "end";
  readonly streamIndex: number;
  /** Blocks that were found in it. */
  readonly blocks: number;
  /** What follows from its blocks. */
  readonly computed: number;
  /** What is stated; undefined if the end of the stream was not found. */
  readonly stated: number | undefined;
  /** Bits from the start of the file to the magic of the end; undefined if it was not found. */
  readonly bitOffset: number | undefined;
}

/** What `scanCrcs` gives, in the order of the file. */
export type CrcEvent = StreamStart | BlockCrc | StreamCrc;

/** Options of `scanCrcs`. */
export interface ScanCrcsOptions {
  /** Decode every block, and compare its checksum. Default false. */
  readonly verify?: boolean | undefined;
  /** Told how many bytes of the file were looked at. */
  readonly onProgress?: ((byteOffset: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const HEADER_BYTES = 4;
const MAGIC_BITS = 48;
/** Compressed bytes that tell a block from what is none. */
const TRIAL_BYTES = 5000;
/** The level that decodes every block. */
const ANY_LEVEL: Level = 9;

/**
 * Finds all blocks and streams of a bzip2 source, with their checksums. Nothing is thrown for what is wrong with the file.
 *
 * Blocks of a stream whose header is missing or damaged are found all the same. Errors are those of the source and the reason of the
 * signal.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, scanCrcs } from "wikidump";
 *
 * const source = bytesSource(compress(new TextEncoder().encode("hello")));
 * for await (const event of scanCrcs(source)) {
 *   if (event.type === "block") assert.equal(event.crc.toString(16), "1931653d");
 *   if (event.type === "end") assert.equal(event.stated, event.computed);
 * }
 * ```
 */
export function scanCrcs(
  source: ByteSource,
  options: ScanCrcsOptions = {},
): AsyncGenerator<CrcEvent, void, undefined> {
  return new CrcScan(source, options).events();
}

class CrcScan {
  readonly #source: ByteSource;
  readonly #options: ScanCrcsOptions;
  readonly #search: MarkerSearch;
  readonly #access: BlockAccess;
  readonly #decoder = new BlockDecoder();
  #streamIndex = -1;
  #blockIndex = 0;
  /** Of the stream that is open. */
  #blocks = 0;
  #computed = 0;
  #isOpen = false;
  /** The bit after the last block that was decoded. */
  #expectedBit = -1;
  /** Looks like the end of the open stream, but for its checksum and what follows. */
  #doubtful: { readonly bitOffset: number; readonly crc: number } | undefined;

  constructor(source: ByteSource, options: ScanCrcsOptions) {
    this.#source = source;
    this.#options = options;
    this.#search = new MarkerSearch(source, {
      bytesBefore: HEADER_BYTES,
      bytesBehind: TRIAL_BYTES,
      signal: options.signal,
    });
    this.#access = new BlockAccess(source, options.signal);
  }

  async *events(): AsyncGenerator<CrcEvent, void, undefined> {
    for (let bit = 0;;) {
      const marker = await this.#search.next(bit);
      if (marker === undefined) break;
      const { kind, bitOffset } = marker;
      this.#options.onProgress?.(Math.floor(bitOffset / 8));
      bit = bitOffset + 1;
      if (kind === "end") {
        yield* this.#end(bitOffset);
        continue;
      }
      const block = await this.#look(bitOffset);
      if (block === undefined) continue;
      // Nothing inside of a block that is known to be good is a marker.
      bit = block.endBit;
      yield* this.#start(bitOffset);
      yield this.#block(bitOffset, block.fault);
    }
    if (this.#isOpen) yield this.#close(this.#doubtful);
  }

  /** What is at a place that looks like the start of a block; undefined when it is none. */
  async #look(bitOffset: number): Promise<{ endBit: number; fault: Bzip2Error | undefined } | undefined> {
    const isExpected = bitOffset === this.#expectedBit || this.#isHeaderBefore(bitOffset);
    let fault: Bzip2Error | undefined;
    try {
      if (this.#options.verify !== true) fault = this.#trial(bitOffset);
      else {
        const { bitLength } = await this.#access.read({ bitOffset, level: ANY_LEVEL });
        this.#expectedBit = bitOffset + bitLength;
        return { endBit: this.#expectedBit, fault: undefined };
      }
    } catch (error) {
      if (!(error instanceof Bzip2Error)) throw error;
      fault = error;
    }
    // Chance makes no block that is whole but for its checksum.
    const isBlock = isExpected || fault === undefined || fault.code === "BLOCK_CRC" ||
      this.#trial(bitOffset) === undefined;
    return isBlock ? { endBit: bitOffset + 1, fault } : undefined;
  }

  /** Decodes the first bytes of a block: that they hold only a part of it is no fault. A short block is decoded wholly. */
  #trial(bitOffset: number): Bzip2Error | undefined {
    const startByte = Math.floor(bitOffset / 8);
    try {
      this.#decoder.decode(this.#search.around(startByte, startByte + TRIAL_BYTES), bitOffset % 8, ANY_LEVEL);
      return undefined;
    } catch (error) {
      if (!(error instanceof Bzip2Error)) throw error;
      return error.code === "TRUNCATED" ? undefined : shifted(error, startByte * 8);
    }
  }

  #isHeaderBefore(bitOffset: number): boolean {
    const byteOffset = bitOffset / 8 - HEADER_BYTES;
    if (!Number.isInteger(byteOffset) || byteOffset < 0) return false;
    return streamLevel(this.#search.around(byteOffset, byteOffset + HEADER_BYTES)) !== undefined;
  }

  /** A stream that starts right before a block or an end. */
  *#start(bitOffset: number): Generator<CrcEvent, void, undefined> {
    const byteOffset = bitOffset / 8 - HEADER_BYTES;
    const isOnByte = Number.isInteger(byteOffset) && byteOffset >= 0;
    const level = isOnByte ? streamLevel(this.#search.around(byteOffset, byteOffset + HEADER_BYTES)) : undefined;
    if (level === undefined && this.#isOpen) return;
    if (this.#isOpen) yield this.#close(this.#doubtful);
    this.#open();
    yield {
      type: "stream",
      streamIndex: this.#streamIndex,
      byteOffset: Math.max(0, Math.floor(byteOffset)),
      level,
    };
  }

  #open(): void {
    this.#streamIndex++;
    this.#blocks = 0;
    this.#computed = 0;
    this.#isOpen = true;
    this.#doubtful = undefined;
  }

  #block(bitOffset: number, fault: Bzip2Error | undefined): BlockCrc {
    const crc = readBits(this.#markerAt(bitOffset), bitOffset % 8 + MAGIC_BITS, 32);
    this.#computed = combineCrc(this.#computed, crc);
    this.#blocks++;
    return { type: "block", blockIndex: this.#blockIndex++, streamIndex: this.#streamIndex, bitOffset, crc, fault };
  }

  #markerAt(bitOffset: number): Uint8Array {
    const startByte = Math.floor(bitOffset / 8);
    return this.#search.around(startByte, startByte + FOOTER_MAX_BYTES);
  }

  /** Something that looks like the end of a stream. */
  *#end(bitOffset: number): Generator<CrcEvent, void, undefined> {
    const bytes = this.#markerAt(bitOffset);
    const shift = bitOffset % 8;
    if (bytes.length * 8 - shift < FOOTER_BITS) return;
    const crc = readBits(bytes, shift + MAGIC_BITS, 32);
    yield* this.#start(bitOffset);
    const isSure = crc === this.#computed || this.#isBorder(Math.ceil((bitOffset + FOOTER_BITS) / 8) * 8);
    if (isSure) yield this.#close({ bitOffset, crc });
    else this.#doubtful ??= { bitOffset, crc };
  }

  /** Whether the file ends at a bit, or a stream starts there. */
  #isBorder(bitOffset: number): boolean {
    const byteOffset = bitOffset / 8;
    if (byteOffset === this.#source.size) return true;
    if (!Number.isInteger(byteOffset) || byteOffset < 0) return false;
    return streamLevel(this.#search.around(byteOffset, byteOffset + HEADER_BYTES)) !== undefined;
  }

  #close(end: { readonly bitOffset: number; readonly crc: number } | undefined): StreamCrc {
    this.#isOpen = false;
    return {
      type: "end",
      streamIndex: this.#streamIndex,
      blocks: this.#blocks,
      computed: this.#computed,
      stated: end?.crc,
      bitOffset: end?.bitOffset,
    };
  }
}

/** The same error, its bit counted from the start of the source. */
function shifted({ code, message, bitOffset, remedy }: Bzip2Error, baseBit: number): Bzip2Error {
  return endError(code, message.replace(/ \([^()]*bit \d+\)$/, ""), baseBit + bitOffset, remedy);
}
