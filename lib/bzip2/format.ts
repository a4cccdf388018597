/**
 * The bzip2 format: its constants, and the types that describe what was found in a file.
 *
 * A file is one or more streams, each starting on a byte; within a stream nothing is aligned:
 *
 *     stream  = "BZh" level  block*  end
 *     level   = "1".."9"                         ; a block holds at most level × 100,000 bytes after the first run-length stage
 *     block   = BLOCK_MAGIC:48  crc:32  randomised:1  origin:24  symbol map  trees  selectors  code lengths  data
 *     end     = END_MAGIC:48  combined crc:32  zero bits to the next byte
 *
 * Bits are numbered from the most significant bit of the first byte. Source: the layout as published in
 * "bzip2: Format Specification" (J. Tsai) and as files of bzip2 1.0.8 show it.
 */

/** π in binary-coded decimal: the first 48 bits of a block. */
export const BLOCK_MAGIC_HIGH = 0x314159;
export const BLOCK_MAGIC_LOW = 0x265359;

/** √π in binary-coded decimal: the first 48 bits of the end of a stream. */
export const END_MAGIC_HIGH = 0x177245;
export const END_MAGIC_LOW = 0x385090;

/** "BZh", the first three bytes of a stream. */
export const STREAM_MAGIC = 0x425a68;

/** Bytes of a block, before the Burrows–Wheeler transform, for each step of the level. */
export const BYTES_PER_LEVEL = 100_000;

/** Symbols that are coded with one tree before the next selector is read. */
export const SYMBOLS_PER_GROUP = 50;

export const MIN_TREES = 2;
export const MAX_TREES = 6;

/** A block of 900,000 bytes needs at most this many groups of 50 symbols. */
export const MAX_SELECTORS = 18_002;

/** Longest code that a decoder must take; bzip2 itself writes at most 17 bits. */
export const MAX_CODE_LENGTH = 20;

/** The two digits in which runs of zeros are written, after move-to-front. */
export const RUNA = 0;
export const RUNB = 1;

/** Bytes that own their whole buffer kind: what the platform's streams and hashes take. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** The block size of a stream, in steps of 100,000 bytes. */
export type Level = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/** One decoded block and where it was. */
export interface BlockInfo {
  /** Number of its stream, from 0. */
  readonly streamIndex: number;
  /** Number of the block within the file, from 0. */
  readonly blockIndex: number;
  /** Bits from the start of the input to the block's magic. */
  readonly bitOffset: number;
  /** Bits from its magic to the next one. */
  readonly bitLength: number;
  /** Plain bytes from the start of the output to the block's first byte. */
  readonly byteOffset: number;
  /** Plain bytes that the block holds. */
  readonly byteLength: number;
  /** The block's checksum. */
  readonly crc: number;
  /** The level of its stream. */
  readonly level: Level;
}
