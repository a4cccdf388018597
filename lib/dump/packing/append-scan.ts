/**
 * Finds the place to continue a dump while all of it is decoded, from its start to its end or to the first damage: what is kept
 * then has been read, and is good.
 */
import { combineCrc } from "../../bits/crc32-bzip2.ts";
import { BufferStore } from "../../bits/buffer-store.ts";
import { concatBytes } from "../../bits/bytes.ts";
import type { BlockInfo, Bytes } from "../../bzip2/format.ts";
import { isWikidumpError } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { Bzip2DecoderStream } from "../../streams/bzip2-decoder-stream.ts";
import { parallelBzip2Decoder } from "../../streams/parallel-decoder.ts";
import { sourceStream } from "../../streams/source-stream.ts";
import { chunksOf } from "../../streams/stream-from.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import { type AppendPoint, type Border, isDumpEnd, isHeaderOnly, noHeaderError } from "./append-point.ts";
import { headerEnd, itemEndBetween, lastItemEnd, type TagPlace } from "../reading/item-ends.ts";
import { findPageHeads } from "../reading/page-heads.ts";

/** Blocks of which something may be kept: the last two, and the two in which the last page ends. */
const KEPT_BLOCKS = 4;
/** A head that goes on after a block is kept until the next one. */
const MAX_OPEN_HEAD_BYTES = 64 * 1024;

/** Decodes the source until it ends, or until something is wrong with it. Throws the errors of the source, and what the scan says. */
export async function scanForAppendPoint(
  source: ByteSource,
  options: { pool?: WorkerPool | undefined; signal?: AbortSignal | undefined },
): Promise<AppendPoint> {
  const { pool, signal } = options;
  const infos: BlockInfo[] = [];
  const how = { chunks: "borrowed", onBlock: (info: BlockInfo) => void infos.push(info) } as const;
  const pair = pool === undefined
    ? new Bzip2DecoderStream(how)
    : parallelBzip2Decoder(pool, { ...how, lookahead: pool.size + 1 });
  const scan = new AppendScan();
  let trouble: Error | undefined;
  try {
    for await (const bytes of chunksOf(sourceStream(source, { signal }).pipeThrough(pair))) {
      scan.take(infos.shift()!, bytes);
    }
  } catch (error) {
    if (!isWikidumpError(error) || error.name !== "Bzip2Error") throw error;
    trouble = error;
  }
  return scan.finish(trouble);
}

/** A block and where it begins. */
interface ScannedBlock {
  readonly start: Border;
  readonly end: Border;
  readonly bytes: Bytes;
}

/** The end of the last whole page: plain bytes of one block, or of two where the tag lies across. */
interface Found {
  readonly first: ScannedBlock;
  readonly second: ScannedBlock | undefined;
  /** In the last of the two blocks. */
  readonly end: number;
}

class AppendScan {
  /** Memory of blocks that are needed no more, for those to come. */
  readonly #store = new BufferStore(KEPT_BLOCKS);
  #streamIndex = -1;
  #crc = 0;
  #before: ScannedBlock | undefined;
  #found: Found | undefined;
  #header: Found | undefined;
  #isMultistream = false;
  /** The start of a head that the end of the last block cut. */
  #openHead: Bytes = new Uint8Array(0);
  /** The last page that began, and the last one that ended. */
  #lastHeadId: number | undefined;
  #lastPageId: number | undefined;
  #tail: Uint8Array = new Uint8Array(0);

  /** Takes a block; its bytes are the caller's. */
  take(info: BlockInfo, lent: Bytes): void {
    const bytes = this.#store.take(lent.length);
    bytes.set(lent);
    if (info.streamIndex !== this.#streamIndex) this.#crc = 0;
    if (info.blockIndex === 0) this.#isMultistream = isHeaderOnly(bytes);
    this.#streamIndex = info.streamIndex;
    const { level, bitOffset, bitLength } = info;
    const start: Border = { bitOffset, level, crc: this.#crc };
    this.#crc = combineCrc(this.#crc, info.crc);
    const block: ScannedBlock = { start, end: { bitOffset: bitOffset + bitLength, level, crc: this.#crc }, bytes };
    const known = this.#kept();
    this.#findEnd(block);
    if (this.#found === undefined && this.#header === undefined) {
      const tag = headerEnd(bytes);
      if (tag !== undefined) this.#header = { first: block, second: undefined, end: tag.end };
    }
    this.#before = block;
    const kept = this.#kept();
    for (const old of known) if (!kept.has(old)) this.#store.give(old.bytes);
    this.#tail = concatBytes([this.#tail.slice(-64), bytes.subarray(-64)]);
  }

  #kept(): Set<ScannedBlock> {
    const blocks = [this.#before, this.#found?.first, this.#found?.second, this.#header?.first];
    return new Set(blocks.filter((block) => block !== undefined));
  }

  finish(trouble: Error | undefined): AppendPoint {
    const found = this.#found ?? this.#header;
    if (found === undefined) {
      throw this.#before === undefined && trouble !== undefined ? trouble : noHeaderError(trouble);
    }
    const { first, second, end } = found;
    // A block that ends with the page can stay.
    const isAll = second === undefined && end === first.bytes.length;
    const border = isAll ? first.end : first.start;
    const rest = isAll
      ? new Uint8Array(0)
      : second === undefined
      ? first.bytes.slice(0, end)
      : concatBytes([first.bytes, second.bytes.subarray(0, end)]);
    return {
      keptBitLength: border.bitOffset,
      level: border.level,
      crc: border.crc,
      rest,
      lastPageId: this.#lastPageId,
      isMultistream: this.#isMultistream,
      isWhole: trouble === undefined && isDumpEnd(this.#tail),
      trouble,
    };
  }

  #findEnd(block: ScannedBlock): void {
    const before = this.#before;
    const inside = lastItemEnd(block.bytes);
    const between = inside !== undefined || before === undefined
      ? undefined
      : itemEndBetween(before.bytes, block.bytes);
    if (inside !== undefined) this.#found = { first: block, second: undefined, end: inside.end };
    else if (between !== undefined) this.#found = { first: before!, second: block, end: between.end };
    this.#noteIds(block.bytes, inside ?? (between === undefined ? undefined : { start: 0, end: between.end }));
  }

  /** Which page it was that ended in this block. */
  #noteIds(bytes: Bytes, end: TagPlace | undefined): void {
    const carried = this.#openHead.length;
    const joined = carried === 0 ? bytes : concatBytes([this.#openHead, bytes]);
    const { heads, openOffset } = findPageHeads(joined);
    if (end !== undefined) {
      this.#lastPageId = heads.findLast(({ byteOffset }) => byteOffset < carried + end.start)?.pageId ??
        this.#lastHeadId;
    }
    this.#lastHeadId = heads.at(-1)?.pageId ?? this.#lastHeadId;
    this.#openHead = joined.length - openOffset <= MAX_OPEN_HEAD_BYTES ? joined.slice(openOffset) : new Uint8Array(0);
  }
}
