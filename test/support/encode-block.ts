/** One block from plain bytes, for tests of the block encoder. */
import { BlockEncoder, type EncodedBlock } from "../../lib/bzip2/block-encoder.ts";
import { checkLevel } from "../../lib/bzip2/check-level.ts";
import { RunLengthEncoder } from "../../lib/bzip2/rle1-encode.ts";

/** How to encode a block. */
export interface BlockOptions {
  /**
   * The level of the stream that the block is for.
   *
   * @default {9}
   */
  level?: number | undefined;
  /** The encoder to use, whose memory is then used again; a new one by default. */
  encoder?: BlockEncoder | undefined;
}

/**
 * Encodes `plain` as one block, ready for `StreamWriter`.
 *
 * What fits depends on runs: 4/5 of the level's size always does, and so do the bytes of any block of a `Bzip2Encoder`.
 *
 * @throws {RangeError} if `plain` is empty or does not fit into one block of the level, or if the level is none.
 */
export function encodeBlock(plain: Uint8Array, options: BlockOptions = {}): EncodedBlock {
  const level = checkLevel(options.level ?? 9);
  const runs = new RunLengthEncoder(level);
  if (plain.length === 0) throw new RangeError("A block of bzip2 holds at least one byte, but there is none to encode");
  runs.push(plain, 0);
  if (runs.isFull) throw new RangeError(`A block of level ${level} cannot hold these ${plain.length} bytes`);
  runs.flush();
  return (options.encoder ?? new BlockEncoder()).encode(runs.block, runs.crc);
}
