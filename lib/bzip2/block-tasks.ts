/**
 * What a worker can be asked, as plain messages, and who does it: decode some blocks, encode one block.
 *
 * A task to decode holds a piece of the file and the places in it where a block may begin. The answer says for each place
 * what was there; what is wrong with a block is not told, because only who reads the file from its start can say where it is.
 */
import { freshRoom, roomToKeep } from "../bits/buffer-store.ts";
import { concatBytes } from "../bits/bytes.ts";
import { Bzip2Error } from "../errors.ts";
import type { ArrayStore } from "./array-store.ts";
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
  /** Memory to decode into, handed over; without it, or when it is too small, the worker takes fresh memory. */
  readonly room?: Bytes | undefined;
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
  /** Memory for the bits, handed over; without it, or when it is too small, the worker takes fresh memory. */
  readonly room?: Bytes | undefined;
}

/** An encoded block, from its magic on. */
export interface EncodeAnswer {
  readonly kind: "encode";
  readonly bits: Bytes;
  readonly bitLength: number;
  readonly crc: number;
  /** The memory of the task's block, handed back. */
  readonly block: Bytes;
}

export type BlockTask = DecodeTask | EncodeTask;
export type BlockAnswer = DecodeAnswer | EncodeAnswer;

/** Numbers per place in the table of an answer. */
export const TABLE_COLUMNS = 3;

/** An answer with so many plain bytes is sent, even if places are left. A block of level 9 mostly has 900,000. */
const ENOUGH_BYTES = 1_000_000;
/** After so many bad places the rest counts as bad: a file full of false magics must not cost more than to read it. */
const MAX_BAD_PLACES = 16;

const NO_BYTES: Bytes = new Uint8Array(0);

/** Does tasks, one at a time; keeps its scratch memory. */
export class BlockTaskRunner {
  /** One task at a time: decoder and encoder use the same memory. */
  readonly #store: ArrayStore = [];
  #decoder: BlockDecoder | undefined;
  #encoder: BlockEncoder | undefined;
  /** The memory that the present task brought along, and how much of it is used. */
  #room: Bytes = NO_BYTES;
  #used = 0;

  run(task: BlockTask): BlockAnswer {
    return task.kind === "decode" ? this.#decode(task) : this.#encode(task);
  }

  #encode({ block, crc, room }: EncodeTask): EncodeAnswer {
    this.#encoder ??= new BlockEncoder(this.#store);
    this.#setRoom(room);
    const { bits, bitLength } = this.#encoder.encode(block, crc, this.#makeRoom);
    return { kind: "encode", bits, bitLength, crc, block };
  }

  #setRoom(room: Bytes | undefined): void {
    this.#room = room ?? NO_BYTES;
    this.#used = 0;
  }

  readonly #makeRoom = (byteLength: number): Bytes => {
    const start = this.#used;
    if (this.#room.length - start < byteLength) {
      return this.#room.length === 0 ? freshRoom(byteLength) : roomToKeep(byteLength);
    }
    this.#used += byteLength;
    return this.#room.subarray(start, this.#used);
  };

  #decode({ input, bitOffsets, levels, room }: DecodeTask): DecodeAnswer {
    const decoder = this.#decoder ??= new BlockDecoder(this.#makeRoom, this.#store);
    this.#setRoom(room);
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
      const usedBefore = this.#used;
      const block = tryDecode(decoder, input, bitOffset, levels[row]!);
      if (block === undefined) {
        this.#used = usedBefore;
        badPlaces++;
        continue;
      }
      goodEnd = block.bitEnd;
      table.set([block.bitEnd - bitOffset, block.crc | 0, block.bytes.length], row * TABLE_COLUMNS);
      parts.push(block.bytes);
      byteLength += block.bytes.length;
    }
    return { kind: "decode", input, table: table.slice(0, row * TABLE_COLUMNS), bytes: this.#join(parts, byteLength) };
  }

  /** Blocks that lie behind each other in the room, or a single one, stay where they are. */
  #join(parts: readonly Bytes[], byteLength: number): Bytes {
    if (this.#used === byteLength && byteLength > 0) return this.#room.subarray(0, byteLength);
    return parts.length === 1 ? parts[0]! : concatBytes(parts);
  }
}

/** The memory of a task or an answer, to be handed over instead of copied. */
export function transferables(message: BlockTask | BlockAnswer): ArrayBuffer[] {
  const arrays = message.kind === "encode"
    ? [message.block, "bits" in message ? message.bits : message.room]
    : [message.input, "bytes" in message ? message.bytes : message.room];
  return arrays.filter((array) => array !== undefined).map(({ buffer }) => buffer);
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
