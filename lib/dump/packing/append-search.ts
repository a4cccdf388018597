/**
 * Finds the place to continue a dump from its end, without decoding what lies before: the last blocks are decoded, of the others in
 * the same stream only the checksums are read.
 *
 * What is kept was not read, so damage in it stays. A multistream file is read in a few places only; of a file that is one
 * stream, all bytes are looked through for the starts of blocks.
 */
import { combineCrc } from "../../bits/crc32-bzip2.ts";
import { concatBytes } from "../../bits/bytes.ts";
import { BlockDecoder } from "../../bzip2/block-decoder.ts";
import type { Bytes } from "../../bzip2/format.ts";
import { Bzip2Error } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { type AppendPoint, type Border, isDumpEnd, isHeaderOnly, noHeaderError } from "./append-point.ts";
import { type BlockPosition, type LocatedBlock, streamLevel } from "../blocks/block-access.ts";
import { BlockSearch } from "../blocks/block-search.ts";
import { endsWithBzip2Footer } from "../blocks/footer.ts";
import { headerEnd, itemEndBetween, lastItemEnd } from "../reading/item-ends.ts";
import { findPageHeads } from "../reading/page-heads.ts";

/** So many compressed bytes hold the tables of any block: what begins like a block and has good tables is one. */
const TABLE_BYTES = 16 * 1024;
const STREAM_HEADER_BYTES = 4;
/** An end of a stream, and the last byte of what is before it. */
const TRAILER_BYTES = 11;

/** Searches from the end. Throws Bzip2Error if the source is no bzip2 file, DumpFormatError if there is nothing to continue. */
export async function searchForAppendPoint(
  source: ByteSource,
  options: { signal?: AbortSignal | undefined },
): Promise<AppendPoint> {
  return await new AppendSearch(source, options.signal).run();
}

/** Where the last whole page ends. */
interface Found {
  readonly block: LocatedBlock;
  readonly next: LocatedBlock | undefined;
  /** In the plain bytes of both, one after the other. */
  readonly end: number;
}

