/**
 * What a block map holds, and the look at it before it is believed: a map comes from a file as often as from a decoder.
 *
 * Under block-map.ts, which is what readers use, and block-map-text.ts, which reads stored maps.
 */
import type { Level } from "../../bzip2/format.ts";
import { DumpFormatError } from "../../errors.ts";

/**
 * A block as a map knows it. A `BlockInfo` of the decoder is one; of a map that was read from its short text form, which has
 * but two numbers for each block, the fields that may be undefined are.
 */
export interface MappedBlock {
  /** Number of the block within the file, from 0. */
  readonly blockIndex: number;
  /** Bits from the start of the file to the block's magic. */
  readonly bitOffset: number;
  /** Plain bytes from the start of the output to the block's first byte. */
  readonly byteOffset: number;
  /** Plain bytes that the block holds. */
  readonly byteLength: number;
  /** Bits from its magic to the next one. */
  readonly bitLength: number | undefined;
  /** The block's checksum. */
  readonly crc: number | undefined;
  /** The level of its stream. */
  readonly level: Level | undefined;
  /** Number of its stream, from 0. */
  readonly streamIndex: number | undefined;
}

/** A stream as a map knows it. */
export interface MappedStream {
  /** Number of the stream, from 0. */
  readonly streamIndex: number;
  readonly level: Level;
  /** Compressed bytes from the start of the file to its "BZh". */
  readonly compressedOffset: number;
  /** The compressed byte after its end. */
  readonly compressedEnd: number;
  /** The checksum of the whole stream. */
  readonly crc: number;
}

/** All that a map holds. */
export interface BlockMapData {
  /** Bytes of the bzip2 file, with what follows its last stream; undefined in a map from the text form. */
  readonly compressedSize: number | undefined;
  /** In the order of the file, also those without blocks; none in a map from the text form. */
  readonly streams: readonly MappedStream[];
  /** In the order of the file. */
  readonly blocks: readonly MappedBlock[];
}

const MAX_CRC = 0xffff_ffff;
const REMEDY = "Build the map again from the file";

/** Throws DumpFormatError BAD_INDEX for a map whose parts contradict each other. */
export function checkMap(data: BlockMapData): void {
  const { compressedSize, streams, blocks } = data;
  if (compressedSize !== undefined && !isCount(compressedSize)) throw badMap("it has no size of its file");
  let compressedEnd = 0;
  streams.forEach((stream, i) => {
    checkStream(stream, i, compressedEnd);
    compressedEnd = stream.compressedEnd;
  });
  if (compressedSize !== undefined && compressedEnd > compressedSize) throw badMap("a stream ends after its file");
  let [byteOffset, bitOffset, streamIndex] = [0, 0, 0];
  blocks.forEach((block, i) => {
    checkBlock(block, i);
    if (block.byteOffset !== byteOffset) {
      throw badMap(`block ${i} does not begin where the one before ends`, byteOffset);
    }
    if (block.bitOffset < bitOffset) throw badMap(`block ${i} begins inside of the one before`, byteOffset);
    if (streams.length > 0) streamIndex = checkHome(block, streams, streamIndex);
    byteOffset += block.byteLength;
    bitOffset = block.bitOffset + (block.bitLength ?? 1);
  });
  if (!Number.isSafeInteger(byteOffset)) throw badMap("its blocks hold more bytes than can be counted");
}

function checkStream(stream: MappedStream, index: number, earliest: number): void {
  const { streamIndex, level, compressedOffset, compressedEnd, crc } = stream;
  const isGood = streamIndex === index && isLevel(level) && isCount(compressedOffset) && isCount(compressedEnd) &&
    isCount(crc) && crc <= MAX_CRC && compressedOffset >= earliest && compressedEnd > compressedOffset;
  if (!isGood) throw badMap(`stream ${index} has wrong numbers`);
}

function checkBlock(block: MappedBlock, index: number): void {
  const { blockIndex, bitOffset, byteOffset, byteLength, bitLength, crc, level, streamIndex } = block;
  const isGood = blockIndex === index && isCount(bitOffset) && isCount(byteOffset) && isCount(byteLength) &&
    byteLength > 0 && (bitLength === undefined || isCount(bitLength) && bitLength > 0) &&
    (crc === undefined || isCount(crc) && crc <= MAX_CRC) && (level === undefined || isLevel(level)) &&
    (streamIndex === undefined || isCount(streamIndex));
  if (!isGood) throw badMap(`block ${index} has wrong numbers`);
}

/** The stream in which a block is; throws if the block is not within it. */
function checkHome(block: MappedBlock, streams: readonly MappedStream[], earliest: number): number {
  const { blockIndex, streamIndex = -1, bitOffset, bitLength = 1, level } = block;
  const stream = streams[streamIndex];
  const isGood = stream !== undefined && streamIndex >= earliest && stream.level === level &&
    bitOffset >= stream.compressedOffset * 8 && bitOffset + bitLength <= stream.compressedEnd * 8;
  if (!isGood) throw badMap(`block ${blockIndex} is not within its stream`, block.byteOffset);
  return streamIndex;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isLevel(value: unknown): value is Level {
  return isCount(value) && value >= 1 && value <= 9;
}

/** The error for a map that cannot be right. */
export function badMap(what: string, byteOffset = 0): DumpFormatError {
  return new DumpFormatError("BAD_INDEX", `Not a map of blocks: ${what}`, { byteOffset }, { remedy: REMEDY });
}

/** The error for a map that is not that of the file at hand; `byteOffset` is the plain byte where it shows. */
export function wrongMap(what: string, byteOffset: number, cause?: unknown): DumpFormatError {
  const message = `The map of blocks does not fit the file: ${what}`;
  return new DumpFormatError("BAD_INDEX", message, { byteOffset }, {
    remedy: REMEDY,
    ...(cause === undefined ? {} : { cause }),
  });
}
