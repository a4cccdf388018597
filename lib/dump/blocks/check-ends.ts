/**
 * A cheap look at whether a bzip2 file is complete: its beginning, its last block, and all that follows it. · checkforbz2footer
 *
 * Costs a few reads and one or two blocks, whatever the size of the file; what lies between is the business of a full test.
 */
import { Bzip2Decoder } from "../../bzip2/decoder.ts";
import type { Level } from "../../bzip2/format.ts";
import { Bzip2Error } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { type LocatedBlock, streamLevel } from "./block-access.ts";
import { endError, type StreamEnd } from "./file-end.ts";
import { findLastBlock } from "./last-block.ts";

/** What `checkEnds` found. */
export interface EndsReport {
  /** Bytes of the file. */
  readonly size: number;
  /** The level of the first stream; undefined if the file does not begin with one. */
  readonly level: Level | undefined;
  /** The last whole block, without its bytes; undefined if none was found. */
  readonly lastBlock: Omit<LocatedBlock, "bytes"> & { readonly byteLength: number } | undefined;
  /** The last end of a stream that is whole. */
  readonly footer: StreamEnd | undefined;
  /** Streams without blocks at the end of the file. */
  readonly emptyStreams: number;
  /** The bytes that would be left if the file were cut behind its last whole block or stream; undefined if nothing is good. */
  readonly goodBytes: number | undefined;
  /** What is wrong; undefined for a file that is good at both ends. */
  readonly fault: Bzip2Error | undefined;
}

/** Header and magic, or more than the longest signature of another format. */
const HEAD_BYTES = 16;
/** How far from its end a file is searched for a good block. */
const SEARCH_BYTES = 64 * 1024 * 1024;
/** So many zeros at the end are no data. */
const ZEROS_BYTES = 64;

/**
 * Looks at the beginning and the end of a bzip2 source.
 *
 * What is wrong is in `fault`: NOT_BZIP2 or BAD_LEVEL (the beginning is none; also for an empty file), TRUNCATED (the end is
 * missing, and how much), TRAILING_DATA (other bytes after the last stream), and everything that can be wrong with the last block
 * and the end of its stream, to the last bit. Errors are those of the source.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, checkEnds, compress } from "wikidump";
 *
 * const file = compress(new TextEncoder().encode("hello"));
 * assert.equal((await checkEnds(bytesSource(file))).fault, undefined);
 * assert.equal((await checkEnds(bytesSource(file.subarray(0, -1)))).fault?.code, "TRUNCATED");
 * ```
 */
export async function checkEnds(
  source: ByteSource,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<EndsReport> {
  const { level, fault } = await checkHead(source, options);
  const nothing = { size: source.size, lastBlock: undefined, footer: undefined, emptyStreams: 0, goodBytes: undefined };
  if (fault !== undefined) return { ...nothing, level, fault };
  const { block, end } = await findLastBlock(source, { searchBytes: SEARCH_BYTES, ...options });
  if (end === undefined) {
    return { ...nothing, level, fault: await lostEnd(source, options) };
  }
  return { size: source.size, level, lastBlock: block && placeOf(block), ...end };
}

/** Looks at the header of the first stream and the magic behind it. Errors are those of the source. */
export async function checkHead(
  source: ByteSource,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Pick<EndsReport, "level" | "fault">> {
  const head = await source.read(0, HEAD_BYTES, options);
  return { level: streamLevel(head), fault: headFault(head, head.length === source.size) };
}

/** The fault of a file whose end has nothing that could be decoded. */
async function lostEnd(source: ByteSource, options: { signal?: AbortSignal | undefined }): Promise<Bzip2Error> {
  const tail = await source.read(Math.max(0, source.size - ZEROS_BYTES), source.size, options);
  const zeros = tail.every((byte) => byte === 0) ? "; it ends with zeros, as a download does that was broken off" : "";
  const what = `No good block among the last ${Math.min(SEARCH_BYTES, source.size)} bytes of the file${zeros}`;
  return endError("BAD_MAGIC", what, source.size * 8);
}

function placeOf({ bytes, ...place }: LocatedBlock): EndsReport["lastBlock"] {
  return { ...place, byteLength: bytes.length };
}

/** What is wrong with the header of the first stream and the magic behind it. */
function headFault(head: Uint8Array, isAll: boolean): Bzip2Error | undefined {
  const decoder = new Bzip2Decoder();
  try {
    for (const event of decoder.push(head)) if (event.type === "end") return undefined;
    if (isAll) { for (const event of decoder.finish()) if (event.type === "end") return undefined; }
  } catch (error) {
    if (error instanceof Bzip2Error) return error;
    throw error;
  }
  return undefined;
}