class AppendSearch {
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;
  readonly #search: BlockSearch;
  readonly #decoder = new BlockDecoder();

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#signal = signal;
    this.#search = new BlockSearch(source, signal);
  }

  async run(): Promise<AppendPoint> {
    // It says what is wrong with a file that is none.
    const { access } = this.#search;
    const start = await access.first();
    if (start === undefined) throw noHeaderError(undefined);
    const first = await access.read(start);
    const last = await this.#blockBefore(this.#source.size * 8);
    if (last === undefined) throw noHeaderError(undefined);
    const found = await this.#lastPage(last) ?? await this.#header(first);
    if (found === undefined) throw noHeaderError(undefined);
    const { block, next, end } = found;
    const bytes = next === undefined ? block.bytes : concatBytes([block.bytes, next.bytes]);
    const isAll = next === undefined && end === block.bytes.length;
    const border = await this.#border(block, isAll);
    return {
      keptBitLength: border.bitOffset,
      level: border.level,
      crc: border.crc,
      rest: isAll ? new Uint8Array(0) : bytes.slice(0, end),
      lastPageId: await this.#pageIdBefore(block, bytes, end),
      isMultistream: isHeaderOnly(first.bytes),
      isWhole: isDumpEnd(last.bytes) && endsWithBzip2Footer(await this.#read(this.#source.size - TRAILER_BYTES)),
      trouble: undefined,
    };
  }

  /** Goes back from the last block to one with the end of a page. */
  async #lastPage(last: LocatedBlock): Promise<Found | undefined> {
    let next: LocatedBlock | undefined;
    for (let block: LocatedBlock | undefined = last; block !== undefined;) {
      // What begins behind damage does not continue this block.
      const follower = next !== undefined && await this.#isBehind(block, next) ? next : undefined;
      const between = follower === undefined ? undefined : itemEndBetween(block.bytes, follower.bytes);
      if (between !== undefined) return { block, next: follower, end: block.bytes.length + between.end };
      const inside = lastItemEnd(block.bytes);
      if (inside !== undefined) return { block, next: undefined, end: inside.end };
      if (next !== undefined && next !== last) this.#search.access.recycle(next);
      next = block;
      block = await this.#blockBefore(block.bitOffset);
    }
    return undefined;
  }

  async #header(first: LocatedBlock): Promise<Found | undefined> {
    const tag = headerEnd(first.bytes);
    return tag === undefined ? undefined : { block: first, next: undefined, end: tag.end };
  }

  async #blockBefore(bitOffset: number): Promise<LocatedBlock | undefined> {
    for await (const block of this.#search.blocksBackward(0, bitOffset)) return block;
    return undefined;
  }

  /** Whether nothing but ends and headers of streams lies between two blocks. */
  async #isBehind(block: LocatedBlock, next: LocatedBlock): Promise<boolean> {
    const gapBits = next.bitOffset - block.bitOffset - block.bitLength;
    if (gapBits === 0) return true;
    // An end, padding and a header; streams without blocks may lie between.
    const isAligned = next.bitOffset % 8 === 0;
    return isAligned && gapBits >= 112 && gapBits < 112 + 8 + 1000 * 112 &&
      await this.#streamLevelBefore(next) !== undefined;
  }

  async #streamLevelBefore({ bitOffset }: BlockPosition): Promise<LocatedBlock["level"] | undefined> {
    const headerByte = bitOffset / 8 - STREAM_HEADER_BYTES;
    if (!Number.isInteger(headerByte) || headerByte < 0) return undefined;
    return streamLevel(await this.#read(headerByte, headerByte + STREAM_HEADER_BYTES));
  }

  /** The border before a block, or behind it: goes back to the start of its stream for the checksums. */
  async #border(block: LocatedBlock, isBehind: boolean): Promise<Border> {
    const crcs = isBehind ? [block.crc] : [];
    let level = await this.#streamLevelBefore(block);
    if (level === undefined) {
      for await (const at of this.#search.magicsBackward(0, block.bitOffset)) {
        const crc = await this.#crcOf(at);
        if (crc === undefined) continue;
        crcs.push(crc);
        level = await this.#streamLevelBefore(at);
        if (level !== undefined) break;
      }
    }
    const bitOffset = block.bitOffset + (isBehind ? block.bitLength : 0);
    return { bitOffset, level: level ?? 9, crc: crcs.reduceRight(combineCrc, 0) };
  }

  /** The checksum that a block states; undefined for 48 bits that only look like the start of one. */
  async #crcOf({ bitOffset, level }: BlockPosition): Promise<number | undefined> {
    const startByte = Math.floor(bitOffset / 8);
    const bytes = await this.#read(startByte, startByte + TABLE_BYTES);
    const shift = bitOffset - startByte * 8;
    try {
      return this.#decoder.decode(bytes, shift, level).crc;
    } catch (error) {
      // With good tables, the data goes on behind what was read.
      if (error instanceof Bzip2Error && error.code === "TRUNCATED") return crcAt(bytes, shift + 48);
      return undefined;
    }
  }

  /** The last page that begins before a place; goes back over as many blocks as it has. */
  async #pageIdBefore(block: LocatedBlock, bytes: Bytes, end: number): Promise<number | undefined> {
    let before: LocatedBlock | undefined = block;
    let piece = bytes.subarray(0, end);
    // A head that the border cuts is read with the start of the block behind it.
    let after: Uint8Array = new Uint8Array(0);
    for (;;) {
      const { heads } = findPageHeads(concatBytes([piece, after]));
      const head = heads.findLast(({ byteOffset }) => byteOffset < piece.length);
      if (head !== undefined) return head.pageId;
      after = concatBytes([piece, after]).slice(0, 64 * 1024);
      if (before !== block) this.#search.access.recycle(before);
      before = await this.#blockBefore(before.bitOffset);
      if (before === undefined) return undefined;
      piece = before.bytes;
    }
  }

  #read(start: number, end: number = this.#source.size): Promise<Uint8Array> {
    return this.#source.read(Math.max(0, start), Math.min(end, this.#source.size), { signal: this.#signal });
  }
}

/** 32 bits at a bit, as an unsigned number. */
function crcAt(bytes: Uint8Array, bitOffset: number): number {
  let value = 0n;
  const start = bitOffset >>> 3;
  for (let i = 0; i < 5; i++) value = (value << 8n) | BigInt(bytes[start + i] ?? 0);
  return Number((value >> BigInt(8 - (bitOffset & 7))) & 0xffff_ffffn);
}
