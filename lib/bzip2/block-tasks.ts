/**
 * What a worker can be asked, as plain messages, and who does it: decode some blocks, encode one block.
 *
 * A task to decode holds a piece of the file and the places in it where a block may begin. The answer says for each place
 * what was there; what is wrong with a block is not told, because only who reads the file from its start can say where it is.
 */
import { concatBytes } from "../bits/bytes.ts";
import { Bzip2Error } from "../errors.ts";
import { BlockDecoder } from "./block-decoder.ts";
import { BlockEncoder } from "./block-encoder.ts";
import type { Bytes, Level } from "./format.ts";

/** Decode the blocks of a piece of a file. */
export interface DecodeTask {
  readonly kind: "decode";
  /** The piece; it is handed over, and comes back with the answer. */
  readonly input: Bytes;
  /** Bits of the piece where a block may begin, rising. */
  readonly bitOffsets: readonly number[];
  /** For each of them, the level of its stream. */
  readonly levels: readonly Level[];
}

/** What the places of a `DecodeTask` held. */
export interface DecodeAnswer {
  readonly kind: "decode";
  readonly input: Bytes;
  /**
   * Three numbers for each place that was looked at: bits of the block (0 when there is no good one), its checksum
   * (as a signed number), its plain bytes. There may be fewer places than asked: then the answer was large enough.
   */
  readonly table: Int32Array<ArrayBuffer>;
  /** The plain bytes of all good blocks, one after another. */
  readonly bytes: Bytes;
}

/** Encode one block. */
export interface EncodeTask {
  readonly kind: "encode";
  /** The block as `RunLengthEncoder` makes it; it is handed over. */
  readonly block: Bytes;
  /** The checksum of the plain bytes. */
  readonly crc: number;
}

/** An encoded block, from its magic on. */
export interface EncodeAnswer {
  readonly kind: "encode";
  readonly bits: Bytes;
  readonly bitLength: number;
  readonly crc: number;
}

export type BlockTask = DecodeTask | EncodeTask;
export type BlockAnswer = DecodeAnswer | EncodeAnswer;

/** Numbers per place in the table of an answer. */
export const TABLE_COLUMNS = 3;

/** An answer with so many plain bytes is sent, even if places are left. A block of level 9 mostly has 900,000. */
const ENOUGH_BYTES = 1_000_000;
/** After so many bad places the rest counts as bad: a file full of false magics must not cost more than to read it. */
const MAX_BAD_PLACES = 16;

/** Does tasks, one at a time; keeps its scratch memory. */
export class BlockTaskRunner {
  #decoder: BlockDecoder | undefined;
  #encoder: BlockEncoder | undefined;

  run(task: BlockTask): BlockAnswer {
    return task.kind === "decode" ? this.#decode(task) : this.#encode(task);
  }

  #encode({ block, crc }: EncodeTask): EncodeAnswer {
    this.#encoder ??= new BlockEncoder();
    const { bits, bitLength } = this.#encoder.encode(block, crc);
    return { kind: "encode", bits, bitLength, crc };
  }

  #decode({ input, bitOffsets, levels }: DecodeTask): DecodeAnswer {
    const decoder = this.#decoder ??= new BlockDecoder();
    const table = new Int32Array(bitOffsets.length * TABLE_COLUMNS);
    const parts: Bytes[] = [];
    let byteLength = 0;
    let goodEnd = 0;
    let badPlaces = 0;
    let row = 0;
    for (; row < bitOffsets.length && byteLength < ENOUGH_BYTES; row++) {
      const bitOffset = bitOffsets[row]!;
      // Bits within a good block begin no other one.
      if (bitOffset < goodEnd || badPlaces > MAX_BAD_PLACES) continue;
      const block = tryDecode(decoder, input, bitOffset, levels[row]!);
      if (block === undefined) {
        badPlaces++;
        continue;
      }
      goodEnd = block.bitEnd;
      table.set([block.bitEnd - bitOffset, block.crc | 0, block.bytes.length], row * TABLE_COLUMNS);
      parts.push(block.bytes);
      byteLength += block.bytes.length;
    }
    // One block keeps its buffer; several are copied into one.
    const bytes = parts.length === 1 ? parts[0]! : concatBytes(parts);
    return { kind: "decode", input, table: table.slice(0, row * TABLE_COLUMNS), bytes };
  }
}

/** The memory of a task or an answer, to be handed over instead of copied. */
export function transferables(message: BlockTask | BlockAnswer): ArrayBuffer[] {
  if (message.kind === "encode") return ["block" in message ? message.block.buffer : message.bits.buffer];
  return "bytes" in message ? [message.input.buffer, message.bytes.buffer] : [message.input.buffer];
}

function tryDecode(
  decoder: BlockDecoder,
  input: Bytes,
  bitOffset: number,
  level: Level,
): ReturnType<BlockDecoder["decode"]> | undefined {
  try {
    return decoder.decode(input, bitOffset, level);
  } catch (error) {
    if (error instanceof Bzip2Error) return undefined;
    throw error;
  }
}
